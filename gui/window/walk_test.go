package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// each visits everything visible in o, in reading order.
func each(o fyne.CanvasObject, visit func(fyne.CanvasObject)) {
	if !o.Visible() {
		return
	}
	visit(o)
	switch o := o.(type) {
	case *container.Scroll:
		each(o.Content, visit)
	case *fyne.Container:
		for _, child := range o.Objects {
			each(child, visit)
		}
	}
}

// allOf are the visible objects of a type in o.
func allOf[T fyne.CanvasObject](o fyne.CanvasObject) (found []T) {
	each(o, func(o fyne.CanvasObject) {
		if it, ok := o.(T); ok {
			found = append(found, it)
		}
	})
	return found
}

// firstOf is the first of them; nil if there is none.
func firstOf[T fyne.CanvasObject](o fyne.CanvasObject) (found T) {
	if list := allOf[T](o); len(list) > 0 {
		found = list[0]
	}
	return found
}

// saying is the text of a control or label.
func saying(o fyne.CanvasObject) (text string, ok bool) {
	switch o := o.(type) {
	case *widget.Label:
		return o.Text, true
	case *note:
		return o.Text, true
	case *button:
		return o.Text, true
	case *check:
		return o.Text, true
	case *choice:
		return o.Selected, true
	case *entry:
		return o.PlaceHolder, true
	}
	return "", false
}

// textsOf are the sentences in o, and the buttons as [text].
func textsOf(o fyne.CanvasObject) (texts []string) {
	each(o, func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *widget.Label:
			texts = append(texts, o.Text)
		case *note:
			texts = append(texts, o.Text)
		case *button:
			texts = append(texts, "["+o.Text+"]")
		}
	})
	return texts
}

func findByText(o fyne.CanvasObject, text string) (found *button) {
	for _, b := range allOf[*button](o) {
		if b.Text == text {
			found = b
		}
	}
	return found
}
