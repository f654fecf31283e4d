package window

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/words"
)

// signOutView asks once before it signs out an account.
type signOutView struct {
	baseView
	account  account.Account
	text     *widget.Label
	out, not *button
}

func (w *window) askSignOut(a account.Account) {
	v := &signOutView{baseView: baseView{w: w, title: words.Say("Sign out {name}?", "name", titleOf(a))}, account: a}
	v.text = paragraph(words.Say("Signs out here and at Egnyte. Your files stay."))
	v.out = w.button(words.Say("Sign out"), widget.DangerImportance, v.onOut)
	v.not = w.quiet(words.Say("Stay signed in"), v.Back)
	v.first = v.out
	v.content = page(markPeople, heading(v.title), v.text,
		[]fyne.CanvasObject{muted(strings.ReplaceAll(a.Name, "@", " · "))}, v.out, v.not)
	w.show(v)
}

// onOut ends the sign-in at Egnyte and here. If Egnyte can't be reached nothing is
// removed, and the view that says so offers to.
func (v *signOutView) onOut() {
	v.out.Disable()
	v.not.Disable()
	v.text.SetText(words.Say("Signing out…"))
	w, a := v.w, v.account
	tryInBackground(w, keepLimit, func(ctx context.Context) error { return w.accounts.SignOut(ctx, w.client, a.Name) },
		w.signedOut(words.Say("{name} is signed out, here and at Egnyte.", "name", titleOf(a)), a))
}

// removeAnyway removes an account from this computer, for a user who knows that
// Egnyte was not told.
func (w *window) removeAnyway(a account.Account) {
	tryInBackground(w, keepLimit, func(ctx context.Context) error { return w.accounts.Remove(ctx, a.Name) },
		w.signedOut(words.Say("{name} is signed out, on this computer. At Egnyte the sign-in ends by itself.", "name", titleOf(a)), a))
}

func (w *window) signedOut(notice string, a account.Account) func(error) {
	return func(err error) {
		if err != nil && !errors.Is(err, account.ErrNoAccount) {
			w.showFailed(request{account: &a, reread: true}, err)
			return
		}
		w.only = false // the list says how it went
		w.notice = notice
		w.read(w.showAccounts)
	}
}
