//go:build ci && !race

package window

import (
	"fmt"
	"image"
	"testing"

	"fyne.io/fyne/v2"
)

// stop is a control that can have the focus, and its place.
type stop struct {
	control fyne.Focusable
	at      box
}

// stops are the enabled controls of a view in reading order.
func stops(o fyne.CanvasObject) (stops []stop) {
	each(o, func(o fyne.CanvasObject) {
		focusable, ok := o.(interface {
			fyne.Focusable
			fyne.Disableable
		})
		if ok && !focusable.Disabled() {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
			stops = append(stops, stop{focusable, boxOf(at, o.Size())})
		}
	})
	return stops
}

// before reports whether s is read before other: it is above, or to the left.
func (s stop) before(other stop) bool {
	const line = 8 // what is less apart is on one line
	if s.at.bottom <= other.at.top+line {
		return true
	}
	return s.at.right <= other.at.left+line && s.at.top < other.at.bottom
}

// Given any view, when Tab is pressed as often as there are controls, then each has the
// focus once, in reading order, and it shows.
func TestTabReachesEverythingInOrderAndShowsIt(t *testing.T) {
	for _, s := range pictured() {
		t.Run(s.name, func(t *testing.T) {
			tw := visit(t, s)
			if tw.win.Canvas().Overlays().Top() != nil {
				return // a menu goes by arrows
			}
			tw.draw(1)
			there := stops(tw.win.Content())
			tw.win.Canvas().Unfocus()
			bare := tw.draw(1)
			for i, want := range there {
				tw.press(fyne.KeyTab)
				has := tw.win.Canvas().Focused()
				if has != want.control {
					t.Fatalf("Tab %d is on %s, want %s", i+1, nameOf(has), nameOf(want.control))
				}
				if i > 0 && !there[i-1].before(want) {
					t.Errorf("%s at %v comes before %s at %v", nameOf(there[i-1].control), there[i-1].at, nameOf(has), want.at)
				}
				if n := changed(bare, tw.draw(1), want.at); n < 100 {
					t.Errorf("%s has the focus, and only %d pixels show it", nameOf(has), n)
				}
			}
			tw.press(fyne.KeyTab)
			if has := tw.win.Canvas().Focused(); len(there) > 0 && has != there[0].control {
				t.Errorf("after the last, Tab is on %s", nameOf(has))
			}
		})
	}
}

// changed counts the pixels at and around a control that differ clearly.
func changed(before, after *image.NRGBA, at box) (n int) {
	const around = 6
	where := at.pixels(1).Inset(-around).Intersect(before.Bounds())
	for y := where.Min.Y; y < where.Max.Y; y++ {
		for x := where.Min.X; x < where.Max.X; x++ {
			if contrast(before.NRGBAAt(x, y), after.NRGBAAt(x, y)) >= 3 {
				n++
			}
		}
	}
	return n
}

func nameOf(o fyne.Focusable) string {
	switch o := o.(type) {
	case nil:
		return "nothing"
	case *button:
		return fmt.Sprintf("the button %q", o.AccessibilityLabel())
	case *entry:
		return fmt.Sprintf("the entry of %q", o.PlaceHolder)
	case *check:
		return fmt.Sprintf("the tick of %q", o.Text)
	case *choice:
		return fmt.Sprintf("the choice %q", o.Selected)
	}
	return fmt.Sprintf("%T", o)
}
