//go:build cgo

// Hello is the smallest Fyne window: the benchmarks compare our window with it.
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
