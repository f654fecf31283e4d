//go:build ci && !race

package window

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/theme"

	"egnyte-accounts/oauth/words"
)

const (
	goldenFolder = "testdata/golden"
	goldenFailed = "../../build/golden" // what was drawn instead
)

// editions are the pictures that are stored of every view, or of views alone.
var editions = []struct {
	language string
	dark     bool
	scale    int
	views    []string // nil: all
}{
	{"en", false, 1, nil},
	{"de", true, 2, nil},
	{"ja", false, 1, []string{"accounts", "API key", "settings"}}, // the densest
}

// Every view looks like its stored pictures, no text is cut off, and all text is
// legible. UPDATE_GOLDEN=1 draws the pictures again; look at them before you
// commit them. TestEveryLanguageFitsIntoTheWindow checks the other languages.
func TestGoldenPictures(t *testing.T) {
	t.Cleanup(func() { words.Use(nil) })
	if err := os.RemoveAll(goldenFailed); err != nil {
		t.Fatal(err)
	}
	drawn := map[string]bool{}
	for _, e := range editions {
		t.Run(e.language, func(t *testing.T) {
			font := fontFor(t, e.language)
			use(t, e.language)
			for _, s := range pictured() {
				if e.views != nil && !slices.Contains(e.views, s.name) {
					continue
				}
				t.Run(s.name, func(t *testing.T) {
					name := pictureName(s.name, e.language, e.dark, e.scale)
					if drawn[name] {
						t.Fatalf("two views are named %s", name)
					}
					drawn[name] = true
					tw := visit(t, s)
					tw.dress(e.dark, font)
					matches(t, name, tw.draw(e.scale), e.scale)
					tw.uncut(name)
					tw.legible(name, tw.draw(2), 2) // at 1, strokes of one pixel have no colour of their own
				})
			}
		})
	}
	if !t.Failed() && len(drawn) == 2*len(pictured())+len(editions[2].views) {
		noOthers(t, drawn)
	}
}

// variants look like another view, with a sentence more or less. They have no
// pictures; their texts are checked in every language.
var variants = []string{
	"no account in practice", "signed out", "diagnosis of what is well", "details of one who is needed",
	"start, a wrong domain", "start, a company's name", "start, a name found", "start, a name not found",
	"question, a name found", "confirm", "password of an account", "waiting, a first time", "done by the implicit grant",
	"certificate nowhere", "paste, a code alone", "paste, nothing", "settings, elsewhere", "settings, tested",
	"crash report", "crash report copied", "diagnosis copied", "diagnosis under way", "no log",
}

// pictured are the views that have pictures; of the problems three, in which
// the buttons differ.
func pictured() []shot {
	problems := []string{"problem: offline", "problem: rate", "problem: another came"}
	return slices.DeleteFunc(gallery(), func(s shot) bool {
		problem := strings.HasPrefix(s.name, "problem: ") && !slices.Contains(problems, s.name)
		return problem || slices.Contains(variants, s.name)
	})
}

var noName = regexp.MustCompile(`[^a-z]+`)

func pictureName(view, language string, dark bool, scale int) string {
	tone := map[bool]string{false: "light", true: "dark"}[dark]
	return fmt.Sprintf("%s/%s-%s-%dx.png", strings.Trim(noName.ReplaceAllString(strings.ToLower(view), "-"), "-"), language, tone, scale)
}

// dress sets light or dark, and the font.
func (tw *testWindow) dress(dark bool, font fyne.Resource) {
	variant := theme.VariantLight
	if dark {
		variant = theme.VariantDark
	}
	fyne.CurrentApp().Settings().SetTheme(looks{newPalette(), variant, font})
}

// draw returns a picture of the window at a scale.
func (tw *testWindow) draw(scale int) *image.NRGBA {
	tw.fit(scale)
	return tw.win.Canvas().(software.WindowlessCanvas).Capture().(*image.NRGBA)
}

// fit makes the window so high that nothing has to be scrolled.
func (tw *testWindow) fit(scale int) {
	c := tw.win.Canvas().(software.WindowlessCanvas)
	c.SetScale(float32(scale))
	for range 3 { // wrapped lines know their height only once they have a width
		tw.settle()
		if scroll := firstOf[*container.Scroll](tw.win.Content()); scroll != nil {
			missing := scroll.Content.MinSize().Height - scroll.Size().Height
			if missing <= 0 {
				break
			}
			tw.win.Resize(c.Size().AddWidthHeight(0, missing))
			scroll.ScrollToTop()
		}
	}
}

// uncut checks that every text has the room that it needs.
func (tw *testWindow) uncut(name string) {
	tw.t.Helper()
	for _, d := range drawings(tw.win) {
		if room := d.clip.and(d.widget); textOf(d) != "" && !d.typed && !room.holds(d.at) {
			tw.t.Errorf("%s: %q at %v is cut off by %v", name, textOf(d), d.at, room)
		}
	}
}

// legible checks the contrast: 4.5:1 for text, 3:1 for shapes.
func (tw *testWindow) legible(name string, picture *image.NRGBA, scale int) {
	tw.t.Helper()
	for _, d := range drawings(tw.win) {
		least, what := 3.0, "a picture"
		if text, ok := d.object.(*canvas.Text); ok {
			if strings.TrimSpace(text.Text) == "" {
				continue
			}
			least, what = 4.5, strconv.Quote(text.Text)
		}
		if ratio := legibility(picture, d.at.pixels(float32(scale))); ratio < least {
			tw.t.Errorf("%s: %s at %v has a contrast of %.1f:1", name, what, d.at, ratio)
		}
	}
}

// matches compares a picture with the stored one.
func matches(t *testing.T, name string, picture *image.NRGBA, scale int) {
	t.Helper()
	path := filepath.Join(goldenFolder, filepath.FromSlash(name))
	if os.Getenv("UPDATE_GOLDEN") != "" {
		save(t, path, inFewColours(t, picture))
		return
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s: there is no such picture. UPDATE_GOLDEN=1 draws it", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	decoded, err := png.Decode(file)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	golden := image.NewNRGBA(decoded.Bounds())
	draw.Draw(golden, golden.Rect, decoded, image.Point{}, draw.Src)
	count, shown := difference(golden, picture)
	if allowed := 40 * scale * scale; count > allowed { // a letter has more pixels
		failed := filepath.Join(goldenFailed, strings.ReplaceAll(strings.TrimSuffix(name, ".png"), "/", "-"))
		save(t, failed+"-actual.png", picture)
		save(t, failed+"-diff.png", shown)
		t.Errorf("%s: %d pixels differ (%d may): see %s-diff.png", name, count, allowed, failed)
	}
}

// difference counts the pixels that differ, and shows them in red on a pale picture.
// A colour differs by more than what font rendering and inFewColours change.
func difference(golden, picture *image.NRGBA) (count int, shown *image.NRGBA) {
	const most = 72 // of 255
	shown = image.NewNRGBA(picture.Rect)
	for i, value := range picture.Pix {
		shown.Pix[i] = 0xc0 + value/4
	}
	if golden.Rect != picture.Rect {
		return len(picture.Pix) / 4, shown
	}
	for i := 0; i < len(picture.Pix); i += 4 {
		far := func(c int) bool {
			return max(golden.Pix[i+c], picture.Pix[i+c])-min(golden.Pix[i+c], picture.Pix[i+c]) > most
		}
		if far(0) || far(1) || far(2) {
			count++
			copy(shown.Pix[i:], []byte{0xff, 0, 0, 0xff})
		}
	}
	return count, shown
}

// inFewColours makes rare colours the same if they are similar, so that the file is
// small.
func inFewColours(t *testing.T, picture *image.NRGBA) image.Image {
	few, index, count := image.NewPaletted(picture.Rect, nil), map[color.NRGBA]int{}, map[color.NRGBA]int{}
	at := func(i int) color.NRGBA {
		return color.NRGBA{picture.Pix[4*i], picture.Pix[4*i+1], picture.Pix[4*i+2], 0xff}
	}
	for i := range few.Pix {
		count[at(i)]++
	}
	for i := range few.Pix {
		key := at(i)
		if count[key] < len(few.Pix)/1000 {
			key = color.NRGBA{key.R / 16, key.G / 16, key.B / 16, 0}
		}
		if _, known := index[key]; !known {
			index[key] = len(few.Palette)
			few.Palette = append(few.Palette, at(i))
		}
		few.Pix[i] = uint8(index[key])
	}
	if len(few.Palette) > 256 {
		t.Fatalf("%d colours are too many", len(few.Palette))
	}
	return few
}

func save(t *testing.T, path string, picture image.Image) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := errors.Join(encoder.Encode(file, picture), file.Close()); err != nil {
		t.Fatal(err)
	}
}

// noOthers checks that every stored picture is one that is drawn.
func noOthers(t *testing.T, drawn map[string]bool) {
	t.Helper()
	err := filepath.WalkDir(goldenFolder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(goldenFolder, path)
		if err == nil && !drawn[filepath.ToSlash(name)] {
			if os.Getenv("UPDATE_GOLDEN") != "" {
				return os.Remove(path)
			}
			t.Errorf("%s is a picture of no view", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
