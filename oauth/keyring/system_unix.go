//go:build !windows && !darwin

package keyring

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
)

// itemSize: the Secret Service has no limit.
const itemSize = 0

// reachable looks for a session bus as godbus does, but stops where godbus would
// start a new one (dbus-launch). That bus has no keyring, and its daemon would
// stay behind.
func reachable() error {
	if address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" && address != "autolaunch:" {
		return nil
	}
	runtime := fmt.Sprintf("/run/user/%d", os.Getuid())
	for _, name := range []string{"bus", "dbus-session"} {
		if _, err := os.Stat(filepath.Join(runtime, name)); err == nil {
			return nil
		}
	}
	return errors.New("there is no D-Bus session, which the keyring is reached by")
}

// Program returns the name of the program that keeps the system's keyring, if that can
// be found out.
func Program(ctx context.Context) string {
	if reachable() != nil {
		return ""
	}
	bus, err := dbus.SessionBus()
	if err != nil {
		return ""
	}
	var pid uint32
	if bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetConnectionUnixProcessID", 0, secrets).Store(&pid) != nil {
		return ""
	}
	name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)) // Linux only
	return strings.TrimSpace(string(name))
}

// kindOf reads an error of the Secret Service
// (https://specifications.freedesktop.org/secret-service/) or of D-Bus.
func kindOf(err error) Kind {
	var bus dbus.Error
	if errors.As(err, &bus) {
		return kindOnBus(bus.Name)
	}
	var network *net.OpError
	var launch *exec.Error
	switch {
	case errors.As(err, &network), errors.As(err, &launch), errors.Is(err, fs.ErrNotExist):
		return Absent
	case strings.HasPrefix(err.Error(), "failed to unlock"): // go-keyring: the prompt was dismissed
		return Locked
	}
	return Failed
}

func kindOnBus(name string) Kind {
	const standard, secrets = "org.freedesktop.DBus.Error.", "org.freedesktop.Secret.Error."
	switch {
	case name == secrets+"IsLocked":
		return Locked
	case name == standard+"NoReply", name == standard+"Timeout", name == standard+"TimedOut":
		return Silent
	case name == standard+"ServiceUnknown", name == standard+"NameHasNoOwner", name == standard+"NoServer",
		strings.HasPrefix(name, standard+"Spawn."),                                                         // no such service, or it does not start
		name == secrets+"NoSuchObject", name == standard+"UnknownObject", name == standard+"UnknownMethod": // no collection
		return Absent
	}
	return Failed
}
