package window

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
)

// box is a rectangle in a window, in Fyne's pixels.
type box struct{ left, top, right, bottom float32 }

func boxOf(at fyne.Position, size fyne.Size) box {
	return box{at.X, at.Y, at.X + size.Width, at.Y + size.Height}
}

func (b box) and(other box) box {
	return box{max(b.left, other.left), max(b.top, other.top), min(b.right, other.right), min(b.bottom, other.bottom)}
}

// holds allows for rounding.
func (b box) holds(other box) bool {
	const slack = 1
	return other.left >= b.left-slack && other.right <= b.right+slack && other.top >= b.top-slack && other.bottom <= b.bottom+slack
}

// pixels is the box in a picture at a scale.
func (b box) pixels(scale float32) image.Rectangle {
	at := func(v float32) int { return int(math.Round(float64(v * scale))) }
	return image.Rect(at(b.left), at(b.top), at(b.right), at(b.bottom))
}

// drawing is one thing that is drawn: a text or a picture.
type drawing struct {
	object fyne.CanvasObject
	at     box
	clip   box  // the part of the window where it may draw
	widget box  // its widget
	typed  bool // by the user; it may be longer than its entry
}

// drawings are all texts and pictures in a window, or in the menu over it.
func drawings(win fyne.Window) []drawing {
	var all []drawing
	top, whole := win.Canvas().Content(), boxOf(fyne.Position{}, win.Canvas().Size())
	if menu := win.Canvas().Overlays().Top(); menu != nil {
		top = menu
	}
	follow(top, fyne.Position{}, drawing{clip: whole, widget: whole}, &all)
	return all
}

func follow(o fyne.CanvasObject, offset fyne.Position, in drawing, all *[]drawing) {
	if !o.Visible() {
		return
	}
	at := o.Position().Add(offset)
	var parts []fyne.CanvasObject
	switch o := o.(type) {
	case *canvas.Text:
		in.object, in.at = o, textBox(o, at)
		*all = append(*all, in)
	case *canvas.Image:
		in.object, in.at = o, boxOf(at, o.Size())
		*all = append(*all, in)
	case *fyne.Container:
		parts = o.Objects
	case fyne.Widget:
		parts = test.WidgetRenderer(o).Objects()
		switch o := o.(type) {
		case *entry:
			in.typed, in.widget = o.Text != "", boxOf(at, o.Size())
		case *button, *check, *choice, fyne.Accessible:
			in.widget = boxOf(at, o.Size())
		}
		if _, scrolls := o.(fyne.Scrollable); scrolls {
			in.clip = in.clip.and(boxOf(at, o.Size()))
		}
	}
	for _, part := range parts {
		follow(part, at, in, all)
	}
}

// textBox is where a text is drawn, which may be more than it was given.
func textBox(o *canvas.Text, at fyne.Position) box {
	size := o.MinSize()
	switch o.Alignment {
	case fyne.TextAlignCenter:
		at.X += (o.Size().Width - size.Width) / 2
	case fyne.TextAlignTrailing:
		at.X += o.Size().Width - size.Width
	}
	return boxOf(at, size)
}

// legibility is the best contrast in a part of a picture to its most common colour.
func legibility(picture *image.NRGBA, at image.Rectangle) float64 {
	at = at.Intersect(picture.Bounds())
	seen, ground := map[color.NRGBA]int{}, color.NRGBA{}
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			c := picture.NRGBAAt(x, y)
			seen[c]++
			if seen[c] > seen[ground] {
				ground = c
			}
		}
	}
	best := 1.0
	for c, n := range seen {
		if n >= 2 { // a stray pixel is no stroke
			best = max(best, contrast(c, ground))
		}
	}
	return best
}

// textOf is what a drawing says; a picture says nothing.
func textOf(d drawing) string {
	if text, ok := d.object.(*canvas.Text); ok {
		return text.Text
	}
	return ""
}
