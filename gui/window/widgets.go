package window

import (
	"cmp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/words"
)

// control is what our widgets add to Fyne's: a focus ring that is easy to see,
// scrolling into view, and the window whose view Esc leaves.
type control struct {
	w       *window
	focused bool
	reveal  func() // scrolls it into view; may be nil
}

func (c *control) setReveal(f func()) { c.reveal = f }

func (c *control) gain() {
	c.focused = true
	if c.reveal != nil {
		c.reveal()
	}
}

// button is Fyne's, which Enter presses too and arrows leave.
type button struct {
	widget.Button
	control
	named string // what a screen reader says if only an icon is shown
}

func (w *window) button(text string, importance widget.Importance, tapped func()) *button {
	b := &button{control: control{w: w}}
	b.Text, b.Importance, b.OnTapped = text, importance, tapped
	b.ExtendBaseWidget(b)
	return b
}

func (w *window) primary(text string, tapped func()) *button {
	return w.button(text, widget.HighImportance, tapped)
}

func (w *window) plain(text string, tapped func()) *button {
	return w.button(text, widget.MediumImportance, tapped)
}

func (w *window) quiet(text string, tapped func()) *button {
	return w.button(text, widget.LowImportance, tapped)
}

// copying makes a button copy what text returns, and say so.
func (b *button) copying(text func() string) *button {
	b.OnTapped = func() {
		b.w.copy(text())
		b.SetText(words.Say("Copied"))
	}
	return b
}

// AccessibilityLabel implements fyne.Accessible.
func (b *button) AccessibilityLabel() string { return cmp.Or(b.Text, b.named) }

// TypedKey implements fyne.Focusable.
func (b *button) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.press()
	case fyne.KeyEscape:
		b.w.view.Back()
	case fyne.KeyDown, fyne.KeyRight:
		b.w.win.Canvas().FocusNext()
	case fyne.KeyUp, fyne.KeyLeft:
		b.w.win.Canvas().FocusPrevious()
	}
}

// press is a tap that keeps the focus, which Fyne's own tap gives up.
func (b *button) press() {
	if !b.Disabled() && b.OnTapped != nil {
		b.OnTapped()
	}
}

func (b *button) FocusGained() { b.gain(); b.Button.FocusGained() }
func (b *button) FocusLost()   { b.focused = false; b.Button.FocusLost() }

func (b *button) CreateRenderer() fyne.WidgetRenderer {
	return newRinged(b.Button.CreateRenderer(), &b.control, ringApart)
}

// choice is Fyne's select, which Enter opens too and Esc leaves. Left and right
// change it.
type choice struct {
	widget.Select
	control
}

func (w *window) choice(options []string, changed func(string)) *choice {
	c := &choice{control: control{w: w}}
	c.Options, c.OnChanged = options, changed
	c.ExtendBaseWidget(c)
	return c
}

// TypedKey implements fyne.Focusable.
func (c *choice) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyEscape:
		c.w.view.Back()
	case fyne.KeyReturn, fyne.KeyEnter:
		c.Select.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	default:
		c.Select.TypedKey(key)
	}
}

func (c *choice) FocusGained() { c.gain(); c.Select.FocusGained() }
func (c *choice) FocusLost()   { c.focused = false; c.Select.FocusLost() }

func (c *choice) CreateRenderer() fyne.WidgetRenderer {
	return newRinged(c.Select.CreateRenderer(), &c.control, ringJoined).bordered()
}

// check is Fyne's, which Enter ticks too, and Esc and arrows leave.
type check struct {
	widget.Check
	control
}

func (w *window) check(text string, changed func(bool)) *check {
	c := &check{control: control{w: w}}
	c.Text, c.OnChanged = text, changed
	c.ExtendBaseWidget(c)
	return c
}

// TypedKey implements fyne.Focusable.
func (c *check) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyEscape:
		c.w.view.Back()
	case fyne.KeyReturn, fyne.KeyEnter:
		if !c.Disabled() {
			c.SetChecked(!c.Checked)
		}
	case fyne.KeyDown:
		c.w.win.Canvas().FocusNext()
	case fyne.KeyUp:
		c.w.win.Canvas().FocusPrevious()
	}
}

func (c *check) FocusGained() { c.gain(); c.Check.FocusGained() }
func (c *check) FocusLost()   { c.focused = false; c.Check.FocusLost() }

func (c *check) CreateRenderer() fyne.WidgetRenderer {
	return newRinged(c.Check.CreateRenderer(), &c.control, ringJoined)
}
