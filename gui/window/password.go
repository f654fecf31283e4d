package window

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
)

// passwordView asks for what the password flow needs. Only the entry holds the
// password, until it is sent or the view is left.
type passwordView struct {
	baseView
	start          *startOptions // the settings that led here; nil if a sign-in did
	request        request
	domain         *domainField // nil if the domain is settled
	user, password *entry
	reason         *widget.Label
	send           *button
}

func (w *window) showPassword(r request) {
	w.stop()
	w.discard()
	w.show(newPasswordView(w, r, r.domain.Label()))
}

// newPasswordView asks for the domain too, unless it is the account's or settled.
func newPasswordView(w *window, r request, typed string) *passwordView {
	v := &passwordView{baseView: baseView{w: w, title: words.Say("Sign in with a password"), back: w.leaveSignIn}, request: r, reason: newReason()}
	v.request.flow = oauth.FlowPassword
	v.user, v.password = w.entry(words.Say("user name")), w.entry(words.Say("password"))
	v.user.SetText(r.username)
	v.password.Password = true
	v.user.OnSubmitted, v.password.OnSubmitted = v.onSubmitted, v.onSubmitted
	where := ""
	switch fixed := w.known.startOptions().fixed; {
	case r.account != nil:
		where = r.account.Domain
		v.user.SetText(r.account.Username)
	case !fixed.IsZero():
		v.request.domain, where = fixed, fixed.Host()
	default:
		v.domain = v.domainField(typed, words.Say("Sign in"), v.submitAt)
		v.domain.primary()
	}
	v.build(where)
	return v
}

func (v *passwordView) build(where string) {
	field := func(name string, objects ...fyne.CanvasObject) fyne.CanvasObject {
		return stack(12, append([]fyne.CanvasObject{widget.NewLabel(name)}, objects...)...)
	}
	content := []fyne.CanvasObject{paragraph(where)}
	v.send = v.w.primary(words.Say("Sign in"), v.submit)
	if v.domain != nil {
		v.send = v.domain.button
		content = []fyne.CanvasObject{field(words.Say("Egnyte domain"), v.domain.row, v.domain.reason)}
	}
	content = append(content, field(words.Say("User name"), v.user), field(words.Say("Password"), v.password, v.reason))
	v.first = v.firstEmpty()
	bottom := append([]fyne.CanvasObject{v.send}, practiceHint(v.w.known)...)
	v.content = page(nil, heading(passwordHeading(v.request.account)), muted(words.Say("Your password goes to Egnyte, once. It is not kept.")), content,
		append(bottom, v.w.quiet(words.Say("Cancel"), v.Back))...)
}

func passwordHeading(a *account.Account) string {
	if a == nil {
		return words.Say("Sign in to Egnyte")
	}
	return words.Say("Sign in as {name}", "name", advice.Title(*a))
}

func (v *passwordView) firstEmpty() fyne.Focusable {
	switch {
	case v.domain != nil && v.domain.entry.Text == "":
		return v.domain.entry
	case v.user.Text == "":
		return v.user
	}
	return v.password
}

func (v *passwordView) onSubmitted(string) { v.submit() }

// submit sends the form, once a typed domain is one.
func (v *passwordView) submit() {
	if v.domain != nil {
		v.domain.onSubmit()
		return
	}
	_ = v.submitAt(v.request.domain)
}

func (v *passwordView) submitAt(domain oauth.Domain) error {
	v.request.domain, v.request.username = domain, strings.TrimSpace(v.user.Text)
	switch {
	case v.request.username == "":
		v.complain(words.Say("The user name is missing."), v.user)
	case v.password.Text == "":
		v.complain(words.Say("The password is missing."), v.password)
	default:
		password := oauth.NewSecret(v.password.Text)
		v.password.SetText("")
		v.w.start(v.request, password)
	}
	return nil
}

func (v *passwordView) complain(reason string, at *entry) {
	v.w.setReason(v.reason, reason, true)
	v.w.focus(at)
}

// Leave forgets the password.
func (v *passwordView) Leave() {
	v.password.SetText("")
	v.baseView.Leave()
}

// Refresh follows the settings if they led here.
func (v *passwordView) Refresh() {
	if v.start != nil {
		v.w.refreshStart(*v.start)
	}
}
