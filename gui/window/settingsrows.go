package window

import (
	"cmp"
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
)

// settingsRow is one setting: its name, its control, and what is to be said.
type settingsRow struct {
	box    fyne.CanvasObject
	note   *note
	focus  fyne.Focusable
	locked bool   // it can't be changed here
	source string // who decides, where that is not the person
	wrong  string // what the last save said
}

func (r *settingsRow) say(text string, importance widget.Importance) {
	switch {
	case r.wrong != "":
		r.note.set(r.wrong, widget.DangerImportance)
	case r.source != "":
		r.note.set(r.source, widget.LowImportance)
	default:
		r.note.set(text, importance)
	}
}

func (r *settingsRow) complain(text string) {
	r.wrong = text
	r.say("", widget.DangerImportance)
}

func (f *settingsForm) row(name, title string, control fyne.CanvasObject, focus fyne.Focusable, more ...fyne.CanvasObject) {
	r := &settingsRow{note: newNote(), focus: focus}
	lines := []fyne.CanvasObject{control, r.note}
	if title != "" {
		lines = append([]fyne.CanvasObject{widget.NewLabel(title)}, lines...)
	}
	r.box = stack(12, append(lines, more...)...)
	f.rows[name] = r
}

// The kinds of key, as the developer portal names them, each with the flow
// that goes with it; ” lets the domain decide.
type kind struct {
	name string
	flow oauth.Flow
	says string
}

func kinds() []kind {
	return []kind{
		{words.Say("Publicly available application"), "", words.Say("You sign in with your browser.")},
		{words.Say("Internal application"), oauth.FlowPassword, words.Say("You sign in with user name and password, which this app asks for and does not keep. People who sign in by SSO have no such password.")},
		{words.Say("Publicly available, implicit grant"), oauth.FlowImplicit, words.Say("Egnyte calls this way less secure and advises against it wherever the first one works. The sign-in shows in the browser's history and can't be renewed.")},
	}
}

// services are the clouds that Egnyte runs.
type cloud struct{ name, url string }

func services() []cloud {
	return []cloud{
		{"Egnyte", oauth.DefaultService},
		{"Egnyte Gov Cloud", "https://egnytegov.com"},
		{words.Say("Egnyte QA, for developers' keys"), "https://qa-egnyte.com"},
	}
}

func otherService() string { return words.Say("Another address") }

type place struct {
	name   string
	region oauth.Region
}

func regions() []place {
	return []place{
		{words.Say("Automatic: whichever answers first"), oauth.RegionAuto},
		{words.Say("United States"), oauth.RegionUS},
		{words.Say("Europe"), oauth.RegionEurope},
	}
}

// newSettingsForm builds every control once, then fills them.
func (w *window) newSettingsForm(known settings.Effective) *settingsForm {
	f := &settingsForm{w: w, known: known, rows: map[string]*settingsRow{}, gives: map[string]func() string{}, shown: map[string]string{}, status: newNote()}
	f.buildKey()
	f.buildService()
	f.scopes = f.newScopeList()
	f.rows["scopes"] = f.scopes.row
	f.login = w.check(words.Say("Start when I log in, in the tray"), f.setLogin)
	f.rows["login"] = &settingsRow{note: newNote(), focus: f.login}
	f.buildLog()
	f.certificate = f.newCertificateRow()
	f.probe = f.newProbeRow()
	f.gives = map[string]func() string{
		"client_id": trimmedText(f.id), "redirect_uri": trimmedText(f.redirect), "domain": trimmedText(f.domain),
		"flow": f.flow, "service": f.serviceURL, "region": f.regionName, "relay": f.relayText, "scopes": f.scopes.text,
		"ca_file":   trimmedText(f.authorities),
		"log_level": f.logLevel,
	}
	f.fill()
	f.close = w.quiet(words.Say("Close"), f.leave)
	f.save = w.primary(words.Say("Save"), f.submit)
	f.save.Disable()
	return f
}

func trimmedText(e *entry) func() string { return func() string { return settingsText(e) } }

func (f *settingsForm) entry(placeholder string) *entry {
	e := f.w.entry(placeholder)
	e.OnChanged = func(string) { f.changed() }
	e.OnSubmitted = func(string) { f.submit() }
	return e
}

func (f *settingsForm) choice(names []string) *choice {
	return f.w.choice(names, func(string) { f.changed() })
}

func (f *settingsForm) buildKey() {
	w := f.w
	f.id = f.entry(words.Say("as the developer portal shows it"))
	f.secretEntry = f.entry("")
	f.secretEntry.Password = true
	f.redirect = f.entry(oauth.DefaultRedirectURI)
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	f.kind = f.choice(names)
	f.relay = w.check(words.Say("A page there sends the browser on to this computer"), func(bool) { f.changed() })
	copyIt := w.plain(words.Say("Copy"), nil)
	copyIt.OnTapped = func() {
		w.copy(settingsText(f.redirect))
		copyIt.SetText(words.Say("Copied"))
	}
	f.row("client_id", words.Say("API key"), f.id, f.id)
	f.row(settings.SecretName, words.Say("Secret"), f.secretEntry, f.secretEntry)
	f.row("flow", words.Say("Kind of key"), f.kind, f.kind)
	f.row("redirect_uri", words.Say("Redirect address, as registered with the key"),
		container.NewBorder(nil, nil, nil, copyIt, f.redirect), f.redirect, f.relay)
	f.rows["relay"] = &settingsRow{note: newNote(), focus: f.relay}
}

func (f *settingsForm) buildService() {
	var names, places []string
	for _, service := range services() {
		names = append(names, service.name)
	}
	for _, r := range regions() {
		places = append(places, r.name)
	}
	f.service = f.choice(append(names, otherService()))
	f.other, f.otherGap = f.entry("https://…"), space(16)
	f.domain = f.entry(words.Say("asked in the browser"))
	f.suffix = widget.NewLabel("")
	f.region = f.choice(places)
	f.row("service", words.Say("Service"), f.service, f.service, f.otherGap, f.other)
	f.row("domain", words.Say("Domain, if it is always the same"), container.NewBorder(nil, nil, nil, f.suffix, f.domain), f.domain)
	f.row("region", words.Say("Where the browser starts"), f.region, f.region)
	f.authorities = f.entry(words.Say("none but the system's"))
	f.row("ca_file", words.Say("File of certificate authorities, for a network that looks into TLS"), f.authorities, f.authorities)
}

// fill puts what is in force into the controls.
func (f *settingsForm) fill() {
	for _, name := range settings.Names() {
		row := f.rows[name]
		if row == nil {
			continue
		}
		field := f.known.Setting(name)
		row.source, row.locked, row.wrong = whoDecides(field), isOutOfReach(field), ""
	}
	f.id.SetText(f.known.Key.ID)
	f.redirect.SetText(f.known.Key.RedirectURI)
	f.domain.SetText(f.known.Domain.Label())
	f.fillChoices()
	f.relay.SetChecked(f.known.Relay)
	f.authorities.SetText(f.known.CAFile)
	show(f.rows["ca_file"].box, f.known.CAFile != "") // few networks need it
	f.scopes.fill(f.known.Scopes)
	f.lock()
	for name, give := range f.gives {
		f.shown[name] = give()
	}
	f.describe()
}

func (f *settingsForm) fillChoices() {
	kind := kinds()[0].name
	for _, k := range kinds()[1:] {
		if k.flow == f.known.Flow {
			kind = k.name
		}
	}
	f.kind.SetSelected(kind)
	f.service.SetSelected(otherService())
	f.other.SetText(f.known.Service.String())
	for _, service := range services() {
		if service.url == f.known.Service.String() {
			f.service.SetSelected(service.name)
			f.other.SetText("")
		}
	}
	for _, r := range regions() {
		if r.region == f.known.Region {
			f.region.SetSelected(r.name)
		}
	}
	for _, l := range logLevels() {
		if l.level == f.known.Setting("log_level").Value {
			f.log.SetSelected(l.name)
		}
	}
}

// lock keeps people from changing what would count for nothing.
func (f *settingsForm) lock() {
	controls := map[string][]fyne.Disableable{
		"client_id": {f.id}, "redirect_uri": {f.redirect}, "flow": {f.kind}, "relay": {f.relay}, "service": {f.service, f.other},
		"domain": {f.domain}, "region": {f.region}, "ca_file": {f.authorities}, "scopes": f.scopes.controls(), "log_level": {f.log},
		settings.SecretName: {f.secretEntry},
	}
	f.rows[settings.SecretName].locked = f.known.Setting(settings.SecretName).Locked
	for name, all := range controls {
		for _, c := range all {
			if f.rows[name].locked {
				c.Disable()
			} else {
				c.Enable()
			}
		}
	}
}

// isOutOfReach reports a setting that saving would not change.
func isOutOfReach(field settings.Setting) bool {
	return field.Locked || field.From == settings.Environment
}

// whoDecides says it where it is not the person.
func whoDecides(field settings.Setting) string {
	switch {
	case field.Locked:
		return words.Say("Managed by your organisation, and locked.")
	case field.Managed:
		return words.Say("Managed by your organisation. You can set your own.")
	case field.From == settings.Environment:
		return words.Say("Set by the variable {variable}, which counts for more.", "variable", field.Env)
	case field.From == settings.BuiltIn && field.Name == "client_id":
		return words.Say("Came with this copy. You can enter your own.")
	}
	return ""
}

// flow is what the kind of key stands for in the settings.
func (f *settingsForm) flow() string {
	for _, k := range kinds() {
		if k.name == f.kind.Selected && k.flow != "" {
			return string(k.flow)
		}
	}
	managed := f.known.From["flow"] == settings.Policy && f.known.Flow != ""
	switch isBrowser := f.known.Flow == oauth.FlowCode || f.known.Flow == oauth.FlowEnhanced; {
	case isBrowser:
		return string(f.known.Flow) // as it was chosen elsewhere
	case managed: // an empty one would leave the policy's in force
		return string(oauth.FlowCode)
	}
	return ""
}

func (f *settingsForm) serviceURL() string {
	for _, service := range services() {
		if service.name == f.service.Selected {
			return service.url
		}
	}
	return cmp.Or(settingsText(f.other), "https://") // nothing typed is no address, and is told so
}

func (f *settingsForm) regionName() string {
	for _, r := range regions() {
		if r.name == f.region.Selected {
			return string(r.region)
		}
	}
	return ""
}

func (f *settingsForm) relayText() string {
	if f.relay.Checked {
		return "true"
	}
	return "false"
}

// describe brings every sentence up to date with what is typed.
func (f *settingsForm) describe() {
	for _, name := range []string{"client_id", "domain", "region", "scopes", "service", "ca_file"} {
		f.rows[name].say("", widget.LowImportance)
	}
	for _, k := range kinds() {
		if k.name == f.kind.Selected {
			importance := widget.LowImportance
			if k.flow == oauth.FlowImplicit {
				importance = widget.WarningImportance
			}
			f.rows["flow"].say(k.says, importance)
		}
	}
	f.describeSecret()
	f.describeRedirect()
	f.describeService()
	f.rows["log_level"].say(words.Say("Help > Open log shows it. It holds no secret."), widget.LowImportance)
}

func (f *settingsForm) describeSecret() {
	row := f.rows[settings.SecretName]
	same := settingsText(f.id) == f.known.Key.ID && f.serviceURL() == f.known.Service.String()
	text, placeholder := words.Say("It goes to your system's password store and is never shown. Keys from before 2015 have none."), words.Say("as the developer portal shows it")
	switch {
	case row.locked:
		text, placeholder = words.Say("Managed by your organisation, and locked."), words.Say("managed")
	case same && f.secret.Known && f.secret.From == settings.Keyring:
		text, placeholder = words.Say("There is one in your system's password store. It is never shown; type another to change it."), words.Say("unchanged")
	case same && f.secret.Known:
		text, placeholder = secretFrom(f.secret.From), words.Say("unchanged")
	}
	row.say(text, widget.LowImportance)
	if f.secretEntry.PlaceHolder != placeholder {
		f.secretEntry.SetPlaceHolder(placeholder)
	}
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
func (f *settingsForm) describeRedirect() {
	uri := cmp.Or(settingsText(f.redirect), oauth.DefaultRedirectURI)
	sentence, err := advice.Reception(uri, f.relay.Checked)
	importance := widget.LowImportance
	if err != nil {
		importance = widget.DangerImportance
	}
	row := f.rows["redirect_uri"]
	if row.source != "" && row.wrong == "" {
		sentence = row.source + " " + sentence
	}
	if row.wrong != "" {
		sentence, importance = row.wrong, widget.DangerImportance
	}
	row.note.set(sentence, importance)
	how, _ := redirect.Explain(uri, f.relay.Checked)
	show(f.relay, how.Way == redirect.Forwarded || how.Way == redirect.Pasted)
	f.certificate.shown(how.Way == redirect.Secure)
}

func (f *settingsForm) describeService() {
	show(f.other, f.service.Selected == otherService())
	show(f.otherGap, f.other.Visible())
	service, err := oauth.ParseService(f.serviceURL())
	f.suffix.SetText("." + service.Host())
	show(f.rows["region"].box, err == nil && service.HasEnhancedAuth())
	placeholder := words.Say("asked in the browser")
	if err == nil && !service.HasEnhancedAuth() {
		placeholder = "acme"
	}
	if f.domain.PlaceHolder != placeholder {
		f.domain.SetPlaceHolder(placeholder)
	}
}

func show(o fyne.CanvasObject, yes bool) {
	if yes {
		o.Show()
	} else {
		o.Hide()
	}
}

// askLogin looks up what starts at login.
func (f *settingsForm) askLogin() {
	w := f.w
	f.login.Disable()
	inBackground(w, readLimit, w.config.StartsAtLogin, func(on bool, err error) {
		if err != nil {
			f.rows["login"].say(words.Say("This system does not tell whether it does."), widget.WarningImportance)
			return
		}
		changed := f.login.OnChanged
		f.login.OnChanged = nil
		f.login.SetChecked(on)
		f.login.OnChanged = changed
		f.login.Enable()
	})
}

// setLogin acts at once: it is about this computer and not about the form.
func (f *settingsForm) setLogin(on bool) {
	w := f.w
	tryInBackground(w, readLimit, func(ctx context.Context) error { return w.config.SetStartAtLogin(ctx, on) }, func(err error) {
		switch {
		case err != nil:
			f.rows["login"].say(words.Say("That could not be changed: {why}.", "why", err.Error()), widget.DangerImportance)
			f.askLogin()
		case on:
			f.rows["login"].say(words.Say("It starts when you log in, without a window."), widget.SuccessImportance)
		default:
			f.rows["login"].say(words.Say("It no longer starts when you log in."), widget.SuccessImportance)
		}
	})
}

func settingsText(e *entry) string { return strings.TrimSpace(e.Text) }
