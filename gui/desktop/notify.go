package desktop

import (
	"context"
	"time"
)

// Notification is one message to the person. On systems without buttons it is
// shown without one.
type Notification struct {
	Title, Body string
	Button      string // empty: none
	Clicked     func() // the button, or the notification itself
}

const (
	programName   = "Accounts for Egnyte"
	notifyLimit   = 3 * time.Second // for handing it over
	clickPatience = 12 * time.Hour  // for a click, after which it does nothing: desktops list old ones
)

// Notify shows it, where the system can; it never blocks for longer than 3 s.
// A click is heard for 12 hours, or until ctx ends: it is the context of the
// role, not of the call. Clicked runs on a goroutine of its own. *MissingError
// where there are no notifications.
func Notify(ctx context.Context, n Notification) error { return notify(ctx, n) }
