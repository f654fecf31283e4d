package tray

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"

	"fyne.io/systray"
	"golang.org/x/sys/windows/registry"

	"egnyte-accounts/assets"
)

func prepare() {}

// trayIcon is the icon.
type trayIcon struct{}

func (*trayIcon) take(context.Context) {}

// show takes the form for the taskbar as it is now. One that changes its
// colours later gets the other form at the next change of the accounts.
func (*trayIcon) show(b badge) {
	form := assets.TrayDark
	if lightTaskbar() {
		form = assets.TrayLight
	}
	systray.SetIcon(icon(form.For(b.attention)))
}

// lightTaskbar asks Windows 10 and later; the taskbar of earlier ones is dark.
func lightTaskbar() bool {
	key, err := registry.OpenKey(registry.CURRENT_USER, `Software\Microsoft\Windows\CurrentVersion\Themes\Personalize`, registry.QUERY_VALUE)
	if err != nil {
		return false
	}
	defer key.Close()
	light, _, err := key.GetIntegerValue("SystemUsesLightTheme")
	return err == nil && light == 1
}

// icon wraps a PNG of 64 x 64 as an ICO file, which is what systray loads on
// Windows: a directory of one entry, then the PNG itself (Windows Vista and later).
func icon(png []byte) []byte {
	const side, header = 64, 22 // bytes before the picture
	var file bytes.Buffer
	for _, part := range []any{
		[3]uint16{0, 1, 1},   // reserved, kind, pictures
		[4]uint8{side, side}, // width, height, colours, reserved
		[2]uint16{1, 32},     // planes, bits
		uint32(len(png)),     // size
		uint32(header),       // place
	} {
		_ = binary.Write(&file, binary.LittleEndian, part) // a buffer takes everything
	}
	file.Write(png)
	return file.Bytes()
}

// escape: an ampersand marks an access key.
func escape(title string) string { return strings.ReplaceAll(title, "&", "&&") }

// stayWithHost has nothing to do: systray watches for a new taskbar itself.
func stayWithHost(context.Context, func()) error { return nil }
