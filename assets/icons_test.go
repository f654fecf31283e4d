package assets

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Given the SVGs as they are, when they are drawn again, then every PNG is the
// one that is there.
func TestIconsAreDrawnFromTheirSources(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	folder := filepath.Join(root, "assets", "icons")
	if err := os.CopyFS(folder, os.DirFS("icons")); err != nil {
		t.Fatal(err)
	}
	drawn, err := filepath.Glob(filepath.Join(folder, "*.png"))
	if err != nil || len(drawn) == 0 {
		t.Fatalf("no icons: %v", err)
	}
	for _, name := range drawn {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(root, "render")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, filepath.Join(here, "icons", "render.go"))
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	render := exec.CommandContext(t.Context(), program)
	render.Dir = root
	if out, err := render.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, name := range drawn {
		was, err1 := os.ReadFile(filepath.Join("icons", filepath.Base(name)))
		now, err2 := os.ReadFile(name)
		if err1 != nil || err2 != nil || !bytes.Equal(was, now) {
			t.Errorf("%s is not what is drawn now: go run assets/icons/render.go (%v, %v)", filepath.Base(name), err1, err2)
		}
	}
}

// Given a panel of each kind, then icon and dot stand out from it by 3:1.
func TestTrayIconsStandOutFromTheirPanels(t *testing.T) {
	t.Parallel()
	black, white := color.Gray{0x1c}, color.Gray{0xf4}
	for name, c := range map[string]struct {
		icon   TrayIcon
		panels []color.Color
	}{
		"any":   {TrayAny, []color.Color{black, white}},
		"light": {TrayLight, []color.Color{white}},
		"dark":  {TrayDark, []color.Color{black}},
	} {
		for kind, text := range map[string][]byte{"plain": c.icon.For(false), "attention": c.icon.For(true)} {
			seen := 0
			for at, hue := range solid(t, text) {
				seen++
				for _, panel := range c.panels {
					if ratio := contrast(hue, panel); ratio < 3 {
						t.Fatalf("%s, %s: at %v it has %.1f:1 on %v", name, kind, at, ratio, panel)
					}
				}
			}
			if seen < 1000 {
				t.Errorf("%s, %s: only %d pixels of it can be seen", name, kind, seen)
			}
		}
	}
	for _, hue := range solid(t, TrayTemplate.Attention) {
		if r, g, b, _ := hue.RGBA(); r+g+b != 0 {
			t.Fatalf("the template has a colour: %v", hue)
		}
	}
}

// solid are the pixels that nothing shines through.
func solid(t *testing.T, text []byte) map[image.Point]color.Color {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	all := map[image.Point]color.Color{}
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			if _, _, _, a := picture.At(x, y).RGBA(); a == 0xffff {
				all[image.Pt(x, y)] = picture.At(x, y)
			}
		}
	}
	return all
}

// contrast is WCAG 2's ratio.
func contrast(a, b color.Color) float64 {
	l, m := luminance(a), luminance(b)
	return (max(l, m) + 0.05) / (min(l, m) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	part := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.03928 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}
