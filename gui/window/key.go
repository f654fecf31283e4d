package window

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
)

const (
	// portal is where keys come from.
	portal = "https://developers.egnyte.com"
	// portalRedirect is for the many keys that the portal registers with an https
	// address only.
	portalRedirect = "https://localhost:8443/callback"
)

// keyForm is for who has no key yet: where it comes from, and where it goes.
// Everything else has its default, and stands in the settings.
type keyForm struct {
	screen               *screen
	id, secret, redirect *entry
	notes                map[string]*note // by the name of the setting
	status               *note
	save                 *button
}

// showKey asks for key, secret and redirect address.
func (s *screen) showKey() {
	f := s.buildKeyForm()
	s.show(view{title: words.Say("API key"), body: f.body(), first: f.id, back: s.leaveKey})
}

// leaveKey goes back to where the way in is, or ends a window that was opened
// for this alone.
func (s *screen) leaveKey() {
	s.discard()
	if s.only {
		s.quit()
		return
	}
	s.showAccounts()
}

func (s *screen) buildKeyForm() *keyForm {
	f := &keyForm{screen: s, status: newNote(), notes: map[string]*note{}}
	f.id = s.entry(words.Say("as the developer portal shows it"))
	f.secret = s.entry(words.Say("keys from before 2015 have none"))
	f.secret.Password = true
	f.redirect = s.entry(oauth.DefaultRedirectURI)
	f.save = s.primary(words.Say("Save"), f.submit)
	for _, name := range []string{"client_id", settings.SecretName, "redirect_uri", "service"} {
		f.notes[name] = newNote()
	}
	for _, e := range []*entry{f.id, f.secret, f.redirect} {
		e.OnSubmitted = func(string) { f.submit() }
		e.OnChanged = func(string) { f.describe() }
	}
	f.redirect.SetText(s.knownRedirect())
	f.describe()
	return f
}

// knownRedirect is what a policy, or who installed this, has set already.
func (s *screen) knownRedirect() string {
	if uri := s.known.setup.Key.RedirectURI; uri != "" && !s.inOwnPractice() {
		return uri
	}
	return oauth.DefaultRedirectURI
}

func (f *keyForm) body() fyne.CanvasObject {
	s := f.screen
	field := func(title string, control fyne.CanvasObject, under ...fyne.CanvasObject) fyne.CanvasObject {
		return container.New(snug{12}, append([]fyne.CanvasObject{widget.NewLabel(title), control}, under...)...)
	}
	copyIt := s.plain(words.Say("Copy"), nil)
	copyIt.OnTapped = func() {
		s.copy(f.address())
		copyIt.SetText(words.Say("Copied"))
	}
	secure := s.quiet(words.Say("The portal takes https only"), func() { f.redirect.SetText(portalRedirect) })
	from := widget.NewLabelWithStyle(words.Say("Where it comes from"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	content := []fyne.CanvasObject{
		field(words.Say("API key"), f.id, f.notes["client_id"]),
		field(words.Say("Secret"), f.secret, f.notes[settings.SecretName]),
		field(words.Say("Redirect address"), container.NewBorder(nil, nil, nil, copyIt, f.redirect), f.notes["redirect_uri"]),
		f.notes["service"], f.status,
		onCard(from,
			step("1", words.Say("On Egnyte's developer portal, register an application. For signing in with the browser its kind is 'Publicly available application'.")),
			step("2", words.Say("Register the redirect address above with it, letter by letter.")),
			step("3", words.Say("The portal then shows a key and its secret. Copy both here.")),
			s.plain(words.Say("Open the developer portal"), s.openPortal), secure),
	}
	return revealing(page(nil, heading(words.Say("Enter your API key")), muted(words.Say("The secret goes to your system's password store.")), content,
		f.save, container.NewGridWithColumns(2, s.quiet(words.Say("More settings…"), f.more), s.quiet(words.Say("Cancel"), s.leaveKey))))
}

// more goes on in the settings with what was typed.
func (f *keyForm) more() {
	f.screen.showSettingsWith(func(all *settingsForm) {
		for from, to := range map[*entry]*entry{f.id: all.id, f.secret: all.secretEntry, f.redirect: all.redirect} {
			if from.Text != "" && !to.Disabled() {
				to.SetText(from.Text)
			}
		}
	})
}

// step is one line of a list that says what to do in which order.
func step(number, text string) fyne.CanvasObject {
	what := widget.NewLabel(text)
	what.Wrapping = fyne.TextWrapWord
	count := widget.NewLabelWithStyle(number, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	count.Importance = widget.HighImportance
	return container.NewBorder(nil, nil, container.NewVBox(count), nil, what)
}

func (s *screen) openPortal() {
	try(s, browserLimit, func(ctx context.Context) error { return s.browser.Open(ctx, portal) }, func(err error) {
		if err != nil {
			s.copy(portal)
			s.say(words.Say("No browser could be opened. The portal's address is copied: {address}", "address", portal))
		}
	})
}

// address is the one that will be saved.
func (f *keyForm) address() string {
	if typed := settingsText(f.redirect); typed != "" {
		return typed
	}
	return oauth.DefaultRedirectURI
}

// describe says how the address will be received.
func (f *keyForm) describe() {
	sentence, err := advice.Reception(f.address(), f.screen.known.setup.Relay)
	importance := widget.LowImportance
	if err != nil {
		importance = widget.DangerImportance
	}
	f.notes["redirect_uri"].say(sentence, importance)
}

// service is the Egnyte that the key is for. Whoever has tried the practice
// Egnyte of this app and types a key of their own means the real one; a
// practice service that was set up otherwise has keys of its own.
func (f *keyForm) service() oauth.Service {
	if f.screen.inOwnPractice() {
		return oauth.Service{}
	}
	return f.screen.service()
}

func (f *keyForm) submit() {
	s := f.screen
	if f.save.Disabled() {
		return
	}
	edit := settings.Edit{
		Set:    map[string]string{"client_id": settingsText(f.id), "redirect_uri": f.address()},
		Secret: oauth.NewSecret(settingsText(f.secret)),
	}
	if service := f.service(); !service.Equal(s.service()) || s.options.Service != "" {
		edit.Set["service"] = service.String()
	}
	for _, n := range f.notes {
		n.say("", widget.LowImportance)
	}
	f.status.say("", widget.LowImportance)
	f.describe()
	f.save.Disable()
	off(s, keepLimit, func(ctx context.Context) (settings.Outcome, error) { return s.config.Apply(ctx, edit) },
		func(_ settings.Outcome, err error) {
			f.save.Enable()
			if err != nil {
				f.refuse(err)
				return
			}
			s.only, s.options.Service = false, ""
			s.read(s.showAccounts)
		})
}

// refuse says beside the field why the key was not saved.
func (f *keyForm) refuse(err error) {
	complaints := settings.Complaints(err)
	at := map[string]*entry{"client_id": f.id, settings.SecretName: f.secret, "redirect_uri": f.redirect}
	var first *entry
	for _, name := range []string{"service", "redirect_uri", "client_id", settings.SecretName} {
		if complaints[name] == nil {
			continue
		}
		f.notes[name].say(sentenceOf(complaints[name]), widget.DangerImportance)
		if first == nil {
			first = at[name]
		}
	}
	if len(complaints) == 0 {
		a := advice.For(err, f.screen.now())
		f.status.say(a.Sentences(), widget.DangerImportance)
	}
	if first == nil {
		first = f.id
	}
	f.screen.win.Canvas().Focus(first)
}
