package window

import (
	"cmp"
	"log/slog"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
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

// The gaps between a widget and its ring: a button's fill stands apart from it, an
// entry's border joins it.
const (
	ringApart  = 3
	ringJoined = 1
)

// ringed draws the focus ring around a widget.
type ringed struct {
	fyne.WidgetRenderer
	of   *control
	gap  float32
	ring *canvas.Rectangle
}

func newRinged(inner fyne.WidgetRenderer, of *control, gap float32) *ringed {
	r := &ringed{inner, of, gap, canvas.NewRectangle(nil)}
	r.ring.StrokeWidth = 2
	r.paint()
	return r
}

func (r *ringed) paint() {
	r.ring.CornerRadius = theme.Size(theme.SizeNameButtonRadius) + r.gap
	r.ring.StrokeColor = theme.Color(theme.ColorNamePrimary)
	r.ring.Hidden = !r.of.focused
}

func (r *ringed) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.ring.Move(fyne.NewPos(-r.gap, -r.gap))
	r.ring.Resize(size.AddWidthHeight(2*r.gap, 2*r.gap))
}

func (r *ringed) Objects() []fyne.CanvasObject {
	inner := r.WidgetRenderer.Objects()
	return append(inner[:len(inner):len(inner)], r.ring)
}

func (r *ringed) Refresh() {
	r.paint()
	r.WidgetRenderer.Refresh()
	r.ring.Refresh()
}

// entry is Fyne's, which Esc leaves.
type entry struct {
	widget.Entry
	control

	pasting   bool     // the clipboard's owner has not answered yet
	waiting   []func() // typed in the meantime
	pasteFail func()   // says that it did not answer; may be nil
}

func (w *window) entry(placeholder string) *entry {
	e := &entry{control: control{w: w}}
	e.PlaceHolder = placeholder
	e.Scroll = fyne.ScrollHorizontalOnly
	e.ExtendBaseWidget(e)
	return e
}

// setPlaceHolder draws the entry anew only if that changes it.
func (e *entry) setPlaceHolder(text string) {
	if e.PlaceHolder != text {
		e.SetPlaceHolder(text)
	}
}

func (e *entry) FocusGained() { e.gain(); e.Entry.FocusGained() }
func (e *entry) FocusLost()   { e.focused = false; e.Entry.FocusLost() }

func (e *entry) CreateRenderer() fyne.WidgetRenderer {
	return newRinged(e.Entry.CreateRenderer(), &e.control, ringJoined)
}

// TypedKey implements fyne.Focusable.
func (e *entry) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape {
		e.w.view.Back()
		return
	}
	e.inOrder(func() { e.Entry.TypedKey(key) })
}

// TypedRune implements fyne.Focusable.
func (e *entry) TypedRune(r rune) { e.inOrder(func() { e.Entry.TypedRune(r) }) }

// TypedShortcut implements fyne.Shortcutable.
func (e *entry) TypedShortcut(shortcut fyne.Shortcut) {
	if _, paste := shortcut.(*fyne.ShortcutPaste); paste {
		e.inOrder(func() { e.paste(nil) })
		return
	}
	e.inOrder(func() { e.Entry.TypedShortcut(shortcut) })
}

// inOrder runs f now, or after the paste that is under way.
func (e *entry) inOrder(f func()) {
	if e.pasting {
		e.waiting = append(e.waiting, f)
		return
	}
	f()
}

// paste puts the clipboard's text where the cursor is, then runs then. It reads the
// clipboard in the background, since the program that owns it may hang.
func (e *entry) paste(then func()) {
	e.pasting = true
	inBackground(e.w, pasteLimit, e.w.clipboard, func(text string, err error) {
		e.pasting = false
		if err == nil {
			e.Entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipped(text)})
		} else {
			slog.Warn("the clipboard can't be read", "error", err)
		}
		waiting := e.waiting
		e.waiting = nil
		for _, f := range waiting {
			e.inOrder(f)
		}
		switch {
		case err != nil && e.pasteFail != nil:
			e.pasteFail()
		case err == nil && then != nil:
			then()
		}
	})
}

// clipped is a clipboard that was read already.
type clipped string

// Content implements fyne.Clipboard. A mail program may break an address over
// lines; no entry here has more than one.
func (c clipped) Content() string { return strings.NewReplacer("\r", "", "\n", "").Replace(string(c)) }

// SetContent implements fyne.Clipboard.
func (c clipped) SetContent(string) {}

// surface is a filled rectangle that follows the theme.
type surface struct {
	widget.BaseWidget
	rect         *canvas.Rectangle
	fill, stroke fyne.ThemeColorName
}

func newSurface(fill, stroke fyne.ThemeColorName, radius float32) *surface {
	f := &surface{rect: canvas.NewRectangle(nil), fill: fill, stroke: stroke}
	f.rect.CornerRadius = radius
	f.ExtendBaseWidget(f)
	f.paint()
	return f
}

func (f *surface) paint() {
	f.rect.FillColor = theme.Color(f.fill)
	if f.stroke != "" {
		f.rect.StrokeColor, f.rect.StrokeWidth = theme.Color(f.stroke), 1
	}
}

func (f *surface) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(f.rect) }

func (f *surface) Refresh() {
	f.paint()
	f.BaseWidget.Refresh()
}
