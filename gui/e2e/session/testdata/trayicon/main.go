// Trayicon is a small tray program for the session's own test: it notifies
// nobody and quits from its menu.
package main

import (
	"bytes"
	"image"
	"image/png"

	"fyne.io/systray"
)

func main() {
	systray.Run(func() {
		var icon bytes.Buffer
		if err := png.Encode(&icon, image.NewRGBA(image.Rect(0, 0, 22, 22))); err != nil {
			panic(err)
		}
		systray.SetIcon(icon.Bytes())
		more := systray.AddMenuItem("More", "")
		quit := more.AddSubMenuItem("Quit", "")
		go func() {
			<-quit.ClickedCh
			systray.Quit()
		}()
	}, nil)
}
