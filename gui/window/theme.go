package window

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// palette is the app's theme: blue-green, in light and dark. A test checks that text
// has a contrast of 4.5:1 or more.
type palette struct{ fyne.Theme }

func newPalette() fyne.Theme { return palette{theme.DefaultTheme()} }

// colorNameCard is the surface of rows and fold-outs.
const colorNameCard fyne.ThemeColorName = "card"

func (p palette) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	colors := light
	if variant == theme.VariantDark {
		colors = dark
	}
	if c, ok := colors[name]; ok {
		return c
	}
	return p.Theme.Color(name, variant)
}

// Size makes distances multiples of 8 pixels.
func (p palette) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNamePadding, theme.SizeNameInnerPadding:
		return 8
	case theme.SizeNameText:
		return 14
	case theme.SizeNameHeadingText:
		return 22
	case theme.SizeNameSubHeadingText:
		return 17
	case theme.SizeNameCaptionText:
		return 12
	case theme.SizeNameInputRadius, theme.SizeNameButtonRadius, theme.SizeNameSelectionRadius:
		return 8
	case theme.SizeNameScrollBar:
		return 10
	}
	return p.Theme.Size(name)
}

var light = map[fyne.ThemeColorName]color.Color{
	theme.ColorNameBackground:          rgb(0xF4F7F7),
	colorNameCard:                      rgb(0xFFFFFF),
	theme.ColorNameForeground:          rgb(0x15242A),
	theme.ColorNamePlaceHolder:         rgb(0x51646A),
	theme.ColorNameDisabled:            rgb(0x54676D),
	theme.ColorNamePrimary:             rgb(0x0B6A72),
	theme.ColorNameForegroundOnPrimary: rgb(0xFFFFFF),
	theme.ColorNameHyperlink:           rgb(0x0B6A72),
	theme.ColorNameButton:              rgb(0xDFE9EA),
	theme.ColorNameDisabledButton:      rgb(0xE8EEEE),
	theme.ColorNameHover:               rgba(0x0B6A72, 0x1C),
	theme.ColorNamePressed:             rgba(0x0B6A72, 0x38),
	theme.ColorNameFocus:               rgba(0x0B6A72, 0x1C),
	theme.ColorNameSelection:           rgba(0x0B6A72, 0x40),
	theme.ColorNameInputBackground:     rgb(0xFFFFFF),
	theme.ColorNameInputBorder:         rgb(0x7C9095),
	theme.ColorNameMenuBackground:      rgb(0xFFFFFF),
	theme.ColorNameOverlayBackground:   rgb(0xFFFFFF),
	theme.ColorNameSeparator:           rgb(0xD5DFE0),
	theme.ColorNameScrollBar:           rgba(0x15242A, 0x60),
	theme.ColorNameShadow:              rgba(0x000000, 0x2A),
	theme.ColorNameSuccess:             rgb(0x1A7341),
	theme.ColorNameWarning:             rgb(0x935300),
	theme.ColorNameError:               rgb(0xB0261E),
	theme.ColorNameForegroundOnError:   rgb(0xFFFFFF),
}

var dark = map[fyne.ThemeColorName]color.Color{
	theme.ColorNameBackground:          rgb(0x10181B),
	colorNameCard:                      rgb(0x1A262A),
	theme.ColorNameForeground:          rgb(0xE7EFF0),
	theme.ColorNamePlaceHolder:         rgb(0x9FB2B7),
	theme.ColorNameDisabled:            rgb(0x9CAFB4),
	theme.ColorNamePrimary:             rgb(0x5EC8CB),
	theme.ColorNameForegroundOnPrimary: rgb(0x05272A),
	theme.ColorNameHyperlink:           rgb(0x5EC8CB),
	theme.ColorNameButton:              rgb(0x27363B),
	theme.ColorNameDisabledButton:      rgb(0x1D292D),
	theme.ColorNameHover:               rgba(0x5EC8CB, 0x20),
	theme.ColorNamePressed:             rgba(0x5EC8CB, 0x40),
	theme.ColorNameFocus:               rgba(0x5EC8CB, 0x20),
	theme.ColorNameSelection:           rgba(0x5EC8CB, 0x48),
	theme.ColorNameInputBackground:     rgb(0x1A262A),
	theme.ColorNameInputBorder:         rgb(0x6F858B),
	theme.ColorNameMenuBackground:      rgb(0x1F2D32),
	theme.ColorNameOverlayBackground:   rgb(0x1F2D32),
	theme.ColorNameSeparator:           rgb(0x2B3A3F),
	theme.ColorNameScrollBar:           rgba(0xE7EFF0, 0x60),
	theme.ColorNameShadow:              rgba(0x000000, 0x80),
	theme.ColorNameSuccess:             rgb(0x72D09A),
	theme.ColorNameWarning:             rgb(0xF1B65E),
	theme.ColorNameError:               rgb(0xFF8F85),
	theme.ColorNameForegroundOnError:   rgb(0x2D0704),
}

func rgb(hex uint32) color.NRGBA { return rgba(hex, 0xFF) }

func rgba(hex uint32, alpha uint8) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: alpha}
}
