package window

import (
	"context"
	"net/url"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
)

// keyForm asks for the API key as the developer portal shows it.
type keyForm struct {
	screen               *screen
	id, secret, redirect *entry
	reason               *widget.Label
	save                 *button
}

// showKey asks for key, secret and redirect address.
func (s *screen) showKey() {
	f := s.buildKeyForm()
	known := s.known.setup.Key
	if !s.inPractice() {
		f.id.SetText(known.ID)
		if known.RedirectURI != oauth.DefaultRedirectURI {
			f.redirect.SetText(known.RedirectURI)
		}
		if known.ID != "" {
			f.secret.SetPlaceHolder("unchanged")
		}
	}
	s.show(view{title: "API key", body: f.body(), first: f.id, back: s.leaveKey})
}

func (s *screen) leaveKey() {
	s.discard()
	s.showAccounts()
}

func (s *screen) buildKeyForm() *keyForm {
	f := &keyForm{screen: s, reason: small("")}
	f.id = s.entry("as the developer portal shows it")
	f.secret = s.entry("keys from before 2015 have none")
	f.secret.Password = true
	f.redirect = s.entry(oauth.DefaultRedirectURI)
	f.reason.Importance = widget.DangerImportance
	f.reason.Truncation, f.reason.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord
	f.save = s.primary("Save", f.submit)
	for _, e := range []*entry{f.id, f.secret, f.redirect} {
		e.OnSubmitted = func(string) { f.submit() }
	}
	return f
}

func (f *keyForm) body() fyne.CanvasObject {
	s := f.screen
	field := func(name string, e *entry) fyne.CanvasObject {
		return container.New(tight{gap: 12}, widget.NewLabel(name), e)
	}
	content := []fyne.CanvasObject{
		field("API key", f.id), field("Secret", f.secret), field("Redirect address, as registered", f.redirect), f.reason,
	}
	return page(nil, heading("API key"), muted("The secret goes to your system's password store."), content,
		f.save, container.NewGridWithColumns(2, s.quiet("Practice Egnyte", s.tryPractice), s.quiet("Cancel", s.leaveKey)))
}

func (f *keyForm) submit() {
	id, redirect := strings.TrimSpace(f.id.Text), strings.TrimSpace(f.redirect.Text)
	if redirect == "" {
		redirect = oauth.DefaultRedirectURI
	}
	if id == "" {
		f.complain("The key is missing.", f.id)
		return
	}
	if u, err := url.Parse(redirect); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		f.complain("An address starts with http:// or https:// and names a host.", f.redirect)
		return
	}
	f.save.Disable()
	f.reason.SetText("")
	f.screen.saveKey(oauth.Key{ID: id, Secret: oauth.NewSecret(strings.TrimSpace(f.secret.Text)), RedirectURI: redirect})
}

func (f *keyForm) complain(reason string, at *entry) {
	f.reason.SetText(reason)
	f.screen.win.Canvas().Focus(at)
}

// saveKey keeps the key. A secret left empty stays what it was (settings.SaveKey).
func (s *screen) saveKey(key oauth.Key) {
	service := s.service()
	if s.inPractice() { // a key of one's own is for Egnyte itself
		service = oauth.Service{}
		s.options.Service = ""
	}
	try(s, keepLimit, func(ctx context.Context) error {
		return s.setup.SaveKey(ctx, service, key)
	}, func(err error) {
		if err != nil {
			s.showFailed(request{reread: true}, err)
			return
		}
		s.only = false
		s.read(s.showAccounts)
	})
}
