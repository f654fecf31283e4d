package window

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"egnyte-accounts/gui/desktop"
)

// Given any stored size, then the window opens in a usable one.
func TestAKeptSizeIsSane(t *testing.T) {
	t.Parallel()
	usual, none := usualSize("accounts"), desktop.Screen{}
	small, large := desktop.Screen{Width: 1280, Height: 800}, desktop.Screen{Width: 3840, Height: 2160}
	for name, c := range map[string]struct {
		kept   fyne.Size
		screen desktop.Screen
		scale  float32
		want   fyne.Size
	}{
		"nothing kept":           {fyne.Size{}, large, 1, usual},
		"the user's size":        {fyne.NewSize(700, 800), large, 1, fyne.NewSize(700, 800)},
		"on a screen unknown":    {fyne.NewSize(700, 800), none, 1, fyne.NewSize(700, 800)},
		"a stripe":               {fyne.NewSize(700, 3), large, 1, usual},
		"below zero":             {fyne.NewSize(-700, -800), large, 1, usual},
		"beyond every screen":    {fyne.NewSize(1e9, 1e9), large, 1, usual},
		"no number":              {fyne.NewSize(float32(math.NaN()), float32(math.Inf(1))), large, 1, usual},
		"of a larger screen":     {fyne.NewSize(2000, 1500), small, 1, fyne.NewSize(1232, 752)},
		"at 300 %":               {fyne.Size{}, small, 3, fyne.NewSize(1232.0/3, 752.0/3)},
		"on a screen of nothing": {fyne.NewSize(700, 800), desktop.Screen{Width: 1, Height: 1}, 1, fyne.NewSize(700, 800)},
	} {
		if got := saneSize(c.kept, usual, c.screen, c.scale); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Given a window that the user made larger, then the next of its kind has that
// size, and one of another kind has its own.
func TestEachKindOfWindowRemembersItsSize(t *testing.T) {
	a, dir := test.NewTempApp(t), filepath.Join(t.TempDir(), "not there yet")
	open := func(kind string) (*sizes, fyne.Window, func()) {
		win := a.NewWindow(kind)
		win.SetPadded(false)
		t.Cleanup(win.Close)
		all := readSizes(dir)
		return all, win, all.restore(win, kind, desktop.Screen{Width: 3840, Height: 2160}, 1)
	}
	all, win, remember := open("accounts")
	win.Resize(fyne.NewSize(600, 700))
	remember()
	if err := all.write(); err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[string]fyne.Size{"accounts": fyne.NewSize(600, 700), "": fyne.NewSize(600, 700), "signin": usualSize("signin"), "settings": usualSize("settings")} {
		if _, win, _ := open(kind); win.Canvas().Size() != want {
			t.Errorf("%q opens at %v, want %v", kind, win.Canvas().Size(), want)
		}
	}
}

// Given a broken file of sizes, then windows open as usual.
func TestAFileOfSizesThatIsNoneIsNoTrouble(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"empty": "", "half": `{"accounts":{"Width":6`, "another kind": `[1, 2]`, "null": "null"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "windows.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		all := readSizes(dir)
		if len(all.kept) > 0 {
			t.Errorf("%s: %v", name, all.kept)
		}
		all.kept["accounts"], all.changed = fyne.NewSize(600, 700), true
		if err := all.write(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
