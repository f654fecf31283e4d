package window

import (
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/words"
)

// showConsent asks before this person's browsers are changed: Linux asks
// nothing by itself.
func (s *screen) showConsent(r request) {
	add := s.primary(words.Say("Add the certificate"), func() { s.setUpCertificate(r) })
	body := page(markKey, heading(words.Say("One step before your browser opens")),
		say(words.Say("To receive the sign-in on https://localhost, this app adds a certificate to your browsers that can only speak for this machine.")),
		[]fyne.CanvasObject{muted(words.Say("Nobody can use it for any other site, and it can be removed again."))},
		add, s.pasteInstead(r), s.quiet(words.Say("Cancel"), s.leaveSignIn))
	s.show(view{title: words.Say("Add a certificate?"), body: body, first: add, back: s.leaveSignIn})
}

// pasteInstead is the way that needs neither a certificate nor a port.
func (s *screen) pasteInstead(r request) *button {
	r.paste = true
	return s.plain(words.Say("Paste the address instead"), func() { s.begin(r) })
}

// setUpCertificate is for after the person has agreed.
func (s *screen) setUpCertificate(r request) {
	cancel := s.quiet(words.Say("Cancel"), s.leaveSignIn)
	body := page(markKey, heading(words.Say("Adding the certificate…")), say(words.Say("Your system may ask you to confirm it.")), nil, cancel)
	s.show(view{title: words.Say("Adding the certificate"), body: body, first: cancel, back: s.leaveSignIn})
	off(s, setUpLimit, s.certificates.SetUp, func(report localcert.Report, err error) {
		switch {
		case s.view.body != body: // the person went elsewhere
		case err != nil:
			s.showFailed(r, err)
		case report.Everywhere():
			s.begin(r)
		default:
			s.showPlaces(r, report)
		}
	})
}

// showPlaces says which browsers took the certificate, and which did not.
func (s *screen) showPlaces(r request, report localcert.Report) {
	title, text := words.Say("The certificate could not be added"), words.Say("Your browser would warn you instead of coming back.")
	again := s.primary(words.Say("Try again"), func() { s.setUpCertificate(r) })
	buttons := []fyne.CanvasObject{again}
	first := again
	if report.Anywhere() {
		title, text = words.Say("Not every browser took the certificate"), words.Say("Signing in works in those that have it.")
		first = s.primary(words.Say("Go on"), func() { s.begin(r) })
		again.Importance = widget.MediumImportance
		buttons = []fyne.CanvasObject{first, again}
	}
	if missing := (*localcert.ToolMissingError)(nil); errors.As(report.Err(), &missing) {
		text = words.Say("The program {tool} is missing. Install {package}, then try again.", "tool", missing.Tool, "package", missing.Package)
	}
	places := container.NewVBox()
	for _, place := range report {
		places.Add(placeLine(place))
	}
	buttons = append(buttons, s.pasteInstead(r), s.quiet(words.Say("Cancel"), s.leaveSignIn))
	body := page(nil, heading(title), say(text), []fyne.CanvasObject{places}, buttons...)
	s.show(view{title: title, body: body, first: first, back: s.leaveSignIn})
}

// placeLine is one store: state by shape and word, and what went wrong.
func placeLine(place localcert.Place) fyne.CanvasObject {
	sign, text := markReady, words.Say("{browser} has it", "browser", place.Name)
	if place.Outcome != localcert.Trusted {
		sign, text = markNeeds, words.Say("{browser} does not have it", "browser", place.Name)
	}
	name := widget.NewLabel(text)
	name.Wrapping = fyne.TextWrapWord
	lines := []fyne.CanvasObject{name}
	if place.Err != nil {
		why := widget.NewLabel(place.Err.Error())
		why.SizeName, why.Importance, why.Wrapping = theme.SizeNameCaptionText, widget.LowImportance, fyne.TextWrapWord
		lines = append(lines, why)
	}
	return container.NewBorder(nil, nil, container.NewCenter(picture(sign, 12)), nil, container.New(tight{gap: 2}, lines...))
}
