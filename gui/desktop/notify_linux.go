package desktop

import (
	"context"
	"fmt"
	"html"
	"slices"
	"time"

	"github.com/godbus/dbus/v5"

	"egnyte-accounts/oauth/words"
)

// notices is the Desktop Notifications Specification's name (freedesktop.org).
const notices = "org.freedesktop.Notifications"

// The two actions of a notification: a click on itself, and on the button.
const (
	actionDefault = "default"
	actionButton  = "button"
)

// notify uses a connection of its own: some servers take a notification down
// when its sender leaves the bus, and the shared connection is go-keyring's.
func notify(ctx context.Context, n Notification) error {
	ctx, end := context.WithTimeout(ctx, clickPatience)
	shown := make(chan error, 1)
	go func() {
		defer end()
		conn, err := ConnectBus(ctx)
		if err != nil {
			shown <- err
			return
		}
		defer conn.Close()
		signals := make(chan *dbus.Signal, 16)
		conn.Signal(signals) // before the call: a click may come before its answer
		id, err := showNotice(ctx, conn, n)
		shown <- err
		if err == nil && awaitClick(ctx, signals, id) && n.Clicked != nil {
			n.Clicked()
		}
	}()
	limit := time.NewTimer(notifyLimit)
	defer limit.Stop()
	select {
	case err := <-shown:
		return err
	case <-limit.C:
		end()
		return noNotices(fmt.Errorf("no answer within %s", notifyLimit))
	}
}

func showNotice(ctx context.Context, conn *dbus.Conn, n Notification) (id uint32, err error) {
	if err := conn.AddMatchSignalContext(ctx, dbus.WithMatchInterface(notices)); err != nil {
		return 0, noNotices(err)
	}
	server := conn.Object(notices, "/org/freedesktop/Notifications")
	var able []string
	if err := server.CallWithContext(ctx, notices+".GetCapabilities", 0).Store(&able); err != nil {
		return 0, noNotices(err)
	}
	body := n.Body
	if slices.Contains(able, "body-markup") {
		body = html.EscapeString(body)
	}
	actions := []string{}
	if n.Clicked != nil && slices.Contains(able, "actions") {
		actions = append(actions, actionDefault, words.Say("Open"))
		if n.Button != "" {
			actions = append(actions, actionButton, n.Button)
		}
	}
	const serverDecides = int32(-1)
	hints := map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant(AppID)}
	call := server.CallWithContext(ctx, notices+".Notify", 0, programName, uint32(0), AppID, // the icon that the package installs
		n.Title, body, actions, hints, serverDecides)
	if err := call.Store(&id); err != nil {
		return 0, noNotices(err)
	}
	return id, nil
}

// awaitClick reports whether notice id was clicked before it went away.
func awaitClick(ctx context.Context, signals <-chan *dbus.Signal, id uint32) bool {
	var gone <-chan time.Time
	for {
		select {
		case signal, open := <-signals:
			if !open {
				return false
			}
			if len(signal.Body) < 2 || signal.Body[0] != id {
				continue
			}
			switch signal.Name {
			case notices + ".ActionInvoked":
				action, _ := signal.Body[1].(string)
				return action == actionDefault || action == actionButton
			case notices + ".NotificationClosed":
				gone = time.After(time.Second) // servers differ in which of the two they say first
			}
		case <-gone:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

func noNotices(cause error) error {
	return &MissingError{Notifications, "This desktop shows no notifications.", cause}
}
