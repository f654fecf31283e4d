package desktop

import "context"

// FindDisplay tells in a sentence why no window can be shown. Here the system
// itself is the display, and keeps windows on its screens.
func FindDisplay(context.Context) (Screen, error) { return Screen{}, nil }
