package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// walk visits every control that says something.
func walk(o fyne.CanvasObject, visit func(o fyne.CanvasObject, says string)) {
	if !o.Visible() {
		return
	}
	switch o := o.(type) {
	case *widget.Label:
		visit(o, o.Text)
	case *note:
		visit(o, o.Text)
	case *button:
		visit(o, o.Text)
	case *check:
		visit(o, o.Text)
	case *choice:
		visit(o, o.Selected)
	case *entry:
		visit(o, o.PlaceHolder)
	case *container.Scroll:
		walk(o.Content, visit)
	case *fyne.Container:
		for _, child := range o.Objects {
			walk(child, visit)
		}
	}
}
