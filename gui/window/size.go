package window

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
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

// sizes are the windows' last ones, by kind. They are kept in a file of their
// own: Fyne's preferences are written into the file that is read, and a program
// that ends in between leaves half of it, or waits for itself and never ends.
type sizes struct {
	path    string // of the file
	kept    map[string]fyne.Size
	changed bool
}

// readSizes has no errors: without a file that can be read, sizes are the usual.
func readSizes(dir string) *sizes {
	s := &sizes{path: filepath.Join(dir, "windows.json"), kept: map[string]fyne.Size{}}
	if data, err := os.ReadFile(s.path); err != nil || json.Unmarshal(data, &s.kept) != nil || s.kept == nil {
		s.kept = map[string]fyne.Size{}
	}
	return s
}

// write keeps what has changed. It is for after the window has gone.
func (s *sizes) write() error {
	if !s.changed {
		return nil
	}
	data, err := json.Marshal(s.kept)
	if err != nil {
		return fmt.Errorf("keeping the window's size: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fmt.Errorf("keeping the window's size: %w", err)
	}
	next := s.path + ".new" // one window runs at a time
	if err := os.WriteFile(next, data, 0o600); err != nil {
		return fmt.Errorf("keeping the window's size: %w", err)
	}
	if err := os.Rename(next, s.path); err != nil {
		return fmt.Errorf("keeping the window's size: %w", err)
	}
	return nil
}

// restore gives a window the size that one of its kind had last time. Call
// remember before it goes.
func (s *sizes) restore(win fyne.Window, kind string, screen desktop.Screen, scale float32) (remember func()) {
	if kind == "" {
		kind = "accounts"
	}
	was := s.kept[kind]
	win.Resize(saneSize(was, usualSize(kind), screen, scale))
	return func() {
		if now := win.Canvas().Size(); now != was {
			s.kept[kind], s.changed = now, true
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
