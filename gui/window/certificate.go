package window

import (
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/localcert"
)

// showConsent asks before this person's browsers are changed: Linux asks
// nothing by itself.
func (s *screen) showConsent(r request) {
	add := s.primary("Add the certificate", func() { s.setUpCertificate(r) })
	body := page(markKey, heading("One step before your browser opens"),
		say("To receive the sign-in on https://localhost, this app adds a certificate to your browsers that can only speak for this machine."),
		[]fyne.CanvasObject{muted("Nobody can use it for any other site, and it can be removed again.")},
		add, s.pasteInstead(r), s.quiet("Cancel", s.leaveSignIn))
	s.show(view{title: "Add a certificate?", body: body, first: add, back: s.leaveSignIn})
}

// pasteInstead is the way that needs neither a certificate nor a port.
func (s *screen) pasteInstead(r request) *button {
	r.paste = true
	return s.plain("Paste the address instead", func() { s.begin(r) })
}

// setUpCertificate is for after the person has agreed.
func (s *screen) setUpCertificate(r request) {
	cancel := s.quiet("Cancel", s.leaveSignIn)
	body := page(markKey, heading("Adding the certificate…"), say("Your system may ask you to confirm it."), nil, cancel)
	s.show(view{title: "Adding the certificate", body: body, first: cancel, back: s.leaveSignIn})
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
	title, text := "The certificate could not be added", "Your browser would warn you instead of coming back."
	again := s.primary("Try again", func() { s.setUpCertificate(r) })
	buttons := []fyne.CanvasObject{again}
	first := again
	if report.Anywhere() {
		title, text = "Not every browser took the certificate", "Signing in works in those that have it."
		first = s.primary("Go on", func() { s.begin(r) })
		again.Importance = widget.MediumImportance
		buttons = []fyne.CanvasObject{first, again}
	}
	if missing := (*localcert.ToolMissingError)(nil); errors.As(report.Err(), &missing) {
		text = "The program " + missing.Tool + " is missing. Install " + missing.Package + ", then try again."
	}
	places := container.NewVBox()
	for _, place := range report {
		places.Add(placeLine(place))
	}
	buttons = append(buttons, s.pasteInstead(r), s.quiet("Cancel", s.leaveSignIn))
	body := page(nil, heading(title), say(text), []fyne.CanvasObject{places}, buttons...)
	s.show(view{title: title, body: body, first: first, back: s.leaveSignIn})
}

// placeLine is one store: state by shape and word, and what went wrong.
func placeLine(place localcert.Place) fyne.CanvasObject {
	sign, word := markReady, "has it"
	if place.Outcome != localcert.Trusted {
		sign, word = markNeeds, "does not have it"
	}
	name := widget.NewLabel(place.Name + " " + word)
	name.Wrapping = fyne.TextWrapWord
	lines := []fyne.CanvasObject{name}
	if place.Err != nil {
		why := widget.NewLabel(place.Err.Error())
		why.SizeName, why.Importance, why.Wrapping = theme.SizeNameCaptionText, widget.LowImportance, fyne.TextWrapWord
		lines = append(lines, why)
	}
	return container.NewBorder(nil, nil, container.NewCenter(picture(sign, 12)), nil, container.New(tight{gap: 2}, lines...))
}
