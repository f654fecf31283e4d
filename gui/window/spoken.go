package window

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/words"
)

// spoken says to a screen reader what stands in a scroll, as one text: Fyne
// looks for what it tells into containers, and into no scroll. It is not drawn,
// and the mouse does not meet it.
type spoken struct {
	widget.BaseWidget
	of fyne.CanvasObject
}

// aloud is a scroll that screen readers know of.
func aloud(scroll *container.Scroll) fyne.CanvasObject {
	s := &spoken{of: scroll.Content}
	s.ExtendBaseWidget(s)
	return container.NewStack(scroll, s)
}

// AccessibilityLabel implements fyne.Accessible.
func (s *spoken) AccessibilityLabel() string { return strings.Join(sayings(s.of), "\n") }

// AccessibilityRole implements fyne.Accessible.
func (s *spoken) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (s *spoken) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// sayings are the texts of what is shown, in the order of reading. What is
// typed as a password is none of them.
func sayings(o fyne.CanvasObject) []string {
	if !o.Visible() {
		return nil
	}
	text := ""
	switch o := o.(type) {
	case *fyne.Container:
		var all []string
		for _, part := range o.Objects {
			all = append(all, sayings(part)...)
		}
		return all
	case *container.Scroll:
		return sayings(o.Content)
	case *entry:
		text = o.Text
		if o.Password || text == "" {
			text = o.PlaceHolder
		}
	case *check:
		text = words.Say("{option}: off", "option", o.Text)
		if o.Checked {
			text = words.Say("{option}: on", "option", o.Text)
		}
	case *choice:
		text = o.Selected
	case *canvas.Text:
		text = o.Text
	case fyne.Accessible:
		text = o.AccessibilityLabel()
	}
	if text == "" {
		return nil
	}
	return []string{text}
}
