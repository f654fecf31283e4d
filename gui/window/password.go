package window

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/words"
)

// passwordForm asks for what the password flow needs. The password is held by
// its entry until it is sent, and nowhere after that.
type passwordForm struct {
	screen         *screen
	request        request
	domain         *domainField // nil where the domain is settled
	user, password *entry
	reason         *widget.Label
	send           *button
}

// needsPassword reports a sign-in that no browser can do.
func (s *screen) needsPassword(r request) bool {
	if r.flow == "" && r.account != nil {
		return s.known.setup.FlowAgain(r.account.KeyID, r.account.Flow) == oauth.FlowPassword
	}
	return r.flow == oauth.FlowPassword
}

func (s *screen) showPassword(r request) {
	s.stop()
	s.discard()
	s.show(s.buildPassword(r, r.domain.Label()))
}

// buildPassword asks for the domain too, unless it is an account's or settled.
func (s *screen) buildPassword(r request, typed string) view {
	f := &passwordForm{screen: s, request: r, reason: beside()}
	f.request.flow = oauth.FlowPassword
	f.user, f.password = s.entry(words.Say("user name")), s.entry(words.Say("password"))
	f.password.Password = true
	f.user.SetText(r.username)
	where := words.Say("Sign in with your Egnyte password")
	switch {
	case r.account != nil:
		where = r.account.Domain
		f.user.SetText(r.account.Username)
	case s.ways().fixed.IsZero():
		f.domain = s.domainField(typed, words.Say("Sign in"), func(d oauth.Domain) error { f.submitAt(d); return nil })
		f.domain.primary()
		f.send = f.domain.button
	default:
		f.request.domain = s.ways().fixed
		where = f.request.domain.Host()
	}
	if f.send == nil {
		f.send = s.primary(words.Say("Sign in"), f.submit)
	}
	f.user.OnSubmitted = func(string) { f.submit() }
	f.password.OnSubmitted = func(string) { f.submit() }
	bottom := append([]fyne.CanvasObject{f.send}, s.practiceHint()...)
	body := page(nil, heading(passwordHeading(r.account)), muted(words.Say("Your password goes to Egnyte, once. It is not kept.")), f.content(where),
		append(bottom, s.quiet(words.Say("Cancel"), s.leaveSignIn))...)
	return view{title: words.Say("Sign in with a password"), body: body, first: f.first(), back: s.leaveSignIn, leave: f.clear}
}

func passwordHeading(a *account.Account) string {
	if a == nil {
		return words.Say("Sign in to Egnyte")
	}
	return words.Say("Sign in as {name}", "name", titleOf(*a))
}

func (f *passwordForm) content(where string) []fyne.CanvasObject {
	field := func(name string, o fyne.CanvasObject) fyne.CanvasObject {
		return container.New(tight{gap: 12}, widget.NewLabel(name), o)
	}
	var content []fyne.CanvasObject
	if f.domain == nil {
		content = append(content, say(where))
	} else {
		content = append(content, field(words.Say("Egnyte domain"), container.New(tight{gap: 12}, f.domain.row, f.domain.reason)))
	}
	return append(content, field(words.Say("User name"), f.user), field(words.Say("Password"), container.New(tight{gap: 12}, f.password, f.reason)))
}

// first is the first entry that is empty.
func (f *passwordForm) first() fyne.Focusable {
	switch {
	case f.domain != nil && f.domain.entry.Text == "":
		return f.domain.entry
	case f.user.Text == "":
		return f.user
	}
	return f.password
}

// submit sends the form; a domain that is typed says first what it is.
func (f *passwordForm) submit() {
	if f.domain != nil {
		f.domain.submit()
		return
	}
	f.submitAt(f.request.domain)
}

func (f *passwordForm) submitAt(domain oauth.Domain) {
	f.request.domain, f.request.username = domain, strings.TrimSpace(f.user.Text)
	switch {
	case f.request.username == "":
		f.complain(words.Say("The user name is missing."), f.user)
	case f.password.Text == "":
		f.complain(words.Say("The password is missing."), f.password)
	default:
		password := oauth.NewSecret(f.password.Text)
		f.clear()
		f.screen.start(f.request, password)
	}
}

func (f *passwordForm) complain(reason string, at *entry) {
	f.screen.setBeside(f.reason, reason, true)
	f.screen.win.Canvas().Focus(at)
}

// clear forgets the password.
func (f *passwordForm) clear() { f.password.SetText("") }
