package window

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// ringed draws the focus ring around a widget, and the border that entries have and
// Fyne's select lacks.
type ringed struct {
	fyne.WidgetRenderer
	of     *control
	gap    float32 // between widget and ring
	ring   *canvas.Rectangle
	border *canvas.Rectangle // nil unless it is drawn
}

// A button's fill stands apart from its ring; an entry's border joins it.
const (
	ringApart  = 3
	ringJoined = 1
)

func newRinged(inner fyne.WidgetRenderer, of *control, gap float32) *ringed {
	r := &ringed{WidgetRenderer: inner, of: of, gap: gap, ring: canvas.NewRectangle(nil)}
	r.ring.StrokeWidth = 2
	r.paint()
	return r
}

func (r *ringed) bordered() *ringed {
	r.border = canvas.NewRectangle(nil)
	r.border.StrokeWidth = 1
	r.paint()
	return r
}

func (r *ringed) paint() {
	r.ring.CornerRadius = theme.Size(theme.SizeNameButtonRadius) + r.gap
	r.ring.StrokeColor = theme.Color(theme.ColorNamePrimary)
	r.ring.Hidden = !r.of.focused
	if r.border != nil {
		r.border.CornerRadius = theme.Size(theme.SizeNameInputRadius)
		r.border.StrokeColor = theme.Color(theme.ColorNameInputBorder)
	}
}

// MinSize is at least an entry's height with a border, so that all controls of a form
// are equally high.
func (r *ringed) MinSize() fyne.Size {
	size := r.WidgetRenderer.MinSize()
	if r.border != nil {
		line := fyne.MeasureText("M", theme.TextSize(), fyne.TextStyle{}).Height
		size = size.Max(fyne.NewSize(0, line+2*theme.InnerPadding()))
	}
	return size
}

func (r *ringed) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.ring.Move(fyne.NewPos(-r.gap, -r.gap))
	r.ring.Resize(size.AddWidthHeight(2*r.gap, 2*r.gap))
	if r.border != nil {
		r.border.Resize(size)
	}
}

func (r *ringed) Objects() []fyne.CanvasObject {
	objects := append(slices.Clone(r.WidgetRenderer.Objects()), r.ring)
	if r.border != nil {
		objects = append(objects, r.border)
	}
	return objects
}

func (r *ringed) Refresh() {
	r.paint()
	r.WidgetRenderer.Refresh()
	r.ring.Refresh()
	if r.border != nil {
		r.border.Refresh()
	}
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
