package window

import (
	"cmp"
	"log/slog"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// button is Fyne's, with what a keyboard alone needs: Enter presses it too,
// Esc leaves the view, arrows move on, and the focus is a ring that nobody can
// overlook.
type button struct {
	widget.Button
	id      string // finds it again when a list is drawn anew
	named   string // what a screen reader says, where only an icon is shown
	screen  *screen
	focused bool
	reveal  func() // scrolls it into sight; may be nil
}

func (s *screen) button(text string, importance widget.Importance, tapped func()) *button {
	b := &button{screen: s}
	b.Text, b.Importance, b.OnTapped = text, importance, tapped
	b.ExtendBaseWidget(b)
	return b
}

func (s *screen) primary(text string, tapped func()) *button {
	return s.button(text, widget.HighImportance, tapped)
}

func (s *screen) plain(text string, tapped func()) *button {
	return s.button(text, widget.MediumImportance, tapped)
}

func (s *screen) quiet(text string, tapped func()) *button {
	return s.button(text, widget.LowImportance, tapped)
}

// AccessibilityLabel implements fyne.Accessible.
func (b *button) AccessibilityLabel() string { return cmp.Or(b.Text, b.named) }

// TypedKey implements fyne.Focusable.
func (b *button) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.press()
	case fyne.KeyEscape:
		b.screen.escape()
	case fyne.KeyDown, fyne.KeyRight:
		b.screen.win.Canvas().FocusNext()
	case fyne.KeyUp, fyne.KeyLeft:
		b.screen.win.Canvas().FocusPrevious()
	}
}

// press is a tap that keeps the focus, which Fyne's own tap gives up.
func (b *button) press() {
	if !b.Disabled() && b.OnTapped != nil {
		b.OnTapped()
	}
}

// FocusGained implements fyne.Focusable.
func (b *button) FocusGained() {
	b.focused = true
	if b.reveal != nil {
		b.reveal()
	}
	b.Button.FocusGained()
}

// FocusLost implements fyne.Focusable.
func (b *button) FocusLost() {
	b.focused = false
	b.Button.FocusLost()
}

// CreateRenderer implements fyne.Widget.
func (b *button) CreateRenderer() fyne.WidgetRenderer {
	return newRinged(b.Button.CreateRenderer(), ringApart, func() bool { return b.focused })
}

// ringed draws the focus ring around a widget.
type ringed struct {
	fyne.WidgetRenderer
	focused func() bool
	gap     float32 // between widget and ring
	ring    *canvas.Rectangle
}

func newRinged(inner fyne.WidgetRenderer, gap float32, focused func() bool) *ringed {
	r := &ringed{inner, focused, gap, canvas.NewRectangle(nil)}
	r.ring.StrokeWidth = 2
	r.paint()
	return r
}

// The gaps: a button's fill stands apart from its ring, an entry's border joins it.
const (
	ringApart  = 3
	ringJoined = 1
)

func (r *ringed) paint() {
	r.ring.CornerRadius = theme.Size(theme.SizeNameButtonRadius) + r.gap
	r.ring.StrokeColor = theme.Color(theme.ColorNamePrimary)
	r.ring.Hidden = !r.focused()
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

// entry is Fyne's, with Esc leaving the view, and the ring of the others.
type entry struct {
	widget.Entry
	screen  *screen
	focused bool
	reveal  func() // scrolls it into sight; may be nil

	pasting   bool     // the clipboard's owner has not answered yet
	waiting   []func() // typed in the meantime
	pasteFail func()   // says that it did not answer; may be nil
}

func (s *screen) entry(placeholder string) *entry {
	e := &entry{screen: s}
	e.PlaceHolder = placeholder
	e.Scroll = fyne.ScrollHorizontalOnly
	e.ExtendBaseWidget(e)
	return e
}

// FocusGained implements fyne.Focusable.
func (e *entry) FocusGained() {
	if e.reveal != nil {
		e.reveal()
	}
	e.focused = true
	e.Entry.FocusGained()
}

// FocusLost implements fyne.Focusable.
func (e *entry) FocusLost() {
	e.focused = false
	e.Entry.FocusLost()
}

// CreateRenderer implements fyne.Widget.
func (e *entry) CreateRenderer() fyne.WidgetRenderer {
	return newRinged(e.Entry.CreateRenderer(), ringJoined, func() bool { return e.focused })
}

// TypedKey implements fyne.Focusable.
func (e *entry) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape {
		e.screen.escape()
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
	off(e.screen, pasteLimit, e.screen.clipboard, func(text string, err error) {
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
	fill, stroke fyne.ThemeColorName
	radius       float32
}

func newSurface(fill, stroke fyne.ThemeColorName, radius float32) *surface {
	f := &surface{fill: fill, stroke: stroke, radius: radius}
	f.ExtendBaseWidget(f)
	return f
}

// CreateRenderer implements fyne.Widget.
func (f *surface) CreateRenderer() fyne.WidgetRenderer {
	r := &surfaceRenderer{f, canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type surfaceRenderer struct {
	surface *surface
	rect    *canvas.Rectangle
}

func (r *surfaceRenderer) Layout(size fyne.Size)        { r.rect.Resize(size) }
func (r *surfaceRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (r *surfaceRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.rect} }
func (r *surfaceRenderer) Destroy()                     {}

func (r *surfaceRenderer) Refresh() {
	r.rect.FillColor = theme.Color(r.surface.fill)
	r.rect.CornerRadius = r.surface.radius
	if r.surface.stroke != "" {
		r.rect.StrokeColor, r.rect.StrokeWidth = theme.Color(r.surface.stroke), 1
	}
	r.rect.Refresh()
}
