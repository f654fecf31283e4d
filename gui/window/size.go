package window

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"fyne.io/fyne/v2"

	"egnyte-accounts/gui/desktop"
)

// usualSize is a window's size until the user changes it, in Fyne's pixels. A sign-in
// has the size of the accounts, so that nothing jumps.
func usualSize(kind string) fyne.Size {
	if kind == "settings" {
		return fyne.NewSize(480, 640)
	}
	return fyne.NewSize(440, 540)
}

// A stored size beyond these is not one that a user chose.
var (
	smallest = fyne.NewSize(360, 320)
	largest  = fyne.NewSize(4000, 3000)
)

// frame is about what a window manager adds, in the screen's pixels.
const frame = 48

// saneSize is kept if that is reasonable, else usual, and never larger than the screen.
func saneSize(kept, usual fyne.Size, screen desktop.Screen, scale float32) fyne.Size {
	size := kept
	sane := kept.Width >= smallest.Width && kept.Height >= smallest.Height &&
		kept.Width <= largest.Width && kept.Height <= largest.Height // false for NaN, too
	if !sane {
		size = usual
	}
	if screen.Width > frame && screen.Height > frame {
		size = size.Min(fyne.NewSize(float32(screen.Width-frame)/scale, float32(screen.Height-frame)/scale))
	}
	return size
}

// sizes are the windows' last ones by kind, from windows.json. Fyne's preferences
// would do, but they are written in place: a program that ends meanwhile leaves half a
// file, or hangs.
type sizes struct {
	path    string
	kept    map[string]fyne.Size
	changed bool
}

// readSizes returns no sizes if the file can't be read.
func readSizes(dir string) *sizes {
	s := &sizes{path: filepath.Join(dir, "windows.json")}
	data, err := os.ReadFile(s.path)
	if err != nil || json.Unmarshal(data, &s.kept) != nil || s.kept == nil {
		s.kept = map[string]fyne.Size{}
	}
	return s
}

// write stores sizes that have changed. Call it after the window has closed.
func (s *sizes) write() error {
	if !s.changed {
		return nil
	}
	data, err := json.Marshal(s.kept)
	next := s.path + ".new" // one window runs at a time
	if err == nil {
		err = os.MkdirAll(filepath.Dir(s.path), 0o700)
	}
	if err == nil {
		err = os.WriteFile(next, data, 0o600)
	}
	if err == nil {
		err = os.Rename(next, s.path)
	}
	if err != nil {
		return fmt.Errorf("storing the window's size: %w", err)
	}
	return nil
}

// restore gives a window the last size of its kind. Call remember before it closes.
func (s *sizes) restore(win fyne.Window, kind string, screen desktop.Screen, scale float32) (remember func()) {
	kind = cmp.Or(kind, "accounts")
	was := s.kept[kind]
	win.Resize(saneSize(was, usualSize(kind), screen, scale))
	return func() {
		if now := win.Canvas().Size(); now != was {
			s.kept[kind], s.changed = now, true
		}
	}
}

// userScale is the scale that the user chose: 2 is 200 %.
func userScale(a fyne.App) float32 {
	if scale, err := strconv.ParseFloat(os.Getenv("FYNE_SCALE"), 32); err == nil && scale > 0 {
		return float32(scale)
	}
	if scale := a.Settings().Scale(); scale > 0 {
		return scale
	}
	return 1
}
