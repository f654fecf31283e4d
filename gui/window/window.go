// Package window is the window role: all of Fyne. It shows accounts and
// sign-in, and ends when the last window closes.
package window

import "context"

// Options is what the window role starts with.
type Options struct {
	View      string // "accounts" or "signin"
	Reconnect string // account name: sign in again, with View "signin"
	Problem   string // advice for a problem that the tray met, with Reconnect
	Service   string // --service
}

// Run shows the window until it is closed.
func Run(ctx context.Context, options Options) error { panic("not implemented") }
