//go:build cgo

// Hello is the least that a Fyne window can be: what ours is measured against.
package main

import (
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"
)

func main() {
	window := app.New().NewWindow("Hello")
	window.SetContent(widget.NewLabel("Hello, world"))
	window.ShowAndRun()
}
