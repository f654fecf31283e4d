package window

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
)

// signOutView asks once before it signs out an account.
type signOutView struct {
	baseView
	account  account.Account
	text     *widget.Label
	out, not *button
}

func newSignOutView(w *window, a account.Account) *signOutView {
	v := &signOutView{baseView: baseView{w: w, title: words.Say("Sign out {name}?", "name", advice.Title(a))}, account: a}
	v.text = paragraph(words.Say("Signs out here and at Egnyte. Your files stay."))
	v.out = w.button(words.Say("Sign out"), widget.DangerImportance, v.onOut)
	v.not = w.quiet(words.Say("Stay signed in"), v.Back)
	v.first = v.out
	v.content = page(markPeople, heading(v.title), v.text,
		[]fyne.CanvasObject{muted(strings.ReplaceAll(a.Name, "@", " · "))}, v.out, v.not)
	return v
}

// onOut ends the sign-in at Egnyte and here. If Egnyte can't be reached nothing is
// removed, and the view that says so offers to.
func (v *signOutView) onOut() {
	v.out.Disable()
	v.not.Disable()
	v.text.SetText(words.Say("Signing out…"))
	w, a := v.w, v.account
	tryInBackground(w, keepLimit, func(ctx context.Context) error { return w.accounts.SignOut(ctx, a.Name) },
		signedOut(w, words.Say("{name} is signed out, here and at Egnyte.", "name", advice.Title(a)), a))
}

// signedOut returns the function that shows how a sign-out ended.
func signedOut(w *window, notice string, a account.Account) func(error) {
	return func(err error) {
		if err != nil && !errors.Is(err, account.ErrNoAccount) {
			w.showFailed(request{account: &a, reread: true}, err)
			return
		}
		w.single = false // the list says how it went
		w.notice = notice
		w.read(w.showAccounts)
	}
}
