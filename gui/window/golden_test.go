//go:build ci && !race

package window

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"maps"
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

// dress draws the window in light or dark from here on.
func (tw *testWindow) dress(dark bool, font fyne.Resource) {
	variant := theme.VariantLight
	if dark {
		variant = theme.VariantDark
	}
	fyne.CurrentApp().Settings().SetTheme(looks{newPalette(), variant, font})
}

// draw pictures the window at a scale.
func (tw *testWindow) draw(scale int) *image.NRGBA {
	tw.fit(scale)
	return tw.win.Canvas().(software.WindowlessCanvas).Capture().(*image.NRGBA)
}

// fit makes the window as high as what it shows: nothing is left to scroll.
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

// uncut holds that every text has the room that it needs.
func (tw *testWindow) uncut(name string) {
	tw.t.Helper()
	for _, d := range drawings(tw.win) {
		if room := d.clip.and(d.widget); textOf(d) != "" && !d.typed && !room.holds(d.at) {
			tw.t.Errorf("%s: %q at %v is cut off by %v", name, textOf(d), d.at, room)
		}
	}
}

// legible holds that text stands out by 4.5:1, and shapes by 3:1.
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

// matches compares a picture with the one that is kept.
func matches(t *testing.T, name string, picture *image.NRGBA, scale int) {
	t.Helper()
	path := filepath.Join(goldenFolder, filepath.FromSlash(name))
	if os.Getenv("UPDATE_GOLDEN") != "" {
		save(t, path, fewColours(picture, allowed(scale)/4))
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
	golden, err := png.Decode(file)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	others := differ(golden, picture)
	if others > allowed(scale) {
		difference := paintedOver(golden, picture)
		failed := filepath.Join(goldenFailed, strings.ReplaceAll(strings.TrimSuffix(name, ".png"), "/", "-"))
		save(t, failed+"-actual.png", picture)
		save(t, failed+"-diff.png", difference)
		t.Errorf("%s: %d pixels are others (%d may be): see %s-diff.png", name, others, allowed(scale), failed)
	}
}

// far is how much of a colour has to differ, of 255: less is the rendering of
// fonts, and colours that the kept picture has no room for.
const far = 72

// allowed is how many pixels may be others: a letter has more.
func allowed(scale int) int { return 40 * scale * scale }

// differ counts the pixels that are others.
func differ(golden image.Image, picture *image.NRGBA) (others int) {
	if golden.Bounds() != picture.Bounds() {
		return picture.Bounds().Dx() * picture.Bounds().Dy()
	}
	eachOther(golden, picture, func(int) { others++ })
	return others
}

// paintedOver is the picture, pale, with the pixels that are others in red.
func paintedOver(golden image.Image, picture *image.NRGBA) image.Image {
	shown := image.NewNRGBA(picture.Bounds())
	for i, value := range picture.Pix {
		shown.Pix[i] = 0xc0 + value/4
	}
	if golden.Bounds() == picture.Bounds() {
		eachOther(golden, picture, func(i int) { copy(shown.Pix[i:], []byte{0xff, 0, 0, 0xff}) })
	}
	return shown
}

// eachOther calls seen with the place of every pixel that is another.
func eachOther(golden image.Image, picture *image.NRGBA, seen func(i int)) {
	few, _ := golden.(*image.Paletted)
	if few == nil {
		few = image.NewPaletted(picture.Bounds(), color.Palette{color.Black})
	}
	was := make([]color.NRGBA, len(few.Palette))
	for i, c := range few.Palette {
		was[i] = color.NRGBAModel.Convert(c).(color.NRGBA)
	}
	for i := 0; i < len(picture.Pix); i += 4 {
		now := color.NRGBA{picture.Pix[i], picture.Pix[i+1], picture.Pix[i+2], 0xff}
		if distance(was[few.Pix[i/4]], now) > far {
			seen(i)
		}
	}
}

// fewColours is a picture in as few colours as keep it, but for some pixels, so
// that it is a small file.
func fewColours(picture *image.NRGBA, others int) image.Image {
	seen := map[color.NRGBA]int{}
	for i := 0; i < len(picture.Pix); i += 4 {
		seen[color.NRGBA{picture.Pix[i], picture.Pix[i+1], picture.Pix[i+2], 0xff}]++
	}
	for room := 16; ; room *= 2 {
		few := inColours(picture, paletteOf(seen, room))
		if room >= 256 || differ(few, picture) <= others {
			return few
		}
	}
}

// paletteOf begins with the colour that there is most of, and goes on with
// those that are missed most.
func paletteOf(seen map[color.NRGBA]int, room int) color.Palette {
	colours := slices.SortedFunc(maps.Keys(seen), func(a, b color.NRGBA) int {
		return cmp.Or(seen[b]-seen[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	palette, missed := color.Palette{}, make([]int, len(colours)) // how far each is from the palette
	next := 0
	for len(palette) < min(room, len(colours)) {
		palette = append(palette, colours[next])
		newest, most := colours[next], -1
		for i, c := range colours {
			if apart := distance(c, newest); len(palette) == 1 || apart < missed[i] {
				missed[i] = apart
			}
			if weight := seen[c] * missed[i] * missed[i]; weight > most {
				next, most = i, weight
			}
		}
	}
	return palette
}

func inColours(picture *image.NRGBA, palette color.Palette) *image.Paletted {
	few, nearest := image.NewPaletted(picture.Bounds(), palette), map[color.NRGBA]uint8{}
	for i := 0; i < len(picture.Pix); i += 4 {
		c := color.NRGBA{picture.Pix[i], picture.Pix[i+1], picture.Pix[i+2], 0xff}
		index, known := nearest[c]
		if !known {
			best := 256
			for j, of := range palette {
				if apart := distance(c, of.(color.NRGBA)); apart < best {
					index, best = uint8(j), apart
				}
			}
			nearest[c] = index
		}
		few.Pix[i/4] = index
	}
	return few
}

func distance(a, b color.NRGBA) int {
	apart := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	return max(apart(a.R, b.R), apart(a.G, b.G), apart(a.B, b.B))
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

// noOthers holds that every picture that is kept is one that is drawn.
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
