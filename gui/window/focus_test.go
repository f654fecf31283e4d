//go:build ci && !race

package window

import (
	"fmt"
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// stop is a control where the focus can be, and where that is.
type stop struct {
	control fyne.Focusable
	at      box
}

// stops are the controls of a view in the order of their reading.
func stops(o fyne.CanvasObject) []stop {
	if !o.Visible() {
		return nil
	}
	var all []stop
	switch o := o.(type) {
	case *button, *entry, *choice, *check:
		if d, ok := o.(fyne.Disableable); ok && d.Disabled() {
			return nil
		}
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
		return []stop{{o.(fyne.Focusable), boxOf(at, o.Size())}}
	case *container.Scroll:
		return stops(o.Content)
	case *fyne.Container:
		for _, part := range o.Objects {
			all = append(all, stops(part)...)
		}
	}
	return all
}

// before tells what is read before something else: what is above it, or beside
// it on the left.
func (s stop) before(other stop) bool {
	const line = 8 // what is less apart is on one line
	if s.at.bottom <= other.at.top+line {
		return true
	}
	return s.at.right <= other.at.left+line && s.at.top < other.at.bottom
}

// Given any view, when Tab is pressed as often as there are controls, then each
// had the focus once, in the order in which they are read, and one could see
// which has it.
func TestTabReachesEverythingInOrderAndShowsIt(t *testing.T) {
	for _, s := range pictured() {
		t.Run(s.name, func(t *testing.T) {
			sc := visit(t, s)
			if sc.win.Canvas().Overlays().Top() != nil {
				return // a menu goes by arrows
			}
			sc.draw(1)
			there := stops(sc.win.Content())
			sc.win.Canvas().Unfocus()
			bare := sc.draw(1)
			for i, want := range there {
				sc.press(fyne.KeyTab)
				has := sc.win.Canvas().Focused()
				if has != want.control {
					t.Fatalf("Tab %d is on %s, want %s", i+1, nameOf(has), nameOf(want.control))
				}
				if i > 0 && !there[i-1].before(want) {
					t.Errorf("%s at %v comes before %s at %v", nameOf(there[i-1].control), there[i-1].at, nameOf(has), want.at)
				}
				if n := changed(bare, sc.draw(1), want.at); n < 100 {
					t.Errorf("%s has the focus, and only %d pixels show it", nameOf(has), n)
				}
			}
			sc.press(fyne.KeyTab)
			if has := sc.win.Canvas().Focused(); len(there) > 0 && has != there[0].control {
				t.Errorf("after the last, Tab is on %s", nameOf(has))
			}
		})
	}
}

// changed counts the pixels at a control and around it that are clearly others.
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
