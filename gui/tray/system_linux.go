package tray

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	"fyne.io/systray"
	"github.com/godbus/dbus/v5"

	"egnyte-accounts/assets"
	"egnyte-accounts/gui/desktop"
)

// prepare names the icon for hosts and screen readers.
func prepare() { systray.SetTitle(programName) }

// showIcon: hosts do not say whether their panel is light or dark, and a
// desktop in light colours may well have a dark one. Where the bus has gone,
// systray panics with the error of its call; stayWithHost ends the tray then.
func showIcon(attention bool) {
	defer func() {
		cause := recover()
		_, failed := cause.(error)
		if _, bug := cause.(runtime.Error); cause != nil && (bug || !failed) {
			panic(cause)
		}
	}()
	systray.SetIcon(assets.TrayAny.For(attention))
}

// escape: an underscore in a label of com.canonical.dbusmenu marks an access
// key, and two are one.
func escape(title string) string { return strings.ReplaceAll(title, "_", "__") }

// stayWithHost registers the icon whenever a tray host comes, and quits when
// the session bus goes. systray does the first as well, until some other
// signal arrives on the connection that it shares with go-keyring; it never
// does the second. *desktop.MissingError without a bus, where systray must not
// even start.
func stayWithHost(ctx context.Context, quit func()) error {
	conn, err := desktop.ConnectBus(ctx)
	if err != nil {
		return err
	}
	host := []dbus.MatchOption{dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchInterface("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, desktop.TrayWatcher)}
	owners := make(chan *dbus.Signal, 16)
	conn.Signal(owners)
	if err := conn.AddMatchSignalContext(ctx, host...); err != nil {
		conn.Close()
		return fmt.Errorf("watching for a tray host: %w", err)
	}
	// The connection that systray will use: it takes the shared one too.
	shared, err := dbus.SessionBus()
	if err != nil {
		conn.Close()
		return &desktop.MissingError{Thing: desktop.SessionBus, Sentence: "The session bus can't be reached, so no tray icon can be shown.", Err: err}
	}
	go func() {
		defer quit()
		defer conn.Close()
		for {
			select {
			case signal, open := <-owners:
				if !open {
					return
				}
				if len(signal.Body) == 3 && signal.Body[0] == desktop.TrayWatcher && signal.Body[2] != "" {
					register(ctx, shared)
				}
			case <-conn.Context().Done(): // the bus is gone, or ctx has ended
				return
			}
		}
	}()
	return nil
}

// register makes the very call that systray makes, from the same connection,
// so that a host can't take it for a second icon. Before systray has put its
// menu on the bus it does nothing: a host would find half an icon, and systray
// registers by itself when it has.
func register(ctx context.Context, shared *dbus.Conn) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var version uint32
	menu := shared.Object(shared.Names()[0], "/StatusNotifierItem/menu")
	err := menu.CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, "com.canonical.dbusmenu", "Version").Store(&version)
	if err != nil {
		return
	}
	// A host that refuses now will be told again when it restarts.
	_ = shared.Object(desktop.TrayWatcher, "/StatusNotifierWatcher").
		CallWithContext(ctx, desktop.TrayWatcher+".RegisterStatusNotifierItem", 0, "/StatusNotifierItem").Err
}
