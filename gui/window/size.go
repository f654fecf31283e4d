package window

import (
	"os"
	"strconv"

	"fyne.io/fyne/v2"

	"egnyte-accounts/gui/desktop"
)

// usualSize is what a window has that nobody has changed, in Fyne's pixels. A
// sign-in is as large as the accounts, so that nothing jumps between the two.
func usualSize(kind string) fyne.Size {
	if kind == "settings" {
		return fyne.NewSize(480, 640)
	}
	return fyne.NewSize(440, 540)
}

// The smallest a window is opened, and the largest: what was kept beyond that
// is no size that a person chose.
var (
	smallest = fyne.NewSize(360, 320)
	largest  = fyne.NewSize(4000, 3000)
)

// frame is about what a window manager adds, in the screen's pixels.
const frame = 48

// saneSize is kept where it can be, else usual, and never larger than the screen.
func saneSize(kept, usual fyne.Size, screen desktop.Screen, scale float32) fyne.Size {
	size := kept
	sane := kept.Width >= smallest.Width && kept.Height >= smallest.Height &&
		kept.Width <= largest.Width && kept.Height <= largest.Height // not so for no number at all, either
	if !sane {
		size = usual
	}
	if screen.Width > frame && screen.Height > frame {
		size = size.Min(fyne.NewSize(float32(screen.Width-frame)/scale, float32(screen.Height-frame)/scale))
	}
	return size
}

// restoreSize gives a window the size that one of its kind had last time. Call
// remember before it goes: the size is kept among Fyne's preferences, which are
// read before the window opens and written after.
func restoreSize(a fyne.App, win fyne.Window, kind string, screen desktop.Screen) (remember func()) {
	if kind == "" {
		kind = "accounts"
	}
	width, height := "size."+kind+".width", "size."+kind+".height"
	kept := a.Preferences()
	size := fyne.NewSize(float32(kept.Float(width)), float32(kept.Float(height)))
	win.Resize(saneSize(size, usualSize(kind), screen, userScale(a)))
	return func() {
		if now := win.Canvas().Size(); now != size {
			kept.SetFloat(width, float64(now.Width))
			kept.SetFloat(height, float64(now.Height))
		}
	}
}

// userScale is the person's own: 2 is 200 %.
func userScale(a fyne.App) float32 {
	if scale, err := strconv.ParseFloat(os.Getenv("FYNE_SCALE"), 32); err == nil && scale > 0 {
		return float32(scale)
	}
	if scale := a.Settings().Scale(); scale > 0 {
		return scale
	}
	return 1
}
