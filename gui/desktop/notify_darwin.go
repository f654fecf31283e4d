package desktop

import (
	"context"
	"os/exec"
)

// notify has no button and hears no click: osascript knows neither. The text
// travels as arguments, so nothing of it is read as a script.
func notify(ctx context.Context, n Notification) error {
	ctx, cancel := context.WithTimeout(ctx, notifyLimit)
	defer cancel()
	const script = "on run argv\n display notification (item 2 of argv) with title (item 1 of argv)\nend run"
	if err := exec.CommandContext(ctx, "/usr/bin/osascript", "-e", script, n.Title, n.Body).Run(); err != nil {
		return &MissingError{Notifications, "This desktop shows no notifications.", err}
	}
	return nil
}
