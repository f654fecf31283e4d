// Package assets holds what the program shows and carries inside itself.
package assets

import _ "embed"

// The icons are PNG, drawn from the SVGs beside them by icons/render.go: a
// tray host shows an SVG as nothing at all.

// WindowIcon is the program's icon, 64 x 64.
//
//go:embed icons/app-64.png
var WindowIcon []byte

// A TrayIcon is the tray's icon in one form, 64 x 64: plain, and with a dot
// where somebody is needed.
type TrayIcon struct{ Plain, Attention []byte }

// The forms of the tray's icon.
var (
	TrayAny      = TrayIcon{trayAny, trayAnyAttention}           // in one colour that reads on dark and light panels
	TrayLight    = TrayIcon{trayLight, trayLightAttention}       // for light panels
	TrayDark     = TrayIcon{trayDark, trayDarkAttention}         // for dark panels
	TrayTemplate = TrayIcon{trayTemplate, trayTemplateAttention} // all black: macOS gives it its colour
)

var (
	//go:embed icons/tray.png
	trayAny []byte
	//go:embed icons/tray-attention.png
	trayAnyAttention []byte
	//go:embed icons/tray-light.png
	trayLight []byte
	//go:embed icons/tray-attention-light.png
	trayLightAttention []byte
	//go:embed icons/tray-dark.png
	trayDark []byte
	//go:embed icons/tray-attention-dark.png
	trayDarkAttention []byte
	//go:embed icons/tray-template.png
	trayTemplate []byte
	//go:embed icons/tray-attention-template.png
	trayTemplateAttention []byte
)

// For is the picture with or without the dot.
func (i TrayIcon) For(attention bool) []byte {
	if attention {
		return i.Attention
	}
	return i.Plain
}
