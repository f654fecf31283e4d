package desktop

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/godbus/dbus/v5"
)

// ConnectBus opens a connection to the session bus that is the caller's own to
// close; it also ends with ctx. No bus is ever launched: one that nobody else
// is on would show nothing to anybody, and stay behind. *MissingError.
func ConnectBus(ctx context.Context) (*dbus.Conn, error) {
	address := os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	if address == "" || address == "autolaunch:" {
		socket := filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "bus")
		info, err := os.Stat(socket)
		if err == nil && (info.Mode()&fs.ModeSocket == 0 || !filepath.IsAbs(socket)) {
			err = fmt.Errorf("%s is not a socket", socket)
		}
		if err != nil {
			return nil, noBus("There is no session bus here", err)
		}
		address = "unix:path=" + dbus.EscapeBusAddressValue(socket)
		// systray and go-keyring look for themselves, and would launch one.
		if err := os.Setenv("DBUS_SESSION_BUS_ADDRESS", address); err != nil {
			return nil, fmt.Errorf("naming the session bus: %w", err)
		}
	}
	conn, err := dbus.Connect(address, dbus.WithContext(ctx))
	if err != nil {
		return nil, noBus("The session bus can't be reached", err)
	}
	return conn, nil
}

func noBus(what string, cause error) error {
	return &MissingError{SessionBus,
		what + ", so no tray icon and no notification can be shown. The windows and egnyte-auth work without it.", cause}
}

// withOwnBus runs ask on a connection of its own, and gives up when ctx ends:
// reaching a bus takes no context.
func withOwnBus(ctx context.Context, ask func(context.Context, *dbus.Conn) error) error {
	result := make(chan error, 1)
	go func() {
		conn, err := ConnectBus(ctx)
		if err != nil {
			result <- err
			return
		}
		defer conn.Close()
		result <- ask(ctx, conn)
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return noBus("The session bus does not answer", context.Cause(ctx))
	}
}
