package window

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
)

func titleSettings() string { return words.Say("Settings") }

// settingsForm is the settings while a person changes them: nothing counts
// before Save, but what acts on this computer at once and says so.
type settingsForm struct {
	w      *window
	view   *baseView
	known  settings.Effective
	secret settings.Setting // once the keyring has answered
	rows   map[string]*settingsRow
	gives  map[string]func() string // the text of each field, as it stands there
	shown  map[string]string        // the same when the form was filled

	id, secretEntry, redirect, other, domain, authorities *entry

	kind, service, region, log *choice
	relay, login               *check
	scopes                     *scopeList
	certificate                *certificateRow
	probe                      *probeRow
	suffix                     *widget.Label
	otherGap                   fyne.CanvasObject // above the other address

	status *note
	save   *button
	close  *button
	scroll *container.Scroll
}

// showSettings reads what is in force, then shows it.
func (w *window) showSettings() { w.showSettingsWith(func(*settingsForm) {}) }

// showSettingsWith takes along what was typed elsewhere.
func (w *window) showSettingsWith(typed func(*settingsForm)) {
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
		case w.view.Content() != was: // the person went elsewhere
		case err != nil:
			w.showFailed(request{reread: true}, err)
		default:
			f := w.newSettingsForm(r.known)
			w.showForm(f, r.trouble)
			typed(f)
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

func (w *window) showForm(f *settingsForm, trouble error) {
	w.settings = f
	f.view = &baseView{w: w, title: titleSettings(), content: f.body(), first: f.id, back: f.leave}
	w.show(f.view)
	if f.rows["client_id"].locked {
		w.focus(f.close)
	}
	if trouble != nil {
		f.status.set(words.Say("The settings file can't be read as a whole: {why}. Saving keeps it beside itself as {copy}.", "why", trouble.Error(), "copy", "settings.json.bak"), widget.DangerImportance)
		f.save.Enable()
	}
	f.askSecret()
	f.askLogin()
	f.certificate.ask()
}

// askSecret asks the keyring whether there is one.
func (f *settingsForm) askSecret() {
	w := f.w
	inBackground(w, keepLimit, func(ctx context.Context) (settings.Setting, error) { return w.config.Secret(ctx, f.known) },
		func(secret settings.Setting, err error) {
			if err != nil {
				a := advice.For(err, w.now())
				f.rows[settings.SecretName].say(a.What, widget.WarningImportance)
				return
			}
			f.secret = secret
			f.describeSecret()
		})
}

// body is the form: what belongs together on a card, and Save always in sight.
func (f *settingsForm) body() fyne.CanvasObject {
	title := widget.NewLabelWithStyle(titleSettings(), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	title.SizeName = theme.SizeNameHeadingText
	header := container.New(layout.NewCustomPaddedLayout(16, 8, edge-theme.InnerPadding(), edge), title)
	key := card(words.Say("Your key"), f.rows["client_id"].box, f.rows[settings.SecretName].box, f.rows["flow"].box,
		f.rows["redirect_uri"].box, f.certificate.box, f.probe.box)
	where := card(words.Say("Your Egnyte"), f.rows["service"].box, f.rows["domain"].box, f.rows["region"].box, f.rows["ca_file"].box)
	may := card(words.Say("What it may do"), f.scopes.box)
	here := card(words.Say("This computer"), stack(12, f.login, f.rows["login"].note), f.rows["log_level"].box)
	cards := container.New(layout.NewCustomPaddedVBoxLayout(16), key, where, may, here)
	f.scroll = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(4, 16, edge, edge), cards))
	footer := container.New(layout.NewCustomPaddedLayout(8, edge, edge, edge),
		container.NewVBox(f.status, container.NewGridWithColumns(2, f.close, f.save)))
	revealAll(f.scroll, cards)
	return container.New(layout.NewBorderLayout(header, footer, nil, nil), header, accessible(f.scroll), footer)
}

// changes is what differs from what was shown.
func (f *settingsForm) changes() settings.Edit {
	edit := settings.Edit{Set: map[string]string{}}
	for name, give := range f.gives {
		text := give()
		switch {
		case text == f.shown[name] || f.rows[name] != nil && f.rows[name].locked:
		case text == "":
			edit.Unset = append(edit.Unset, name)
		default:
			edit.Set[name] = text
		}
	}
	if text := strings.TrimSpace(f.secretEntry.Text); text != "" {
		edit.Secret = oauth.NewSecret(text)
	}
	// A service that came with the start counts for this window alone; what is
	// saved now is meant for it.
	if f.known.From["service"] == settings.Flag && (len(edit.Set) > 0 || !edit.Secret.IsZero()) && !f.rows["service"].locked {
		edit.Set["service"] = f.gives["service"]()
	}
	return edit
}

func isEmpty(e settings.Edit) bool {
	return len(e.Set) == 0 && len(e.Unset) == 0 && e.Secret.IsZero() && !e.ForgetSecret
}

// changed follows every keystroke.
func (f *settingsForm) changed() {
	if f.save == nil {
		return // still being built
	}
	f.status.set("", widget.MediumImportance)
	f.view.retitle(titleSettings())
	f.probe.forget()
	f.describe()
	if isEmpty(f.changes()) {
		f.save.Disable()
	} else {
		f.save.Enable()
	}
}

// submit is Enter in an entry, or Save.
func (f *settingsForm) submit() {
	if f.save.Disabled() {
		return
	}
	f.keep(f.changes(), func() {
		f.announce(f.status, words.Say("Saved."), widget.SuccessImportance)
		f.w.focus(f.close)
	})
}

// keep saves an edit off the UI's thread; what can't be is said beside its field.
func (f *settingsForm) keep(edit settings.Edit, then func()) {
	w := f.w
	if problem := f.scopes.problem(); problem != "" {
		f.rows["scopes"].complain(problem)
		return
	}
	f.save.Disable()
	f.uncomplain()
	inBackground(w, keepLimit, func(ctx context.Context) (settings.Outcome, error) { return w.config.Apply(ctx, edit) },
		func(outcome settings.Outcome, err error) {
			if w.settings != f {
				return
			}
			if err != nil {
				f.save.Enable()
				f.refuse(err)
				return
			}
			if _, saved := edit.Set["service"]; saved {
				w.options.Service = ""
			}
			f.refill(outcome, then)
		})
}

// refill shows what is in force after a save.
func (f *settingsForm) refill(outcome settings.Outcome, then func()) {
	w := f.w
	inBackground(w, readLimit, func(ctx context.Context) (settings.Effective, error) {
		known, _, err := w.config.Show(ctx, w.options.Service)
		return known, err
	}, func(known settings.Effective, err error) {
		if w.settings != f {
			return
		}
		if err != nil {
			f.refuse(err)
			return
		}
		f.known = known
		f.secretEntry.SetText("")
		f.fill()
		f.changed()
		then()
		if outcome.Kept != "" {
			f.announce(f.status, words.Say("Saved. The old file could not be read and is kept as {file}.", "file", outcome.Kept), widget.WarningImportance)
		}
		f.askSecret()
		w.read(nil)
	})
}

// announce says it in the title too: that is what a screen reader hears.
func (f *settingsForm) announce(at *note, text string, importance widget.Importance) {
	at.set(text, importance)
	if f.w.settings == f {
		f.view.retitle(words.Say("Settings: {result}", "result", text))
	}
}

// refuse says why nothing was saved: beside the fields where it is about them.
func (f *settingsForm) refuse(err error) {
	complaints := settings.Complaints(err)
	var first *settingsRow
	for _, name := range settings.Names() {
		row := f.rows[name]
		if complaints[name] == nil || row == nil {
			continue
		}
		row.complain(sentenceOf(complaints[name]))
		if first == nil {
			first = row
		}
	}
	if first == nil {
		a := advice.For(err, f.w.now())
		f.status.set(a.Sentences(), widget.DangerImportance)
		return
	}
	f.announce(f.status, words.Say("Nothing was saved yet: see above."), widget.DangerImportance)
	f.w.focus(first.focus)
}

func (f *settingsForm) uncomplain() {
	for _, row := range f.rows {
		row.wrong = ""
	}
	f.describe()
}

// sentenceOf makes an error's words a sentence.
func sentenceOf(err error) string { return advice.Complaint(err.Error()) }

// leave asks before it drops what was typed.
func (f *settingsForm) leave() {
	w := f.w
	if f.save.Disabled() || isEmpty(f.changes()) {
		w.leaveSettings()
		return
	}
	typed := w.view
	back := func() {
		w.show(typed)
		w.settings = f
	}
	keep := w.primary(words.Say("Save"), func() {
		back()
		f.keep(f.changes(), w.leaveSettings)
	})
	drop := w.plain(words.Say("Don't save"), w.leaveSettings)
	body := page(nil, heading(words.Say("Save the changes?")), paragraph(words.Say("You have changed settings that are not saved yet.")), nil,
		keep, drop, w.quiet(words.Say("Go on editing"), back))
	w.show(&baseView{w: w, title: words.Say("Save the changes?"), content: body, first: keep, back: back})
}

func (w *window) leaveSettings() {
	w.settings = nil
	w.leaveKey()
}
