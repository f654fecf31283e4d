//go:build ci && !race

package window

import (
	"encoding/binary"
	"image/color"
	"os"
	"testing"

	"fyne.io/fyne/v2"
)

// japaneseFont is of the Debian package fonts-motoya-l-cedar. With the tag ci
// Fyne looks for no fonts of the system, so that pictures are the same on every
// machine; this one is handed to it.
const japaneseFont = "/usr/share/fonts/truetype/motoya-l-cedar/MTLc3m.ttf"

// looks is the palette in light or dark, with the font for a language.
type looks struct {
	fyne.Theme
	variant fyne.ThemeVariant
	font    fyne.Resource // nil: the theme's own
}

func (l looks) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	return l.Theme.Color(name, l.variant)
}

func (l looks) Font(style fyne.TextStyle) fyne.Resource {
	if l.font == nil {
		return l.Theme.Font(style)
	}
	return l.font
}

// fontFor skips the test where a language's font is missing.
func fontFor(t *testing.T, language string) fyne.Resource {
	t.Helper()
	if language != "ja" {
		return nil
	}
	data, err := os.ReadFile(japaneseFont)
	if err != nil {
		t.Skipf("no Japanese font: install fonts-motoya-l-cedar (%v)", err)
	}
	return fyne.NewStaticResource("MTLc3m.ttf", withoutLatin(t, data))
}

// withoutLatin takes the Latin letters out of a font's character map. Fyne asks
// the theme's font first and its own second; in the real window it is the other
// way round, and Latin letters come from Fyne's. The space stays: it is drawn by
// the font of what it stands beside.
func withoutLatin(t *testing.T, font []byte) []byte {
	t.Helper()
	number := binary.BigEndian
	for i := range int(number.Uint16(font[4:])) {
		entry := font[12+16*i:]
		if string(entry[:4]) != "cmap" {
			continue
		}
		cmap := font[number.Uint32(entry[8:]):]
		for j := range int(number.Uint16(cmap[2:])) {
			table := cmap[number.Uint32(cmap[8+8*j:]):]
			switch number.Uint16(table) { // the format
			case 0:
				clear(table[6 : 6+256])
			case 4: // segments, first all their ends, then all their beginnings
				segments := int(number.Uint16(table[6:])) / 2
				for s := range segments {
					end, begin := table[14+2*s:], table[16+2*segments+2*s:]
					switch last := number.Uint16(end); {
					case number.Uint16(begin) == ' ':
						number.PutUint16(end, ' ')
					case last < 0x2000:
						number.PutUint16(begin, last+1) // an empty one
					}
				}
			}
		}
		return font
	}
	t.Fatal("the font has no character map")
	return nil
}
