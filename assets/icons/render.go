//go:build ignore

// Render draws the PNGs of this folder from their SVGs: go run assets/icons/render.go
package main

import (
	"bytes"
	"image"
	"image/png"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
)

const folder = "assets/icons"

// icon is a PNG: an SVG at a size, with other colours where it says so.
type icon struct {
	name, svg string
	size      int
	colours   []string // old, new, old, new
}

const (
	glyph = "#14938c" // in the tray's SVGs
	badge = "#e8502f"
)

// The tray's forms: one colour for any panel, and those for panels that are
// known. A template is all black, and macOS colours it.
func icons() []icon {
	all := []icon{
		{"app", "app", 512, nil},
		{"app-64", "app", 64, nil},
		{"app-32", "app", 32, nil},
		{"app-16", "app-small", 16, nil},
	}
	for _, tray := range []string{"tray", "tray-attention"} {
		all = append(all,
			icon{tray, tray, 64, nil},
			icon{tray + "-light", tray, 64, []string{glyph, "#16292d"}},
			icon{tray + "-dark", tray, 64, []string{glyph, "#f2f6f6", badge, "#ff8d6e"}},
			icon{tray + "-template", tray, 64, []string{glyph, "#000000", badge, "#000000"}},
		)
	}
	return all
}

func main() {
	for _, i := range icons() {
		if err := i.render(); err != nil {
			log.Fatalf("%s: %v", i.name, err)
		}
	}
}

func (i icon) render() error {
	text, err := os.ReadFile(filepath.Join(folder, i.svg+".svg"))
	if err != nil {
		return err
	}
	text = []byte(strings.NewReplacer(i.colours...).Replace(string(text)))
	drawing, err := oksvg.ReadIconStream(bytes.NewReader(text), oksvg.StrictErrorMode)
	if err != nil {
		return err
	}
	drawing.SetTarget(0, 0, float64(i.size), float64(i.size))
	picture := image.NewNRGBA(image.Rect(0, 0, i.size, i.size))
	drawing.Draw(rasterx.NewDasher(i.size, i.size, rasterx.NewScannerGV(i.size, i.size, picture, picture.Bounds())), 1)
	var file bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&file, picture); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, i.name+".png"), file.Bytes(), 0o644)
}
