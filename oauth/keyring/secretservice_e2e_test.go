//go:build e2e && linux

package keyring

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/testbus"
)

// sessionScenario tells TestInsideASession which part it plays. Each scenario
// has a session bus and a home of its own, and a process too: godbus keeps its
// connection for as long as the process lives.
const sessionScenario = "KEYRING_TEST_SCENARIO"

// unlocked starts a keyring daemon whose login keyring has the password that
// comes on standard input; locked starts one that finds it locked.
const (
	unlocked = `printf '%s' "$KEYRING_PASSWORD
" | gnome-keyring-daemon --unlock --components=secrets >/dev/null`
	locked = `gnome-keyring-daemon --start --components=secrets >/dev/null`
)

// session runs a scenario in a session of its own, after the given commands.
func session(t *testing.T, home, before, scenario string, options ...string) {
	t.Helper()
	for _, program := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed: apt install dbus-daemon gnome-keyring", program)
		}
	}
	inside := []string{"--", "sh", "-c", before + "\n" + `exec "$0" -test.run '^TestInsideASession$' -test.v`, os.Args[0]}
	command := exec.CommandContext(t.Context(), "dbus-run-session", append(options, inside...)...)
	command.Env = append(os.Environ(), sessionScenario+"="+scenario, "KEYRING_PASSWORD=open sesame",
		"HOME="+home, "XDG_CONFIG_HOME="+home+"/.config", "XDG_DATA_HOME="+home+"/.local/share",
		"XDG_CACHE_HOME="+home+"/.cache", "XDG_RUNTIME_DIR="+home, "DISPLAY=", "WAYLAND_DISPLAY=")
	// A daemon that outlives the session must not hold an output pipe open.
	path := filepath.Join(t.TempDir(), "output")
	output, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	command.Stdout, command.Stderr = output, output
	err = command.Run()
	said, _ := os.ReadFile(path)
	if err != nil || !strings.Contains(string(said), "--- PASS: TestInsideASession") {
		t.Errorf("%v\n%s", err, said)
	}
	t.Logf("%s", said)
}

func TestTheSecretServiceKeepsASecret(t *testing.T) {
	t.Parallel()
	session(t, t.TempDir(), unlocked, "keep")
}

func TestWithoutASecretServiceTheKeyringIsAbsent(t *testing.T) {
	t.Parallel()
	session(t, t.TempDir(), "", "absent", "--config-file="+busWithoutServices(t))
}

// busWithoutServices configures a bus that can start no program: none of the
// machine's keyrings comes up when it is asked for.
func busWithoutServices(t *testing.T) string {
	t.Helper()
	const config = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`
	path := filepath.Join(t.TempDir(), "bus.conf")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWithABusThatIsGoneTheKeyringIsAbsent(t *testing.T) {
	t.Parallel()
	session(t, t.TempDir(), `DBUS_SESSION_BUS_ADDRESS=unix:path=$HOME/nobody; export DBUS_SESSION_BUS_ADDRESS`, "absent")
}

func TestALockedKeyringSaysSoWithinTheLimit(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	session(t, home, unlocked, "keep")
	session(t, home, locked, "locked")
}

func TestAFreshMachineWithoutAnyKeyringSaysSoWithinTheLimit(t *testing.T) {
	t.Parallel()
	session(t, t.TempDir(), locked, "fresh")
}

func TestInsideASession(t *testing.T) {
	const limit = 5 * time.Second
	k := newSystem(&goKeyring{}, reachable, limit)
	scenario := os.Getenv(sessionScenario)
	if scenario != "" && scenario != "absent" {
		testbus.AwaitOwner(t, "org.freedesktop.secrets")
	}
	started := time.Now()
	var err error
	switch scenario {
	case "":
		t.Skip("plays a part in the tests above only")
	case "keep":
		err = keepAndForget(t.Context(), k)
	case "absent":
		err = refusesAll(t.Context(), k, Absent)
	case "locked":
		err = errors.Join(isLocked(t.Context(), k), refusesAll(t.Context(), k, Locked, Silent))
	case "fresh":
		err = refusesAll(t.Context(), k, Missing, Silent)
	default:
		err = fmt.Errorf("no such scenario: %s", scenario)
	}
	if err != nil {
		t.Error(err)
	}
	if took := time.Since(started); took > 4*limit {
		t.Errorf("it took %v", took)
	}
}

const user, text = "jsmith@acme.egnyte.com", `{"access_token":"access-one"}`

func keepAndForget(ctx context.Context, k *system) error {
	if err := k.Unlock(ctx); err != nil {
		return err
	}
	if k.Locked(ctx) {
		return errors.New("an open keyring is taken for a locked one")
	}
	if err := k.Set(ctx, user, oauth.NewSecret(text)); err != nil {
		return err
	}
	if got, err := k.Get(ctx, user); err != nil || got.Reveal() != text {
		return fmt.Errorf("the keyring holds another secret: %w", err)
	}
	// The fast path and go-keyring read the same. Neither finds what is not there.
	fast := &fastPath{}
	quick, found := fast.getIfOpen(service, user)
	long, err := keyring.Get(service, user)
	if !found || err != nil || quick != text || long != text {
		return fmt.Errorf("the fast path found %v, go-keyring %w", found, err)
	}
	if _, found := fast.getIfOpen(service, "nobody"); found {
		return errors.New("the fast path found an item that isn't there")
	}
	if !fast.IsOpen() || fast.IsLocked() {
		return errors.New("the fast path takes an open keyring for a locked one")
	}
	if err := checkFastWrite(fast); err != nil {
		return err
	}
	// The item is where other programs of the desktop look for it.
	if _, err := exec.LookPath("secret-tool"); err == nil {
		found, err := exec.CommandContext(ctx, "secret-tool", "lookup", "service", service, "username", user).Output()
		if err != nil || !strings.Contains(string(found), text) {
			return fmt.Errorf("secret-tool finds %d bytes: %w", len(found), err)
		}
	}
	// A second item with the same attributes goes too.
	if err := addDuplicate(ctx, service, user); err != nil {
		return err
	}
	if err := k.Delete(ctx, user); err != nil {
		return err
	}
	if _, err := k.Get(ctx, user); !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("after it was deleted: %w", err)
	}
	return nil
}

// addDuplicate writes another item with the attributes of one that is there.
func addDuplicate(ctx context.Context, service, user string) error {
	bus, err := dbus.SessionBus()
	if err != nil {
		return err
	}
	var output dbus.Variant
	var session, item, prompt dbus.ObjectPath
	err = bus.Object(secrets, secretsPath).CallWithContext(ctx, secretsInterface+"Service.OpenSession", 0, "plain", dbus.MakeVariant("")).Store(&output, &session)
	if err != nil {
		return err
	}
	properties := map[string]dbus.Variant{
		secretsInterface + "Item.Label":      dbus.MakeVariant(labelOf(service, user)),
		secretsInterface + "Item.Attributes": dbus.MakeVariant(attributesOf(service, user)),
	}
	value := secretOnBus{session, []byte{}, []byte("a copy"), "text/plain; charset=utf8"}
	const replace = false
	return bus.Object(secrets, loginPath).CallWithContext(ctx, secretsInterface+"Collection.CreateItem", 0, properties, value, replace).Store(&item, &prompt)
}

// checkFastWrite replaces an item by the fast path, and the session that this needs
// after the keyring has forgotten it. The item is text before and after.
func checkFastWrite(fast *fastPath) error {
	if !fast.SetIfOpen(service, user, "another secret") {
		return errors.New("the fast path did not write")
	}
	if got, err := keyring.Get(service, user); err != nil || got != "another secret" {
		return fmt.Errorf("go-keyring does not find what the fast path wrote: %w", err)
	}
	fast.session = "/org/freedesktop/secrets/session/gone"
	if fast.SetIfOpen(service, user, text) {
		return errors.New("a write went through in a session that is gone")
	}
	if !fast.SetIfOpen(service, user, text) {
		return errors.New("no new session was opened")
	}
	// It finds exactly one item, or none.
	if got, found := fast.getIfOpen(service, user); !found || got != text {
		return errors.New("a second item was made")
	}
	return nil
}

// isLocked: a locked keyring is recognised without a prompt, which would take until
// the limit, as nobody is there to answer it.
func isLocked(ctx context.Context, k *system) error {
	begun := time.Now()
	if !k.Locked(ctx) {
		return errors.New("a locked keyring is not recognised")
	}
	if took := time.Since(begun); took > 2*time.Second {
		return fmt.Errorf("that took %v", took)
	}
	return nil
}

func refusesAll(ctx context.Context, k *system, allowed ...Kind) error {
	_, getErr := k.Get(ctx, user)
	for _, err := range []error{getErr, k.Unlock(ctx), k.Set(ctx, user, oauth.NewSecret(text))} {
		var trouble *Error
		if !errors.As(err, &trouble) {
			return fmt.Errorf("not a keyring error: %w", err)
		}
		fmt.Println(trouble)
		if !slices.Contains(allowed, trouble.Kind) {
			return fmt.Errorf("not %v: %w", allowed, err)
		}
	}
	return nil
}
