package window

import (
	"cmp"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
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
		w.showOtherPerson(r, other, a)
		return
	}
	w.noteLimit(err)
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
		v.help.Disable()
		w.removeAnyway(*r.account)
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

func (v *failedView) tryAgain() {
	switch {
	case v.request.reread:
		v.w.showAccounts()
		v.w.read(nil)
	case v.w.unsaved != nil:
		v.w.saveAgain(*v.w.unsaved)
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

// showOtherPerson offers to add whoever signed in as an account.
func (w *window) showOtherPerson(r request, other *account.OtherPersonError, a advice.Advice) {
	add := w.primary(a.Button, func() { w.saveAgain(unsaved{request{}, other.Grant}) })
	again := w.plain(words.Say("Sign in as {name}", "name", titleOf(other.Want)), func() { w.begin(r) })
	w.show(&baseView{w: w, title: words.Say("Somebody else came back"), first: add, back: w.leaveSignIn,
		content: page(markPeople, heading(a.What), paragraph(a.Do), nil, add, again, w.quiet(words.Say("Cancel"), w.leaveSignIn))})
}
