package window

import (
	"cmp"
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
)

func titleSettings() string { return words.Say("Settings") }

// settingsView is the settings while the user changes them. Nothing counts before
// Save, except what acts on this computer at once and says so. Its rows come from
// the table of package settings; here is only what is special about some of them.
type settingsView struct {
	baseView
	known  settings.Effective
	secret settings.Setting // once the keyring has answered
	rows   map[string]*settingRow

	copy        *button       // of the redirect address
	suffix      *widget.Label // right of the domain
	certificate *certificateRow
	probe       *probeRow
	login       *check
	loginNote   *note

	status      *note
	save, close *button
	scroll      *container.Scroll
}

// showSettings reads what is in force, then shows it.
func (w *window) showSettings() { w.showSettingsWith(func(*settingsView) {}) }

// showSettingsWith takes along what was typed elsewhere.
func (w *window) showSettingsWith(typed func(*settingsView)) {
	w.notice = ""
	if w.view == nil { // the window was opened for this
		w.show(&baseView{w: w, title: words.Say("Opening the settings"), content: container.NewStack(), back: w.leaveKey})
	}
	was := w.view.Content()
	type read struct {
		known    settings.Effective
		mendable bool
		trouble  error
	}
	inBackground(w, readLimit, func(ctx context.Context) (read, error) {
		known, mendable, err := w.config.Show(ctx, w.options.Service)
		if err != nil && !mendable {
			return read{}, err
		}
		return read{known, mendable, err}, nil
	}, func(r read, err error) {
		switch {
		case w.view.Content() != was: // the user went elsewhere
		case err != nil:
			w.showFailed(request{reread: true}, err)
		default:
			v := &settingsView{baseView: baseView{w: w, title: titleSettings()}, known: r.known}
			v.build()
			v.appear(r.trouble)
			typed(v)
		}
	})
}

// openSettings is for a problem whose remedy is there: without any key, the
// form that explains where one comes from.
func (w *window) openSettings() {
	if w.known.read && w.known.setup.Key.ID == "" {
		w.showKey()
		return
	}
	w.showSettings()
}

func (v *settingsView) appear(trouble error) {
	w := v.w
	w.settings = v
	w.show(v)
	if v.rows["client_id"].locked {
		w.focus(v.close)
	}
	if trouble != nil {
		v.status.set(words.Say("The settings file can't be read as a whole: {why}. Saving keeps it beside itself as {copy}.", "why", trouble.Error(), "copy", "settings.json.bak"), widget.DangerImportance)
		v.save.Enable()
	}
	v.askSecret()
	v.askLogin()
	v.certificate.ask()
}

// build creates every control, fills them, and puts what belongs together on a card.
func (v *settingsView) build() {
	w := v.w
	v.back, v.status, v.rows = v.onClose, newNote(), map[string]*settingRow{}
	v.suffix = widget.NewLabel("")
	v.copy = w.plain(words.Say("Copy"), nil).copying(func() string { return v.text("redirect_uri") })
	v.certificate, v.probe = v.newCertificateRow(), v.newProbeRow()
	v.login, v.loginNote = w.check(words.Say("Start when I log in, in the tray"), v.onLogin), newNote()
	fields, titles := settings.Form()
	on := map[settings.Card][]fyne.CanvasObject{settings.ComputerCard: {stack(12, v.login, v.loginNote)}}
	for _, f := range fields {
		row := v.row(f)
		v.rows[f.Name] = row
		if f.Name == "relay" { // belongs to the address
			v.rows["redirect_uri"].box.Add(row.check)
			continue
		}
		on[f.Card] = append(on[f.Card], row.box)
	}
	on[settings.KeyCard] = append(on[settings.KeyCard], v.certificate.box, v.probe.box)
	cards := container.New(layout.NewCustomPaddedVBoxLayout(16))
	for _, c := range []settings.Card{settings.KeyCard, settings.EgnyteCard, settings.ScopesCard, settings.ComputerCard} {
		cards.Add(card(titles[c], on[c]...))
	}
	v.fill()
	v.close = w.quiet(words.Say("Close"), v.onClose)
	v.save = w.primary(words.Say("Save"), v.onSave)
	v.save.Disable()
	v.first, v.content = v.rows["client_id"].focus, v.frame(cards)
}

// frame puts the title above the cards, and Save below, always in sight.
func (v *settingsView) frame(cards *fyne.Container) fyne.CanvasObject {
	title := widget.NewLabelWithStyle(titleSettings(), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	title.SizeName = theme.SizeNameHeadingText
	header := container.New(layout.NewCustomPaddedLayout(16, 8, edge-theme.InnerPadding(), edge), title)
	v.scroll = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(4, 16, edge, edge), cards))
	footer := container.New(layout.NewCustomPaddedLayout(8, edge, edge, edge),
		container.NewVBox(v.status, container.NewGridWithColumns(2, v.close, v.save)))
	revealAll(v.scroll, cards)
	return container.New(layout.NewBorderLayout(header, footer, nil, nil), header, accessible(v.scroll), footer)
}

func (v *settingsView) row(f settings.Field) (r *settingRow) {
	switch f.Kind {
	case settings.Choice:
		r = newChoiceRow(v.w, f, v.changed)
	case settings.Switch:
		r = newSwitchRow(v.w, f, v.changed)
	case settings.List:
		r = v.newScopeList(f)
	default:
		var beside fyne.CanvasObject
		switch f.Name {
		case "redirect_uri":
			beside = v.copy
		case "domain":
			beside = v.suffix
		}
		r = newTextRow(v.w, f, beside)
	}
	if r.entry != nil {
		r.entry.OnChanged = func(string) { v.changed() }
		r.entry.OnSubmitted = func(string) { v.onSave() }
	}
	return r
}

// text is what a control says.
func (v *settingsView) text(name string) string { return v.rows[name].text() }

// fill puts what is in force into the controls.
func (v *settingsView) fill() {
	for name, row := range v.rows {
		row.refill(v.known.Setting(name))
	}
	v.describe()
}

// changes is what differs from what was shown.
func (v *settingsView) changes() settings.Edit {
	edit := settings.Edit{Set: map[string]string{}, Flags: settings.Values{"service": v.w.options.Service}}
	for name, row := range v.rows {
		switch text := row.text(); {
		case text == row.shown || row.locked:
		case row.Kind == settings.Secret:
			edit.Secret = oauth.NewSecret(text)
		case text == "":
			edit.Unset = append(edit.Unset, name)
		default:
			edit.Set[name] = text
		}
	}
	// A service that came with the start counts for this window alone; what is
	// saved now is meant for it.
	if v.known.From["service"] == settings.Flag && (len(edit.Set) > 0 || !edit.Secret.IsZero()) && !v.rows["service"].locked {
		edit.Set["service"] = v.text("service")
	}
	return edit
}

// changed follows every keystroke.
func (v *settingsView) changed() {
	if v.save == nil {
		return // still being built
	}
	v.status.set("", widget.MediumImportance)
	v.retitle(titleSettings())
	v.probe.forget()
	v.describe()
	if v.changes().IsZero() {
		v.save.Disable()
	} else {
		v.save.Enable()
	}
}

// onSave is Enter in an entry, too.
func (v *settingsView) onSave() {
	if v.save.Disabled() {
		return
	}
	v.keep(v.changes(), func() {
		v.announce(v.status, words.Say("Saved."), widget.SuccessImportance)
		v.w.focus(v.close)
	})
}

// keep saves an edit off the UI's thread; what can't be is said beside its field.
func (v *settingsView) keep(edit settings.Edit, then func()) {
	w := v.w
	if v.text("scopes") == "" { // Egnyte takes no scope at all as every one
		v.rows["scopes"].complain(words.Say("Tick at least one: with none, Egnyte would allow everything."))
		return
	}
	v.save.Disable()
	for _, row := range v.rows {
		row.wrong = ""
	}
	v.describe()
	if edit.Set["service"] != "" {
		edit.Flags = nil
	}
	inBackground(w, keepLimit, func(ctx context.Context) (settings.Outcome, error) { return w.config.Apply(ctx, edit) },
		func(outcome settings.Outcome, err error) {
			if w.settings != v {
				return
			}
			if err != nil {
				v.save.Enable()
				v.refuse(err)
				return
			}
			w.options.Service = edit.Flags["service"]
			v.saved(outcome)
			then()
			if outcome.Kept != "" {
				v.announce(v.status, words.Say("Saved. The old file could not be read and is kept as {file}.", "file", outcome.Kept), widget.WarningImportance)
			}
		})
}

// saved shows what is in force after a save.
func (v *settingsView) saved(outcome settings.Outcome) {
	v.known = outcome.InForce
	v.w.known.setup = outcome.InForce
	v.fill()
	v.changed()
	v.askSecret()
}

// announce says it in the title too: that is what a screen reader hears.
func (v *settingsView) announce(at *note, text string, importance widget.Importance) {
	at.set(text, importance)
	if v.w.settings == v {
		v.retitle(words.Say("Settings: {result}", "result", text))
	}
}

// refuse says why nothing was saved.
func (v *settingsView) refuse(err error) {
	if first := v.w.complain(err, v.rows, v.status); first != nil {
		v.announce(v.status, words.Say("Nothing was saved yet: see above."), widget.DangerImportance)
		v.w.focus(first.focus)
	}
}

// onClose asks before it drops what was typed.
func (v *settingsView) onClose() {
	w := v.w
	if v.save.Disabled() || v.changes().IsZero() {
		w.leaveSettings()
		return
	}
	question := &baseView{w: w, title: words.Say("Save the changes?"), back: func() { w.show(v) }}
	keep := w.primary(words.Say("Save"), func() {
		w.show(v)
		v.keep(v.changes(), w.leaveSettings)
	})
	question.first = keep
	question.content = page(nil, heading(question.title), paragraph(words.Say("You have changed settings that are not saved yet.")), nil,
		keep, w.plain(words.Say("Don't save"), w.leaveSettings), w.quiet(words.Say("Go on editing"), question.back))
	w.show(question)
}

func (w *window) leaveSettings() {
	w.settings = nil
	w.leaveKey()
}

// describe brings every sentence up to date with what is typed.
func (v *settingsView) describe() {
	for _, row := range v.rows {
		row.describe()
	}
	v.describeSecret()
	v.describeRedirect()
	v.describeService()
}

// askSecret asks the keyring whether there is one.
func (v *settingsView) askSecret() {
	w := v.w
	inBackground(w, keepLimit, func(ctx context.Context) (settings.Setting, error) { return w.config.Secret(ctx, v.known) },
		func(secret settings.Setting, err error) {
			if err != nil {
				v.rows[settings.SecretName].say(advice.For(err, w.now()).What, widget.WarningImportance)
				return
			}
			v.secret = secret
			v.describeSecret()
		})
}

func (v *settingsView) describeSecret() {
	row := v.rows[settings.SecretName]
	same := v.text("client_id") == v.known.Key.ID && v.text("service") == v.known.Service.String()
	text, placeholder := row.Note, row.Placeholder
	switch {
	case row.locked:
		placeholder = words.Say("managed")
	case same && v.secret.Known && v.secret.From == settings.Keyring:
		text, placeholder = words.Say("There is one in your system's password store. It is never shown; type another to change it."), words.Say("unchanged")
	case same && v.secret.Known:
		text, placeholder = secretFrom(v.secret.From), words.Say("unchanged")
	}
	row.say(text, widget.LowImportance)
	row.entry.setPlaceHolder(placeholder)
}

// secretFrom says where a secret comes from that is not in the keyring.
func secretFrom(source settings.Source) string {
	switch source {
	case settings.Environment, settings.Flag:
		return words.Say("There is one, from the environment.")
	case settings.Policy, settings.LockedPolicy:
		return words.Say("There is one, from your organisation.")
	}
	return words.Say("There is one, which came with this copy.")
}

// describeRedirect says how the address will be received, and shows what only
// some addresses need.
func (v *settingsView) describeRedirect() {
	row, relay := v.rows["redirect_uri"], v.rows["relay"].check
	uri := cmp.Or(row.text(), oauth.DefaultRedirectURI)
	sentence, err := advice.Reception(uri, relay.Checked)
	importance := widget.LowImportance
	if err != nil {
		importance = widget.DangerImportance
	}
	if row.wrong == "" {
		if row.source != "" {
			sentence = row.source + " " + sentence
		}
		row.note.set(sentence, importance)
	}
	how, _ := redirect.Explain(uri, relay.Checked)
	show(relay, how.Way == redirect.Forwarded || how.Way == redirect.Pasted)
	v.certificate.shown(how.Way == redirect.Secure)
}

// describeService shows what depends on the cloud.
func (v *settingsView) describeService() {
	service, err := oauth.ParseService(v.text("service"))
	v.suffix.SetText("." + service.Host())
	show(v.rows["region"].box, err == nil && service.HasEnhancedAuth())
	domain := v.rows["domain"]
	placeholder := domain.Placeholder
	if err == nil && !service.HasEnhancedAuth() {
		placeholder = "acme"
	}
	domain.entry.setPlaceHolder(placeholder)
}

// askLogin looks up what starts at login.
func (v *settingsView) askLogin() {
	v.login.Disable()
	inBackground(v.w, readLimit, v.w.config.StartsAtLogin, func(on bool, err error) {
		if err != nil {
			v.loginNote.set(words.Say("This system does not tell whether it does."), widget.WarningImportance)
			return
		}
		changed := v.login.OnChanged
		v.login.OnChanged = nil
		v.login.SetChecked(on)
		v.login.OnChanged = changed
		v.login.Enable()
	})
}

// onLogin acts at once: it is about this computer and not about the form.
func (v *settingsView) onLogin(on bool) {
	w := v.w
	tryInBackground(w, readLimit, func(ctx context.Context) error { return w.config.SetStartAtLogin(ctx, on) }, func(err error) {
		switch {
		case err != nil:
			v.loginNote.set(words.Say("That could not be changed: {why}.", "why", err.Error()), widget.DangerImportance)
			v.askLogin()
		case on:
			v.loginNote.set(words.Say("It starts when you log in, without a window."), widget.SuccessImportance)
		default:
			v.loginNote.set(words.Say("It no longer starts when you log in."), widget.SuccessImportance)
		}
	})
}
