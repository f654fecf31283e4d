package window

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/words"
)

// pasteField takes the address that the browser ended at, if the app can't listen
// there.
type pasteField struct {
	w      *window
	paste  oauth.Receiver
	entry  *entry
	reason *widget.Label
	button *button
	does   func() // what the button does now
}

func newPasteField(w *window, p oauth.Receiver) *pasteField {
	f := &pasteField{w: w, paste: p, entry: w.entry(p.RedirectURI() + "?code=…"), reason: newReason()}
	f.button = w.primary("", func() { f.does() })
	f.entry.OnChanged = f.onChanged
	f.entry.OnSubmitted = func(text string) {
		if text == "" {
			f.submit()
			return
		}
		f.does()
	}
	f.entry.pasteFail = func() {
		f.w.setReason(f.reason, words.Say("The clipboard does not answer. Copy the address again, or type it."), true)
	}
	f.onChanged("")
	return f
}

// onChanged sets what the button does: it pastes while nothing is typed.
func (f *pasteField) onChanged(text string) {
	if text == "" {
		f.offer(words.Say("Use the address on the clipboard"), "", func() { f.entry.paste(f.submit) })
		return
	}
	f.offer(words.Say("Continue"), "", f.submit)
}

func (f *pasteField) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{stack(8, f.entry, f.reason), f.button}
}

// explain says in one sentence what the browser will show.
func (f *pasteField) explain() string {
	u, err := url.Parse(f.paste.RedirectURI())
	if err != nil {
		return words.Say("When your browser is done, copy the address of the page that it ends on, and paste it here.")
	}
	if isHere(u.Hostname()) {
		return words.Say("Your browser ends on a page of {host} that it can't open, and that is all right: copy the address of that page and paste it here.", "host", u.Host)
	}
	return words.Say("Your browser ends on a page of {host}, which may look empty or wrong: copy the address of that page and paste it here.", "host", u.Host)
}

func isHere(host string) bool {
	switch strings.ToLower(host) {
	case "localhost", "127.0.0.1", "::1":
		return true
	}
	return false
}

// offer has the button do something, with a line that says why.
func (f *pasteField) offer(label, remark string, does func()) {
	f.does = does
	f.button.SetText(label)
	f.w.setReason(f.reason, remark, false)
}

// submit takes what is in the entry.
func (f *pasteField) submit() { f.answered(f.paste.Offer(f.entry.Text)) }

func (f *pasteField) answered(err error) {
	var wrong *redirect.PasteError
	switch {
	case err == nil:
		f.entry.SetText("") // it holds the code
	case errors.As(err, &wrong) && wrong.Fault == redirect.PasteNoState:
		f.offer(words.Say("Use this code all the same"), "", f.confirming())
		f.complain(err)
		f.w.focus(f.button)
	case wrong != nil:
		f.onChanged(f.entry.Text)
		f.complain(err)
		f.w.focus(f.entry)
	}
}

// confirmGap is the pause before an action counts as another one. It is longer
// than the time until a key that is held down repeats.
const confirmGap = 1200 * time.Millisecond

// confirming returns the function that confirms a code alone. A double click, a key
// that is held down and keys typed ahead belong to the action that asked, and do not
// confirm it.
func (f *pasteField) confirming() func() {
	last := f.w.now()
	return func() {
		before := last
		last = f.w.now()
		if last.Sub(before) >= confirmGap {
			f.answered(f.paste.OfferWithoutState(f.entry.Text))
		}
	}
}

// complain says under the entry why a text was not taken.
func (f *pasteField) complain(err error) {
	a := advice.For(err, f.w.now())
	f.w.setReason(f.reason, a.Sentences(), true)
}
