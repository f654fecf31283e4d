package window

import (
	"fmt"
	"hash/fnv"
	"image/color"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// The marks of states differ in shape and colour. A word stands next to each.
var (
	markReady    = mark("ready", `<circle cx="12" cy="12" r="8" fill="#000000"/>`, theme.ColorNameSuccess)
	markNeeds    = mark("needs-you", `<path d="M12 3 L22 21 L2 21 Z" fill="#000000"/>`, theme.ColorNameWarning)
	markChecking = mark("checking", dots(), theme.ColorNamePlaceHolder)
	markPaused   = mark("paused", `<rect x="4" y="4" width="16" height="16" fill="#000000"/>`, theme.ColorNamePlaceHolder)
	markFailed   = mark("failed", `<path fill-rule="evenodd" d="M10.3 3.6 Q12 0.8 13.7 3.6 L22.6 19 Q24 22 20.8 22 L3.2 22 Q0 22 1.4 19 Z M10.8 8.5 L11.2 15 L12.8 15 L13.2 8.5 Z M12 16.6 A1.4 1.4 0 1 0 12 19.4 A1.4 1.4 0 1 0 12 16.6 Z" fill="#000000"/>`, theme.ColorNameWarning)
	markDone     = mark("done", `<path fill-rule="evenodd" d="M12 1 A11 11 0 1 0 12 23 A11 11 0 1 0 12 1 Z M10.2 17.4 L4.9 12.1 L6.7 10.3 L10.2 13.8 L17.3 6.7 L19.1 8.5 Z" fill="#000000"/>`, theme.ColorNameSuccess)
	markPeople   = mark("people", `<circle cx="8" cy="8" r="4" fill="#000000"/><path d="M1 20 C1 15 4 13.5 8 13.5 C12 13.5 15 15 15 20 Z" fill="#000000"/><circle cx="17" cy="9" r="3" fill="#000000"/><path d="M16.5 13.6 C20.5 13.4 23 15 23 19 L16.6 19 C16.6 16.5 16.2 15 15.2 13.9 Z" fill="#000000"/>`, theme.ColorNamePrimary)
	markKey      = mark("key", `<path fill-rule="evenodd" d="M8 6 A6 6 0 1 0 13.4 14.6 L16 14.6 L16 17 L19 17 L19 14.6 L23 14.6 L23 11 L13.8 11 A6 6 0 0 0 8 6 Z M8 10 A2.2 2.2 0 1 1 8 14.4 A2.2 2.2 0 1 1 8 10 Z" fill="#000000"/>`, theme.ColorNamePrimary)
	markApp      = mark("app", `<path fill-rule="evenodd" d="M3 4 L9.5 4 L11.5 6.5 L21 6.5 Q22.5 6.5 22.5 8 L22.5 19 Q22.5 20.5 21 20.5 L3 20.5 Q1.5 20.5 1.5 19 L1.5 5.5 Q1.5 4 3 4 Z M12 9.3 A2.6 2.6 0 0 0 10.7 14.1 L9.9 17.8 L14.1 17.8 L13.3 14.1 A2.6 2.6 0 0 0 12 9.3 Z" fill="#000000"/>`, theme.ColorNamePrimary)
	markMore     = mark("more", `<circle cx="5" cy="12" r="2" fill="#000000"/><circle cx="12" cy="12" r="2" fill="#000000"/><circle cx="19" cy="12" r="2" fill="#000000"/>`, theme.ColorNameForeground)
)

func mark(name, shape string, c fyne.ThemeColorName) fyne.Resource {
	svg := `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">` + shape + `</svg>`
	return theme.NewColoredResource(fyne.NewStaticResource(name+".svg", []byte(svg)), c)
}

// dots is a circle of dots.
func dots() string {
	var b strings.Builder
	for _, at := range [][2]float64{{12, 4}, {17.7, 6.3}, {20, 12}, {17.7, 17.7}, {12, 20}, {6.3, 17.7}, {4, 12}, {6.3, 6.3}} {
		fmt.Fprintf(&b, `<circle cx="%g" cy="%g" r="2" fill="#000000"/>`, at[0], at[1])
	}
	return b.String()
}

// picture shows a mark at size pixels.
func picture(mark fyne.Resource, size float32) fyne.CanvasObject {
	image := canvas.NewImageFromResource(mark)
	image.FillMode = canvas.ImageFillContain
	image.SetMinSize(fyne.NewSquareSize(size))
	return image
}

// hues have a contrast of 4.5:1 or more to white text.
var hues = []uint32{0x0B6A72, 0x3A5F9E, 0x6A4C93, 0x8A4B5B, 0x7A5A1E, 0x3F6B3A}

// avatar is a circle with the user's initials, in a colour that depends on the account.
func avatar(name, account string) fyne.CanvasObject {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(account))
	circle := canvas.NewCircle(rgb(hues[sum.Sum32()%uint32(len(hues))]))
	text := canvas.NewText(initials(name), color.White)
	text.TextSize = 15
	text.TextStyle.Bold = true
	size := canvas.NewRectangle(color.Transparent)
	size.SetMinSize(fyne.NewSquareSize(40))
	return container.NewStack(size, circle, container.NewCenter(text))
}

// initials are the first letters of the first and the last word.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	switch len(words) {
	case 0:
		return "?"
	case 1:
		return strings.ToUpper(first(words[0]))
	}
	return strings.ToUpper(first(words[0]) + first(words[len(words)-1]))
}

func first(word string) string {
	r, _ := utf8.DecodeRuneInString(word)
	return string(r)
}
