//go:build !windows && !darwin

package account

import (
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

// keyringReachable looks for a session bus the way godbus does, but stops where
// godbus would start a bus of its own (dbus-launch): that one has no keyring on
// it, and stays behind as a daemon.
func keyringReachable() error {
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

// keyringTrouble reads an error of the Secret Service
// (https://specifications.freedesktop.org/secret-service/) or of D-Bus.
func keyringTrouble(err error) KeyringTrouble {
	var bus dbus.Error
	if errors.As(err, &bus) {
		return busTrouble(bus.Name)
	}
	var network *net.OpError
	var launch *exec.Error
	switch {
	case errors.As(err, &network), errors.As(err, &launch), errors.Is(err, fs.ErrNotExist):
		return KeyringAbsent
	case strings.HasPrefix(err.Error(), "failed to unlock"): // go-keyring: the prompt was dismissed
		return KeyringLocked
	}
	return KeyringFailed
}

func busTrouble(name string) KeyringTrouble {
	const standard, secrets = "org.freedesktop.DBus.Error.", "org.freedesktop.Secret.Error."
	switch {
	case name == secrets+"IsLocked":
		return KeyringLocked
	case name == standard+"NoReply", name == standard+"Timeout", name == standard+"TimedOut":
		return KeyringSilent
	case name == standard+"ServiceUnknown", name == standard+"NameHasNoOwner", name == standard+"NoServer",
		strings.HasPrefix(name, standard+"Spawn."),                                                         // no such service, or it does not start
		name == secrets+"NoSuchObject", name == standard+"UnknownObject", name == standard+"UnknownMethod": // no collection
		return KeyringAbsent
	}
	return KeyringFailed
}
