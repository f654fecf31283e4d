package window

import (
	"cmp"
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/client"
	"egnyte-accounts/oauth/words"
)

// failedView says what happened and offers the one thing that helps.
type failedView struct {
	baseView
	request       request
	advice        advice.Advice
	help          *button // nil if nothing helps
	details, copy *button
	detailsBox    fyne.CanvasObject
	close         *button
}

// showFailed explains an error.
func (w *window) showFailed(r request, err error) {
	a := advice.For(err, w.now())
	if other := (*account.OtherPersonError)(nil); errors.As(err, &other) {
		w.show(newOtherPersonView(w, r, other, a))
		return
	}
	if l := newKeyLimit(err, w.known.setup.Key.ID, w.now()); l != nil {
		w.limited = l
	}
	w.showProblem(r, a)
}

// showProblem explains a problem by its advice.
func (w *window) showProblem(r request, a advice.Advice) {
	v := &failedView{baseView: baseView{w: w, title: words.Say("Sign-in did not work"), back: w.leaveSignIn}, request: r, advice: a}
	v.build()
	w.show(v)
}

func (v *failedView) build() {
	closing := words.Say("Close")
	switch {
	case v.advice.Action == advice.RemoveAnyway:
		v.title, closing = words.Say("Not signed out"), words.Say("Later")
	case v.request.reread:
		v.title = words.Say("That did not work")
	}
	v.close = v.w.quiet(closing, v.Back)
	v.first = v.close
	bottom := []fyne.CanvasObject{v.close}
	if v.advice.Action != advice.None {
		v.help = v.w.primary(v.advice.Button, v.onHelp)
		bottom = []fyne.CanvasObject{v.help, v.close}
		if v.advice.Until.After(v.w.now()) {
			v.enableAt(v.help, v.advice.Until)
		} else {
			v.first = v.help
		}
	}
	v.content = page(markFailed, heading(v.advice.What), paragraph(v.advice.Do), v.buildDetails(), bottom...)
}

// buildDetails folds away what support would ask for.
func (v *failedView) buildDetails() []fyne.CanvasObject {
	text := widget.NewLabel(v.advice.Details)
	text.Wrapping, text.SizeName = fyne.TextWrapWord, theme.SizeNameCaptionText
	v.copy = v.w.quiet(words.Say("Copy"), nil).copying(func() string {
		return v.advice.What + "\n" + v.advice.Do + "\n" + v.advice.Details
	})
	v.detailsBox = container.NewStack(newSurface(colorNameCard, theme.ColorNameSeparator, 8),
		container.New(layout.NewCustomPaddedLayout(4, 4, 4, 4),
			container.NewBorder(nil, nil, nil, container.NewVBox(v.copy), text)))
	v.detailsBox.Hide()
	v.details = v.w.quiet(words.Say("Details"), v.onDetails)
	return []fyne.CanvasObject{container.NewVBox(container.NewCenter(v.details), v.detailsBox)}
}

func (v *failedView) onDetails() {
	show(v.detailsBox, !v.detailsBox.Visible())
	v.details.SetText(map[bool]string{false: words.Say("Details"), true: words.Say("Hide details")}[v.detailsBox.Visible()])
	v.content.Refresh()
}

// onHelp does what the advice says.
func (v *failedView) onHelp() {
	w, r := v.w, v.request
	switch v.advice.Action {
	case advice.OpenSettings:
		w.openSettings()
	case advice.CopyRedirect:
		v.copyAddress()
	case advice.TypeDomain:
		w.discard()
		w.askDomain(r.domain.Label())
	case advice.StartPractice:
		w.tryPractice()
	case advice.RemoveAnyway:
		v.removeAnyway()
	case advice.AddInstead:
		w.begin(request{})
	case advice.InstallCert:
		w.showConsent(r)
	case advice.Paste:
		r.paste = true
		w.begin(r)
	case advice.TypePassword:
		w.showPassword(r)
	default:
		v.tryAgain()
	}
}

// removeAnyway removes an account from this computer, for a user who knows that Egnyte
// was not told.
func (v *failedView) removeAnyway() {
	v.help.Disable()
	w, a := v.w, *v.request.account
	tryInBackground(w, keepLimit, func(ctx context.Context) error { return w.accounts.Remove(ctx, a.Name) },
		signedOut(w, words.Say("{name} is signed out, on this computer. At Egnyte the sign-in ends by itself.", "name", advice.Title(a)), a))
}

func (v *failedView) tryAgain() {
	switch {
	case v.request.reread:
		v.w.showAccounts()
		v.w.read(nil)
	case v.w.unsaved != nil:
		v.w.saveAgain(v.w.unsaved.request, v.w.unsaved.signIn)
	default:
		v.w.begin(v.request)
	}
}

// copyAddress copies the address that belongs on the developer portal.
func (v *failedView) copyAddress() {
	address := cmp.Or(v.advice.Copy, v.w.known.setup.Key.RedirectURI, oauth.DefaultRedirectURI)
	if v.advice.Copy == "" && v.request.account != nil {
		address = cmp.Or(v.request.account.RedirectURI, address)
	}
	v.w.copy(address)
	v.help.SetText(words.Say("Copied: {address}", "address", address))
}

// newOtherPersonView offers to add the account that came back instead of the expected
// one.
func newOtherPersonView(w *window, r request, other *account.OtherPersonError, a advice.Advice) view {
	add := w.primary(a.Button, func() { w.saveAgain(request{}, &client.UnsavedError{Grant: other.Grant}) })
	again := w.plain(words.Say("Sign in as {name}", "name", advice.Title(other.Want)), func() { w.begin(r) })
	return &baseView{w: w, title: words.Say("Somebody else came back"), first: add, back: w.leaveSignIn,
		content: page(markPeople, heading(a.What), paragraph(a.Do), nil, add, again, w.quiet(words.Say("Cancel"), w.leaveSignIn))}
}
