// Package desktop holds what differs per system: one instance per role,
// starting a role, notifications, and whether there is a display, a tray host,
// a browser. No Fyne.
package desktop

import (
	"context"
	"errors"
)

// ErrRunning: the role runs already and has been raised.
var ErrRunning = errors.New("it is running already")

// Instance is the hold on a role: while it lasts, a second start of the same
// role raises this one.
type Instance struct{}

// Claim takes the role ("tray", "window", "practice") or, where another
// process has it, sends it message and returns ErrRunning. The lock is taken
// before the socket is dialled or bound; a stale socket is recovered.
func Claim(ctx context.Context, role, message string) (*Instance, error) { panic("not implemented") }

// Raised delivers the messages of later starts, until Close.
func (i *Instance) Raised() <-chan string { panic("not implemented") }

// Close lets go of the role.
func (i *Instance) Close() error { panic("not implemented") }

// Start runs this program again in another role, detached from this process:
// own session, no standard streams, no inherited descriptors.
func Start(args ...string) error { panic("not implemented") }

// Notification is one message to the person.
type Notification struct {
	Title, Body string
	Button      string // empty: none
	Clicked     func() // the button, or the notification itself
}

// Notify shows it, where the system can; it never blocks for long.
func Notify(ctx context.Context, n Notification) error { panic("not implemented") }

// CheckDisplay tells in a sentence why no window can be shown: no display, no
// OpenGL. It must be asked before Fyne starts, which panics or hangs.
func CheckDisplay(ctx context.Context) error { panic("not implemented") }

// CheckTray tells in a sentence why no tray icon can be shown: no session
// bus, no tray host.
func CheckTray(ctx context.Context) error { panic("not implemented") }
