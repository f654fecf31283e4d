//go:build ci && !race

package window

import (
	"encoding/binary"
	"image/color"
	"os"
	"testing"

	"fyne.io/fyne/v2"
)

// japaneseFont is in the Debian package fonts-motoya-l-cedar. With the tag ci Fyne uses
// no system fonts, so that pictures are the same on every machine.
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
	inTheSecondPlace(data)
	return fyne.NewStaticResource("MTLc3m.ttf", data)
}

// inTheSecondPlace makes a font give way to Fyne's own. In the real window Fyne uses
// its own font first, and a system font for missing letters; a theme's font comes
// before both. So this removes Latin letters except the space, and gives lines the
// height that Fyne's Noto Sans has.
func inTheSecondPlace(font []byte) {
	number := binary.BigEndian
	tables := map[string][]byte{}
	for i := range int(number.Uint16(font[4:])) {
		entry := font[12+16*i:]
		tables[string(entry[:4])] = font[number.Uint32(entry[8:]):]
	}
	em := int(number.Uint16(tables["head"][18:]))
	for at, thousandths := range map[int]int{4: 1069, 6: -293, 8: 0} { // ascender, descender, gap
		number.PutUint16(tables["hhea"][at:], uint16(int16(thousandths*em/1000)))
	}
	cmap := tables["cmap"]
	for i := range int(number.Uint16(cmap[2:])) {
		withoutLatin(cmap[number.Uint32(cmap[8+8*i:]):])
	}
}

// withoutLatin empties the segments of a character map of format 4: first come
// the ends of all, then their beginnings.
func withoutLatin(table []byte) {
	number := binary.BigEndian
	if number.Uint16(table) != 4 {
		return
	}
	segments := int(number.Uint16(table[6:])) / 2
	for i := range segments {
		end, begin := table[14+2*i:], table[16+2*segments+2*i:]
		switch last := number.Uint16(end); {
		case number.Uint16(begin) == ' ':
			number.PutUint16(end, ' ')
		case last < 0x2000:
			number.PutUint16(begin, last+1)
		}
	}
}
