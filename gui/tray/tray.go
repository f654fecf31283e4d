// Package tray is the resident role: the account menu in the system tray. No
// Fyne window system, and it builds without cgo on Linux and Windows.
package tray

import "context"

// Options is what the tray starts with.
type Options struct {
	Service string // --service, passed on to every window
}

// Run shows the tray until Quit, SIGTERM or the end of ctx.
func Run(ctx context.Context, options Options) error { panic("not implemented") }
