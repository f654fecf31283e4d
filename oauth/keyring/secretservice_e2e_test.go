//go:build e2e && linux

package account

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"egnyte-accounts/oauth"
)

// sessionScenario tells TestInsideASession which part it plays. Each scenario
// has a session bus and a home of its own, and a process too: godbus keeps its
// connection for as long as the process lives.
const sessionScenario = "ACCOUNT_TEST_SCENARIO"

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

func TestTheSecretServiceKeepsAnAccount(t *testing.T) {
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
	keyring := newSystemKeyring(&goKeyring{}, keyringReachable, limit)
	store := Open(filepath.Join(os.Getenv("HOME"), "egnyte-accounts"), keyring)
	started := time.Now()
	var err error
	switch scenario := os.Getenv(sessionScenario); scenario {
	case "":
		t.Skip("plays a part in the tests above only")
	case "keep":
		err = keepAndForget(t.Context(), store)
	case "absent":
		err = refusesAll(t.Context(), store, KeyringAbsent)
	case "locked":
		err = errors.Join(refusesUnasked(t.Context(), store), refusesAll(t.Context(), store, KeyringLocked, KeyringSilent))
	case "fresh":
		err = refusesAll(t.Context(), store, KeyringLocked, KeyringSilent)
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

func keepAndForget(ctx context.Context, store *Store) error {
	if err := store.CheckKeyring(ctx); err != nil {
		return err
	}
	a, err := store.Add(ctx, grantOf("jsmith", 1, "one"))
	if err != nil {
		return err
	}
	token, err := store.Token(ctx, a)
	if err != nil || token.Access.Reveal() != "access-one" {
		return fmt.Errorf("the keyring holds another token: %w", err)
	}
	// The short way and go-keyring's read the same; neither finds what is not there.
	way := &quickWay{}
	quick, found := way.getIfOpen(keyringService, a.Name)
	long, err := keyring.Get(keyringService, a.Name)
	if !found || err != nil || quick != long {
		return fmt.Errorf("the short way to the keyring found %v, go-keyring %w", found, err)
	}
	if _, found := way.getIfOpen(keyringService, "nobody"); found {
		return errors.New("the short way found an item of nobody's")
	}
	if !way.IsOpen() || way.IsLocked() {
		return errors.New("the short way takes an open keyring for a locked one")
	}
	if err := checkShortWrite(way, keyringService, a.Name, quick); err != nil {
		return err
	}
	// The item is where other programs of the desktop look for it.
	if _, err := exec.LookPath("secret-tool"); err == nil {
		found, err := exec.CommandContext(ctx, "secret-tool", "lookup", "service", keyringService, "username", a.Name).Output()
		if err != nil || !strings.Contains(string(found), "access-one") {
			return fmt.Errorf("secret-tool finds %d bytes: %w", len(found), err)
		}
	}
	if err := store.Remove(ctx, a.Name); err != nil {
		return err
	}
	if _, err := store.keyring.Get(ctx, a.Name); !errors.Is(err, ErrNoSecret) {
		return fmt.Errorf("after the sign-out: %w", err)
	}
	return nil
}

// checkShortWrite replaces an item by the short way, and the session that this
// needs after the keyring has forgotten it. The item is text before and after.
func checkShortWrite(way *quickWay, service, user, text string) error {
	if !way.SetIfOpen(service, user, "another secret") {
		return errors.New("the short way did not write")
	}
	if got, err := keyring.Get(service, user); err != nil || got != "another secret" {
		return fmt.Errorf("go-keyring does not find what the short way wrote: %w", err)
	}
	way.session = "/org/freedesktop/secrets/session/gone"
	if way.SetIfOpen(service, user, text) {
		return errors.New("a write went through in a session that is gone")
	}
	if !way.SetIfOpen(service, user, text) {
		return errors.New("no new session was opened")
	}
	// Finds exactly one item, or none.
	if got, found := way.getIfOpen(service, user); !found || got != text {
		return errors.New("a second item was made")
	}
	return nil
}

// refusesUnasked: in the background a locked keyring is an error at once. A prompt
// would take until the limit, as nobody is there to answer it.
func refusesUnasked(ctx context.Context, store *Store) error {
	begun := time.Now()
	_, err := store.keyring.Get(Unattended(ctx), "jsmith")
	var trouble *KeyringError
	if !errors.As(err, &trouble) || trouble.Kind != KeyringLocked || !errors.Is(err, errUnasked) {
		return fmt.Errorf("in the background: %w", err)
	}
	if took := time.Since(begun); took > 2*time.Second {
		return fmt.Errorf("in the background it took %v", took)
	}
	return nil
}

func refusesAll(ctx context.Context, store *Store, allowed ...KeyringTrouble) error {
	_, getErr := store.keyring.Get(ctx, "jsmith")
	_, addErr := store.Add(ctx, grantOf("jsmith", 1, "one"))
	for _, err := range []error{getErr, store.CheckKeyring(ctx), addErr} {
		var trouble *KeyringError
		if !errors.As(err, &trouble) {
			return fmt.Errorf("not a keyring error: %w", err)
		}
		fmt.Println(trouble)
		found := false
		for _, kind := range allowed {
			found = found || trouble.Kind == kind
		}
		if !found {
			return fmt.Errorf("not %v: %w", allowed, err)
		}
	}
	if err := store.keyring.Set(ctx, "jsmith", oauth.NewSecret("{}")); err == nil {
		return errors.New("a write went through")
	}
	return nil
}
