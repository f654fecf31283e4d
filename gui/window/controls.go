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
	r := &outlined{newRinged(c.Select.CreateRenderer(), &c.control, ringJoined), canvas.NewRectangle(color.Transparent)}
	r.line.StrokeWidth = 1
	r.paint()
	return r
}

// outlined draws the border that entries have and Fyne's select lacks.
type outlined struct {
	*ringed
	line *canvas.Rectangle
}

func (r *outlined) paint() {
	r.line.CornerRadius = theme.Size(theme.SizeNameInputRadius)
	r.line.StrokeColor = theme.Color(theme.ColorNameInputBorder)
}

// MinSize is an entry's height, so that all controls of a form are equally high.
func (r *outlined) MinSize() fyne.Size {
	line := fyne.MeasureText("M", theme.TextSize(), fyne.TextStyle{}).Height
	return r.ringed.MinSize().Max(fyne.NewSize(0, line+2*theme.InnerPadding()))
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

// note is a line under a control; an empty one takes no room.
type note struct{ widget.Label }

func newNote() *note {
	n := &note{}
	n.Wrapping, n.SizeName = fyne.TextWrapWord, theme.SizeNameCaptionText
	n.ExtendBaseWidget(n)
	n.Hide()
	return n
}

func (n *note) set(text string, importance widget.Importance) {
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

// revealAll makes the controls in a scroll come into view when they get the focus.
func revealAll(scroll *container.Scroll, o fyne.CanvasObject) {
	switch o := o.(type) {
	case interface{ setReveal(func()) }:
		o.setReveal(func() { revealObject(scroll, o.(fyne.CanvasObject)) })
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
