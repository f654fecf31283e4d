package window

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// choice is Fyne's select with what a keyboard alone needs: Enter and Space
// open it, left and right change it, Esc leaves the view.
type choice struct {
	widget.Select
	screen  *screen
	focused bool
	reveal  func() // scrolls it into sight; may be nil
}

func (s *screen) choice(options []string, changed func(string)) *choice {
	c := &choice{screen: s}
	c.Options, c.OnChanged = options, changed
	c.ExtendBaseWidget(c)
	return c
}

// TypedKey implements fyne.Focusable.
func (c *choice) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyEscape:
		c.screen.escape()
	case fyne.KeyReturn, fyne.KeyEnter:
		c.Select.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	default:
		c.Select.TypedKey(key)
	}
}

// FocusGained implements fyne.Focusable.
func (c *choice) FocusGained() {
	c.focused = true
	if c.reveal != nil {
		c.reveal()
	}
	c.Select.FocusGained()
}

// FocusLost implements fyne.Focusable.
func (c *choice) FocusLost() {
	c.focused = false
	c.Select.FocusLost()
}

// CreateRenderer implements fyne.Widget.
func (c *choice) CreateRenderer() fyne.WidgetRenderer {
	r := &outlined{newRinged(c.Select.CreateRenderer(), ringJoined, func() bool { return c.focused }), canvas.NewRectangle(color.Transparent)}
	r.line.StrokeWidth = 1
	r.paint()
	return r
}

// outlined draws the border that entries have, and Fyne's select has not.
type outlined struct {
	*ringed
	line *canvas.Rectangle
}

func (r *outlined) paint() {
	r.line.CornerRadius = theme.Size(theme.SizeNameInputRadius)
	r.line.StrokeColor = theme.Color(theme.ColorNameInputBorder)
}

// MinSize is an entry's height, so that a form's controls are all of one.
func (r *outlined) MinSize() fyne.Size {
	size := r.ringed.MinSize()
	line := fyne.MeasureText("M", theme.TextSize(), fyne.TextStyle{}).Height
	return size.Max(fyne.NewSize(0, line+2*theme.InnerPadding()))
}

func (r *outlined) Layout(size fyne.Size) {
	r.ringed.Layout(size)
	r.line.Resize(size)
}

func (r *outlined) Objects() []fyne.CanvasObject { return append(r.ringed.Objects(), r.line) }

func (r *outlined) Refresh() {
	r.paint()
	r.ringed.Refresh()
	r.line.Refresh()
}

// check is Fyne's, with Enter ticking it too and Esc leaving the view.
type check struct {
	widget.Check
	screen  *screen
	focused bool
	reveal  func() // scrolls it into sight; may be nil
}

func (s *screen) check(text string, changed func(bool)) *check {
	c := &check{screen: s}
	c.Text, c.OnChanged = text, changed
	c.ExtendBaseWidget(c)
	return c
}

// TypedKey implements fyne.Focusable.
func (c *check) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyEscape:
		c.screen.escape()
	case fyne.KeyReturn, fyne.KeyEnter:
		if !c.Disabled() {
			c.SetChecked(!c.Checked)
		}
	case fyne.KeyDown:
		c.screen.win.Canvas().FocusNext()
	case fyne.KeyUp:
		c.screen.win.Canvas().FocusPrevious()
	}
}

// FocusGained implements fyne.Focusable.
func (c *check) FocusGained() {
	c.focused = true
	if c.reveal != nil {
		c.reveal()
	}
	c.Check.FocusGained()
}

// FocusLost implements fyne.Focusable.
func (c *check) FocusLost() {
	c.focused = false
	c.Check.FocusLost()
}

// CreateRenderer implements fyne.Widget.
func (c *check) CreateRenderer() fyne.WidgetRenderer {
	return newRinged(c.Check.CreateRenderer(), ringJoined, func() bool { return c.focused })
}

// snug stacks a name, its control and what is to be said of it. Unlike tight it
// leaves no room for what is hidden.
type snug struct{ gap float32 }

func (t snug) visible(objects []fyne.CanvasObject) (shown []fyne.CanvasObject) {
	for _, o := range objects {
		if o.Visible() {
			shown = append(shown, o)
		}
	}
	return shown
}

func (t snug) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return tight(t).MinSize(t.visible(objects))
}

func (t snug) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	tight(t).Layout(t.visible(objects), size)
}

// note is a line under a control; an empty one takes no room.
type note struct{ widget.Label }

func newNote() *note {
	n := &note{}
	n.Wrapping, n.SizeName = fyne.TextWrapWord, theme.SizeNameCaptionText
	n.ExtendBaseWidget(n)
	n.Hide()
	return n
}

func (n *note) say(text string, importance widget.Importance) {
	n.Importance = importance
	n.SetText(text)
	if text == "" {
		n.Hide()
		return
	}
	n.Show()
}

// card is a surface with what belongs together on it.
func card(title string, rows ...fyne.CanvasObject) fyne.CanvasObject {
	name := widget.NewLabelWithStyle(title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	name.SizeName = theme.SizeNameSubHeadingText
	return onCard(append([]fyne.CanvasObject{name}, rows...)...)
}

func onCard(rows ...fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(newSurface(colorNameCard, theme.ColorNameSeparator, 10),
		container.New(layout.NewCustomPaddedLayout(8, 12, 12, 12), container.NewVBox(rows...)))
}

// revealing has whatever gets the focus in a page scroll into sight.
func revealing(body fyne.CanvasObject) fyne.CanvasObject {
	if scroll := findScroll(body); scroll != nil {
		revealAll(scroll, scroll.Content)
	}
	return body
}

func findScroll(o fyne.CanvasObject) *container.Scroll {
	switch o := o.(type) {
	case *container.Scroll:
		return o
	case *fyne.Container:
		for _, child := range o.Objects {
			if s := findScroll(child); s != nil {
				return s
			}
		}
	}
	return nil
}

func revealAll(scroll *container.Scroll, o fyne.CanvasObject) {
	reveal := func() { revealObject(scroll, o) }
	switch o := o.(type) {
	case *entry:
		o.reveal = reveal
	case *choice:
		o.reveal = reveal
	case *check:
		o.reveal = reveal
	case *button:
		o.reveal = reveal
	case *fyne.Container:
		for _, child := range o.Objects {
			revealAll(scroll, child)
		}
	}
}

func revealObject(scroll *container.Scroll, o fyne.CanvasObject) {
	const around = 40 // its name above, what is said of it below
	driver := fyne.CurrentApp().Driver()
	top := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(scroll.Content).Y
	bottom := top + o.Size().Height
	switch height := scroll.Size().Height; {
	case height == 0:
	case top-around < scroll.Offset.Y:
		scroll.ScrollToOffset(fyne.NewPos(0, max(0, top-around)))
	case bottom+around > scroll.Offset.Y+height:
		scroll.ScrollToOffset(fyne.NewPos(0, bottom+around-height))
	}
}
