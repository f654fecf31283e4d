package tray

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"image/png"
	"log/slog"
	"runtime"
	"strings"
	"time"

	"fyne.io/systray"
	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"egnyte-accounts/assets"
	"egnyte-accounts/gui/desktop"
)

// prepare names the icon for hosts and screen readers.
func prepare() { systray.SetTitle(programName) }

// trayIcon is the icon on the bus. systray has no way to set its Status and its
// AttentionIconPixmap (StatusNotifierItem, freedesktop.org), so we answer for all
// properties once systray has put its own there.
type trayIcon struct {
	conn  *dbus.Conn
	props *prop.Properties // nil until then
}

const (
	itemPath      = "/StatusNotifierItem"
	itemInterface = "org.kde.StatusNotifierItem"
)

// take waits until systray's icon is on the bus, and takes over its properties.
func (i *trayIcon) take(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := dbus.SessionBus()
	for err == nil && !onBus(ctx, conn) {
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
	var all map[string]dbus.Variant
	if err == nil {
		err = conn.Object(conn.Names()[0], itemPath).CallWithContext(ctx, "org.freedesktop.DBus.Properties.GetAll", 0, itemInterface).Store(&all)
	}
	if err != nil {
		slog.Info("the icon does not ask for attention", "error", err)
		return
	}
	ours := make(map[string]*prop.Prop, len(all))
	for name, value := range all {
		ours[name] = &prop.Prop{Value: value.Value(), Emit: prop.EmitTrue}
	}
	for name, value := range map[string]any{ // structures come from the bus without their types
		"IconPixmap":          []pixmap{pixmapOf(assets.TrayAny.For(false))},
		"AttentionIconPixmap": []pixmap{pixmapOf(assets.TrayAny.For(true))},
		"ToolTip":             toolTip{Title: programName},
	} {
		ours[name] = &prop.Prop{Value: value, Emit: prop.EmitTrue}
	}
	props, err := prop.Export(conn, itemPath, prop.Map{itemInterface: ours})
	if err != nil {
		slog.Info("the icon does not ask for attention", "error", err)
		return
	}
	i.conn, i.props = conn, props
}

// pixmap is a picture as hosts take it: ARGB, in network byte order.
type pixmap struct {
	W, H int32
	Pix  []byte
}

func pixmapOf(file []byte) pixmap {
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return pixmap{} // ours are tested
	}
	size := picture.Bounds().Size()
	p := pixmap{W: int32(size.X), H: int32(size.Y)}
	for y := range size.Y {
		for x := range size.X {
			c, _ := color.NRGBAModel.Convert(picture.At(x, y)).(color.NRGBA)
			p.Pix = append(p.Pix, c.A, c.R, c.G, c.B)
		}
	}
	return p
}

// show shows the badge. Hosts do not say whether their panel is light or dark, and a
// desktop in light colours may well have a dark one. Where the bus has gone,
// systray panics with the error of its call; stayWithHost ends the tray then.
func (i *trayIcon) show(b badge) {
	defer func() {
		cause := recover()
		_, failed := cause.(error)
		if _, bug := cause.(runtime.Error); cause != nil && (bug || !failed) {
			panic(cause)
		}
	}()
	systray.SetIcon(assets.TrayAny.For(b.attention))
	if i.props == nil {
		return
	}
	status := "Active"
	if b.attention {
		status = "NeedsAttention"
	}
	i.props.SetMust(itemInterface, "IconPixmap", []pixmap{pixmapOf(assets.TrayAny.For(b.attention))})
	i.props.SetMust(itemInterface, "ToolTip", toolTip{Title: b.tooltip})
	i.props.SetMust(itemInterface, "Status", status)
	for _, signal := range []struct {
		name string
		body []any
	}{{"NewIcon", nil}, {"NewToolTip", nil}, {"NewStatus", []any{status}}} {
		if err := i.conn.Emit(itemPath, itemInterface+"."+signal.name, signal.body...); err != nil {
			slog.Info("the tray host does not learn of a change", "error", err)
		}
	}
}

type toolTip struct {
	Icon        string
	Pixmaps     []pixmap
	Title, Text string
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
	if !onBus(ctx, shared) {
		return
	}
	// A host that refuses now will be told again when it restarts.
	_ = shared.Object(desktop.TrayWatcher, "/StatusNotifierWatcher").
		CallWithContext(ctx, desktop.TrayWatcher+".RegisterStatusNotifierItem", 0, "/StatusNotifierItem").Err
}

// onBus reports that systray has put icon and menu on the bus.
func onBus(ctx context.Context, shared *dbus.Conn) bool {
	var version uint32
	menu := shared.Object(shared.Names()[0], "/StatusNotifierItem/menu")
	return menu.CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, "com.canonical.dbusmenu", "Version").Store(&version) == nil
}
