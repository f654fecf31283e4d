package desktop

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"
)

// TrayWatcher is the bus name under which a desktop takes tray icons
// (StatusNotifierWatcher, freedesktop.org).
const TrayWatcher = "org.kde.StatusNotifierWatcher"

// CheckTray tells in a sentence why no tray icon can be shown: no session
// bus, no tray host. *MissingError. It takes 2 s at most.
func CheckTray(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return withOwnBus(ctx, func(ctx context.Context, conn *dbus.Conn) error {
		var shown bool
		watcher := conn.Object(TrayWatcher, "/StatusNotifierWatcher")
		err := watcher.CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart,
			TrayWatcher, "IsStatusNotifierHostRegistered").Store(&shown)
		if err != nil || !shown {
			return &MissingError{TrayHost,
				"This desktop shows no tray icons. On GNOME the AppIndicator extension adds them; until then, the accounts window is the way in.", err}
		}
		return nil
	})
}
