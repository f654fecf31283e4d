package desktop

import "context"

// notify shows nothing yet: toasts need a registered application and COM. The
// menu and the windows tell the same.
func notify(context.Context, Notification) error {
	return &MissingError{Notifications, "Notifications are not shown on Windows yet.", nil}
}
