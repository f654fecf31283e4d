//go:build ignore

// Render draws the PNGs of this folder from their SVGs: go run assets/icons/render.go
package main

import (
	"image"
	"image/png"
	"log"
	"os"
	"path/filepath"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
)

func main() {
	const folder = "assets/icons"
	for name, size := range map[string]int{"app": 512, "tray": 64, "tray-attention": 64} {
		if err := render(filepath.Join(folder, name), size); err != nil {
			log.Fatalf("%s: %v", name, err)
		}
	}
}

func render(path string, size int) error {
	icon, err := oksvg.ReadIcon(path+".svg", oksvg.StrictErrorMode)
	if err != nil {
		return err
	}
	icon.SetTarget(0, 0, float64(size), float64(size))
	picture := image.NewNRGBA(image.Rect(0, 0, size, size))
	icon.Draw(rasterx.NewDasher(size, size, rasterx.NewScannerGV(size, size, picture, picture.Bounds())), 1)
	file, err := os.Create(path + ".png")
	if err != nil {
		return err
	}
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(file, picture); err != nil {
		return err
	}
	return file.Close()
}
