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

// showFailed says what happened, and offers the one thing that helps.
func (s *screen) showFailed(r request, err error) {
	a := advice.For(err, s.now())
	if other := (*account.OtherPersonError)(nil); errors.As(err, &other) {
		s.showOtherPerson(r, other, a)
		return
	}
	s.hold(err)
	s.showProblem(r, a)
}

// showProblem explains a problem by its advice, whoever met it. There is one
// button; where Egnyte named a time to come back, it waits for that.
func (s *screen) showProblem(r request, a advice.Advice) {
	close := s.quiet(words.Say("Close"), s.leaveSignIn)
	var bottom []fyne.CanvasObject
	title := words.Say("Sign-in did not work")
	switch {
	case a.Action == advice.RemoveAnyway:
		title, close = words.Say("Not signed out"), s.quiet(words.Say("Later"), s.leaveSignIn)
	case r.reread:
		title = words.Say("That did not work")
	}
	first, leave := close, func() {}
	if a.Action != advice.None {
		help := s.primary(a.Button, nil)
		help.OnTapped = func() { s.help(r, a, help) }
		bottom = append(bottom, help)
		if a.Until.After(s.now()) {
			leave = s.holdButton(help, a.Until)
		} else {
			first = help
		}
	}
	bottom = append(bottom, close)
	body := page(markFailed, heading(a.What), say(a.Do), []fyne.CanvasObject{s.details(a)}, bottom...)
	s.show(view{title: title, body: body, first: first, back: s.leaveSignIn, leave: leave})
}

// details folds out what support would ask for.
func (s *screen) details(a advice.Advice) fyne.CanvasObject {
	text := widget.NewLabel(a.Details)
	text.Wrapping, text.SizeName = fyne.TextWrapWord, theme.SizeNameCaptionText
	copied := s.quiet(words.Say("Copy"), nil)
	copied.OnTapped = func() {
		s.copy(a.What + "\n" + a.Do + "\n" + a.Details)
		copied.SetText(words.Say("Copied"))
	}
	box := container.NewStack(newSurface(colorNameCard, theme.ColorNameSeparator, 8),
		container.New(layout.NewCustomPaddedLayout(4, 4, 4, 4),
			container.NewBorder(nil, nil, nil, container.NewVBox(copied), text)))
	box.Hide()
	fold := s.quiet(words.Say("Details"), nil)
	fold.OnTapped = func() {
		box.Hidden = !box.Hidden
		fold.SetText(map[bool]string{true: words.Say("Details"), false: words.Say("Hide details")}[box.Hidden])
		s.view.body.Refresh()
	}
	return container.NewVBox(container.NewCenter(fold), box)
}

// help does what the one button says.
func (s *screen) help(r request, a advice.Advice, pressed *button) {
	switch a.Action {
	case advice.OpenSettings:
		s.openSettings()
	case advice.CopyRedirect:
		s.copyAddress(r, a, pressed)
	case advice.TypeDomain:
		s.discard()
		s.showStart(r.domain.Label())
		s.win.Canvas().Focus(findEntry(s.view.body))
	case advice.StartPractice:
		s.tryPractice()
	case advice.RemoveAnyway:
		pressed.Disable()
		s.removeAnyway(*r.account)
	case advice.AddInstead:
		s.begin(request{})
	case advice.InstallCert:
		s.showConsent(r)
	case advice.Paste:
		r.paste = true
		s.begin(r)
	case advice.TypePassword:
		s.showPassword(r)
	default:
		s.again(r)
	}
}

// again repeats what did not work.
func (s *screen) again(r request) {
	switch {
	case r.reread:
		s.showAccounts()
		s.read(nil)
	case s.unkept != nil:
		s.keepAgain(*s.unkept)
	default:
		s.begin(r)
	}
}

// copyAddress copies the address that belongs on the developer portal.
func (s *screen) copyAddress(r request, a advice.Advice, pressed *button) {
	address := cmp.Or(a.Copy, s.known.setup.Key.RedirectURI, oauth.DefaultRedirectURI)
	if a.Copy == "" && r.account != nil {
		address = cmp.Or(r.account.RedirectURI, address)
	}
	s.copy(address)
	pressed.SetText(words.Say("Copied: {address}", "address", address))
}

// showOtherPerson offers to keep whoever came back as an account of their own.
func (s *screen) showOtherPerson(r request, other *account.OtherPersonError, a advice.Advice) {
	add := s.primary(a.Button, func() {
		u := unkept{request{}, other.Grant}
		s.keepAgain(u)
	})
	again := s.plain(words.Say("Sign in as {name}", "name", titleOf(other.Want)), func() { s.begin(r) })
	leave := s.quiet(words.Say("Cancel"), s.leaveSignIn)
	body := page(markPeople, heading(a.What), say(a.Do), nil, add, again, leave)
	s.show(view{title: words.Say("Somebody else came back"), body: body, first: add, back: s.leaveSignIn})
}

func findEntry(o fyne.CanvasObject) fyne.Focusable {
	switch o := o.(type) {
	case *entry:
		return o
	case *container.Scroll:
		return findEntry(o.Content)
	case *fyne.Container:
		for _, child := range o.Objects {
			if e := findEntry(child); e != nil {
				return e
			}
		}
	}
	return nil
}
