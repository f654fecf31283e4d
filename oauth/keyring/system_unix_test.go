//go:build !windows && !darwin

package keyring

import (
	"errors"
	"net"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"egnyte-accounts/oauth"
)

// Given an error of the Secret Service, then its kind says what to advise.
func TestTheTroublesOfTheSecretServiceAreToldApart(t *testing.T) {
	t.Parallel()
	const standard, secrets = "org.freedesktop.DBus.Error.", "org.freedesktop.Secret.Error."
	for _, c := range []struct {
		err  error
		want Kind
	}{
		{dbus.Error{Name: standard + "ServiceUnknown"}, Absent},
		{dbus.Error{Name: standard + "Spawn.ExecFailed"}, Absent},
		{&net.OpError{Op: "dial", Err: errors.New("connection refused")}, Absent},
		{&exec.Error{Name: "dbus-launch", Err: exec.ErrNotFound}, Absent},
		{dbus.Error{Name: secrets + "IsLocked"}, Locked},
		{errors.New("failed to unlock correct collection '/org/freedesktop/secrets/collection/login'"), Locked},
		{dbus.Error{Name: standard + "NoReply"}, Silent},
		{dbus.Error{Name: secrets + "NoSession"}, Failed},
		{errors.New("something else"), Failed},
	} {
		mustBe(t, c.err.Error(), typed(c.err), c.want)
	}
}

// Given no session bus, then the keyring is absent and no bus is started. It isn't
// parallel because it changes the environment.
func TestWithoutASessionBusNoneIsStarted(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, address := range []string{"", "autolaunch:"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		if err := reachable(); err == nil {
			t.Skip("this machine has a session bus at the usual place")
		}
		_, err := System().Get(t.Context(), "jsmith")
		mustBe(t, address, err, Absent)
	}
}

// Given a password store without a keyring, as go-keyring reports it: a locked one. When it is
// unlocked, then the user is asked to make one; other calls say that there is none.
func TestAMissingKeyringIsMadeIfTheUserAgrees(t *testing.T) {
	t.Parallel()
	locked := errors.New("failed to unlock correct collection")
	for _, dismissed := range []error{nil, locked} {
		f := &fakeBackend{missing: true, err: locked, created: dismissed}
		k := newSystem(f, func() error { return nil }, time.Second)
		_, err := k.Get(t.Context(), "jsmith")
		mustBe(t, "reading", err, Missing)
		mustBe(t, "writing", k.Set(t.Context(), "jsmith", oauth.NewSecret("s")), Missing)
		if slices.Contains(f.calls, "create") {
			t.Fatal("a keyring was made without asking")
		}
		err = k.Unlock(t.Context())
		if dismissed != nil {
			mustBe(t, "dismissed", err, Missing)
		} else if err = errors.Join(err, k.Set(t.Context(), "jsmith", oauth.NewSecret("s"))); err != nil {
			t.Error(err)
		}
	}
}
