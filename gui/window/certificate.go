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

// certificateView gets the certificate for https://localhost into the user's
// browsers. It asks first, since Linux does not, then says how it went.
type certificateView struct {
	baseView
	request                  request
	add, goOn, paste, cancel *button
}

func newCertificateView(w *window, r request) *certificateView {
	v := &certificateView{baseView: baseView{w: w, back: w.leaveSignIn}, request: r}
	v.add = w.primary(words.Say("Add the certificate"), v.onAdd)
	v.goOn = w.primary(words.Say("Go on"), func() { w.begin(r) })
	v.paste = w.plain(words.Say("Paste the address instead"), v.onPaste)
	v.cancel = w.quiet(words.Say("Cancel"), v.Back)
	return v
}

// showConsent asks whether the certificate may be added.
func (w *window) showConsent(r request) {
	v := newCertificateView(w, r)
	v.title, v.first = words.Say("Add a certificate?"), v.add
	v.content = page(markKey, heading(words.Say("One step before your browser opens")),
		paragraph(words.Say("To receive the sign-in on https://localhost, this app adds a certificate to your browsers that can only speak for this machine.")),
		[]fyne.CanvasObject{muted(words.Say("Nobody can use it for any other site, and it can be removed again."))},
		v.add, v.paste, v.cancel)
	w.show(v)
}

// onPaste goes on in the way that needs neither certificate nor port.
func (v *certificateView) onPaste() {
	v.request.paste = true
	v.w.begin(v.request)
}

func (v *certificateView) onAdd() {
	w, adding := v.w, newCertificateView(v.w, v.request)
	adding.title, adding.first = words.Say("Adding the certificate"), adding.cancel
	adding.content = page(markKey, heading(words.Say("Adding the certificate…")), paragraph(words.Say("Your system may ask you to confirm it.")), nil, adding.cancel)
	w.show(adding)
	inBackground(w, setUpLimit, w.certificates.SetUp, func(report localcert.Report, err error) {
		switch {
		case !adding.shown():
		case err != nil:
			w.showFailed(v.request, err)
		case report.Everywhere():
			w.begin(v.request)
		default:
			w.show(newPlacesView(w, v.request, report))
		}
	})
}

// newPlacesView says which browsers took the certificate, and which did not.
func newPlacesView(w *window, r request, report localcert.Report) *certificateView {
	v := newCertificateView(w, r)
	v.title, v.first = words.Say("The certificate could not be added"), v.add
	text := words.Say("Your browser would warn you instead of coming back.")
	v.add.Text = words.Say("Try again")
	buttons := []fyne.CanvasObject{v.add, v.paste, v.cancel}
	if report.Anywhere() {
		v.title, v.first = words.Say("Not every browser took the certificate"), v.goOn
		text = words.Say("Signing in works in those that have it.")
		v.add.Importance = widget.MediumImportance
		buttons = append([]fyne.CanvasObject{v.goOn}, buttons...)
	}
	if missing := (*localcert.ToolMissingError)(nil); errors.As(report.Err(), &missing) {
		text = words.Say("The program {tool} is missing. Install {package}, then try again.", "tool", missing.Tool, "package", missing.Package)
	}
	places := container.NewVBox()
	for _, place := range report {
		places.Add(placeLine(place))
	}
	v.content = page(nil, heading(v.title), paragraph(text), []fyne.CanvasObject{places}, buttons...)
	return v
}

// placeLine shows one browser: whether it has the certificate, and what went wrong.
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
	return container.NewBorder(nil, nil, container.NewCenter(picture(sign, 12)), nil, stack(2, lines...))
}
