package window

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/words"
)

// scrollText tells screen readers the text inside a scroll, as one text: Fyne looks
// for it in containers, but not in scrolls. It draws nothing and takes no clicks.
type scrollText struct {
	widget.BaseWidget
	of *container.Scroll
}

// accessible is a scroll that screen readers can read.
func accessible(scroll *container.Scroll) fyne.CanvasObject {
	t := &scrollText{of: scroll}
	t.ExtendBaseWidget(t)
	return container.NewStack(scroll, t)
}

// AccessibilityLabel implements fyne.Accessible.
func (t *scrollText) AccessibilityLabel() string { return spokenText(t.of) }

// AccessibilityRole implements fyne.Accessible.
func (t *scrollText) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (t *scrollText) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// spokenText is what a screen reader says of o and what is in it.
func spokenText(o fyne.CanvasObject) string { return strings.Join(spokenTexts(o), "\n") }

// spokenTexts are the visible texts in reading order, without typed passwords.
func spokenTexts(o fyne.CanvasObject) []string {
	if !o.Visible() {
		return nil
	}
	text := ""
	switch o := o.(type) {
	case *fyne.Container:
		var all []string
		for _, part := range o.Objects {
			all = append(all, spokenTexts(part)...)
		}
		return all
	case *container.Scroll:
		return spokenTexts(o.Content)
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
	case *scrollText: // its scroll is read, too
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
