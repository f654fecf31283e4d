// Package assets holds what the program shows and carries inside itself.
package assets

import _ "embed"

// The icons are PNG, drawn from the SVGs beside them by icons/render.go: a
// tray host shows an SVG as nothing at all.
var (
	// AppIcon is the program's icon, 512 x 512.
	//
	//go:embed icons/app.png
	AppIcon []byte

	// TrayIcon is the tray's icon, 64 x 64, in one colour that reads on dark
	// and light panels.
	//
	//go:embed icons/tray.png
	TrayIcon []byte

	// TrayIconAttention is the same with a dot: somebody is needed.
	//
	//go:embed icons/tray-attention.png
	TrayIconAttention []byte
)
