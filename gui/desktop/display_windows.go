package desktop

import (
	"context"

	"golang.org/x/sys/windows"
)

// FindDisplay tells in a sentence why no window can be shown. Here the system
// itself is the display.
func FindDisplay(context.Context) (Screen, error) {
	metrics := windows.NewLazySystemDLL("user32.dll").NewProc("GetSystemMetrics")
	if metrics.Find() != nil {
		return Screen{}, nil
	}
	const width, height = 78, 79 // SM_CXVIRTUALSCREEN, SM_CYVIRTUALSCREEN: of all monitors together
	x, _, _ := metrics.Call(width)
	y, _, _ := metrics.Call(height)
	return Screen{int(x), int(y)}, nil
}
