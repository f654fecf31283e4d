package window

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
)

// told is what Fyne tells a screen reader on Windows and macOS: it looks into
// containers only.
func told(o fyne.CanvasObject) (heard []string) {
	if a, ok := o.(fyne.Accessible); ok && a.AccessibilityRole() != fyne.AccessibleRoleContainer && o.Visible() {
		heard = append(heard, a.AccessibilityLabel())
	}
	if c, ok := o.(*fyne.Container); ok && c.Visible() {
		for _, part := range c.Objects {
			heard = append(heard, told(part)...)
		}
	}
	return heard
}

// Given any view, then a screen reader gets all its text, and a name for every button.
func TestAScreenReaderIsToldEverything(t *testing.T) {
	for _, s := range gallery() {
		t.Run(s.name, func(t *testing.T) {
			tw := visit(t, s)
			if tw.win.Canvas().Overlays().Top() != nil {
				return // Fyne tells nothing of its own menus
			}
			heard := strings.Join(told(tw.win.Content()), "\n")
			for _, d := range drawings(tw.win) {
				for _, word := range strings.Fields(textOf(d)) {
					if !strings.Contains(heard, strings.TrimSuffix(word, "…")) {
						t.Errorf("%q is not among what is told: %q", word, heard)
					}
				}
			}
			for _, b := range allOf[*button](tw.win.Content()) {
				if b.AccessibilityLabel() == "" {
					t.Errorf("a button with the picture %s has no name", b.Icon.Name())
				}
			}
		})
	}
}

// Given a typed password, then a screen reader does not get it.
func TestAScreenReaderIsNotToldThePassword(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	tw.untilRead()
	again := accountOf(jane)
	tw.showPassword(request{account: &again})
	e := tw.win.Canvas().Focused().(*entry)
	e.SetText("jane-at-acme")
	if heard := strings.Join(told(tw.win.Content()), "\n"); !e.Password || strings.Contains(heard, "jane-at-acme") {
		t.Errorf("it is told %q", heard)
	}
}
