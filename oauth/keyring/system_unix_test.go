//go:build !windows && !darwin

package account

import (
	"errors"
	"net"
	"os/exec"
	"testing"

	"github.com/godbus/dbus/v5"
)

func TestTheTroublesOfTheSecretServiceAreToldApart(t *testing.T) {
	t.Parallel()
	const standard, secrets = "org.freedesktop.DBus.Error.", "org.freedesktop.Secret.Error."
	for _, c := range []struct {
		err  error
		want KeyringTrouble
	}{
		{dbus.Error{Name: standard + "ServiceUnknown"}, KeyringAbsent},
		{dbus.Error{Name: standard + "Spawn.ExecFailed"}, KeyringAbsent},
		{&net.OpError{Op: "dial", Err: errors.New("connection refused")}, KeyringAbsent},
		{&exec.Error{Name: "dbus-launch", Err: exec.ErrNotFound}, KeyringAbsent},
		{dbus.Error{Name: secrets + "IsLocked"}, KeyringLocked},
		{errors.New("failed to unlock correct collection '/org/freedesktop/secrets/collection/login'"), KeyringLocked},
		{dbus.Error{Name: standard + "NoReply"}, KeyringSilent},
		{dbus.Error{Name: secrets + "NoSession"}, KeyringFailed},
		{errors.New("something else"), KeyringFailed},
	} {
		var got *KeyringError
		if err := keyringError(c.err); !errors.As(err, &got) || got.Kind != c.want || got.Err.Error() != c.err.Error() {
			t.Errorf("%v is %v, want %s", c.err, err, c.want)
		}
	}
}

// No t.Parallel: it is about the environment.
func TestWithoutASessionBusNoneIsStarted(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, address := range []string{"", "autolaunch:"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		if err := keyringReachable(); err == nil {
			t.Skip("this machine has a session bus at the usual place")
		}
		_, err := SystemKeyring().Get(t.Context(), "jsmith")
		var trouble *KeyringError
		if !errors.As(err, &trouble) || trouble.Kind != KeyringAbsent {
			t.Errorf("%q: %v", address, err)
		}
	}
}
