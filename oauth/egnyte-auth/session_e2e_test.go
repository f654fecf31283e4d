//go:build e2e && linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/testbus"
)

// programVariable names the built program to the tests inside the session.
const programVariable = "EGNYTE_AUTH_UNDER_TEST"

// TestTheProgramInASession builds the program and runs the tests named
// TestInside… in a session bus and home of their own, with a real keyring.
func TestTheProgramInASession(t *testing.T) {
	if os.Getenv(programVariable) != "" {
		t.Skip("inside already")
	}
	for _, needed := range []string{"dbus-run-session", "gnome-keyring-daemon", "curl"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skipf("%s is not installed: apt install dbus-daemon gnome-keyring curl", needed)
		}
	}
	program, home := filepath.Join(t.TempDir(), "egnyte-auth"), t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	// It fails if its daemon dies; after that each test would wait in vain.
	const inside = `printf 'open sesame\n' | gnome-keyring-daemon --unlock --components=secrets --control-directory="$HOME/control" >/dev/null 2>&1
"$0" -test.run "${INSIDE:-^TestInside}" -test.v -test.failfast
code=$?
pgrep -f "control-directory=$HOME/control" >/dev/null || { echo 'gnome-keyring-daemon has ended'; code=1; }
exit $code`
	session := exec.CommandContext(t.Context(), "dbus-run-session", "--", "sh", "-c", inside, os.Args[0])
	session.Env = append(os.Environ(), programVariable+"="+program, "HOME="+home, "XDG_CONFIG_HOME="+home+"/.config",
		"XDG_DATA_HOME="+home+"/.local/share", "XDG_CACHE_HOME="+home+"/.cache", "XDG_RUNTIME_DIR="+home,
		"DISPLAY=", "WAYLAND_DISPLAY=", "BROWSER=", tokenVariable+"=", domainVariable+"=")
	// A daemon that outlives the session must not hold an output pipe open.
	path := filepath.Join(t.TempDir(), "output")
	output, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	session.Stdout, session.Stderr = output, output
	err = session.Run()
	said, _ := os.ReadFile(path)
	if err != nil || !strings.Contains(string(said), "--- PASS: TestInside") {
		t.Errorf("%v", err)
	}
	t.Logf("%s", said)
}

// inside is the world of a test inside the session: a practice service, and its
// first person signed in.
type inside struct {
	egnyte *practice.Server
	store  *account.Store
	name   string
}

func insideSession(t *testing.T, expiresIn string) inside {
	t.Helper()
	if os.Getenv(programVariable) == "" {
		t.Skip("runs inside TestTheProgramInASession")
	}
	testbus.AwaitOwner(t, "org.freedesktop.secrets")
	egnyte := practice.Start(t)
	egnyte.ExpiresIn(expiresIn)
	dir, err := settings.Dir()
	if err != nil {
		t.Fatal(err)
	}
	in := inside{egnyte: egnyte, store: account.Open(dir, keyring.System())}
	in.name = in.signIn(t, 0)
	t.Cleanup(func() {
		in.keptOutOfFiles(t)
		accounts, err := in.store.List(context.Background())
		if err != nil {
			t.Error(err)
		}
		for _, a := range accounts {
			if err := in.store.Remove(context.Background(), a.Name); err != nil {
				t.Error(err)
			}
		}
	})
	return in
}

func (in inside) signIn(t *testing.T, n int) string {
	t.Helper()
	who := in.egnyte.People()[n]
	service, err := oauth.ParseService(in.egnyte.URL())
	if err != nil {
		t.Fatal(err)
	}
	domain, err := service.ParseDomain(who.Domain)
	if err != nil {
		t.Fatal(err)
	}
	grant, err := oauth.SignIn{
		Service: service, Domain: domain, Scopes: []string{"Egnyte.filesystem"}, Timeout: 20 * time.Second,
		Key:     oauth.Key{ID: in.egnyte.Key().ID, Secret: oauth.NewSecret(in.egnyte.Key().Secret)},
		Browser: visitor{in.egnyte, who}, Listen: redirect.Listen,
	}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kept, err := in.store.Save(t.Context(), "", grant)
	if err != nil {
		t.Fatal(err)
	}
	return kept.Name
}

type visitor struct {
	egnyte *practice.Server
	who    practice.Person
}

func (v visitor) Open(ctx context.Context, url string) error {
	return v.egnyte.SignInAs(ctx, url, v.who, practice.Allow, "")
}

// shell runs a script in which $EGNYTE_AUTH is the program and $WHO an address
// that asks who one is.
func (in inside) shell(t *testing.T, script string, environment ...string) (stdout, stderr string, code int) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "bash", "-c", script)
	c.Env = append(os.Environ(), "EGNYTE_AUTH="+os.Getenv(programVariable), "WHO="+in.egnyte.DomainURL("acme")+"/pubapi/v1/userinfo")
	c.Env = append(c.Env, environment...)
	var out, errors strings.Builder
	c.Stdout, c.Stderr = &out, &errors
	err := c.Run()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	in.keptQuiet(t, "stderr", errors.String())
	return out.String(), errors.String(), c.ProcessState.ExitCode()
}

// says runs a script that has to end well, with nothing on stderr.
func (in inside) says(t *testing.T, script string, environment ...string) string {
	t.Helper()
	stdout, stderr, code := in.shell(t, script, environment...)
	if code != 0 || stderr != "" {
		t.Fatalf("%s: exit code %d, stderr %q", script, code, stderr)
	}
	return stdout
}

// keptQuiet holds that no secret of this world stands in text. Stdout is where
// tokens belong, for the commands that print them.
func (in inside) keptQuiet(t *testing.T, where, text string) {
	t.Helper()
	secrets := []string{in.egnyte.Key().Secret}
	for _, who := range in.egnyte.People() {
		secrets = append(secrets, who.Password)
		for _, pair := range in.egnyte.Tokens(who.Domain, who.Username) {
			secrets = append(secrets, pair.Access, pair.Refresh)
		}
	}
	for _, secret := range secrets {
		if secret != "" && strings.Contains(text, secret) {
			t.Errorf("a secret stands in %s", where)
		}
	}
}

// keptOutOfFiles looks through the person's home, the keyring's own files left out.
func (in inside) keptOutOfFiles(t *testing.T) {
	err := filepath.WalkDir(os.Getenv("HOME"), func(path string, entry os.DirEntry, err error) error {
		switch {
		case err != nil && !os.IsNotExist(err):
			return err
		case err == nil && entry.IsDir() && entry.Name() == "keyrings":
			return filepath.SkipDir
		case err != nil || !entry.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(path)
		in.keptQuiet(t, path, string(text))
		if os.IsNotExist(err) {
			return nil
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// live is the one access token that works.
func (in inside) live(t *testing.T) string {
	t.Helper()
	tokens := in.egnyte.Tokens("acme", "jsmith")
	if len(tokens) != 1 {
		t.Fatal(fmt.Sprint(len(tokens), " tokens live"))
	}
	return tokens[0].Access
}

// age makes the account's token older, in the keyring alone: the token that it
// was given for an hour is then due now.
func (in inside) age(t *testing.T, by time.Duration) {
	t.Helper()
	keyring := keyring.System()
	text, err := keyring.Get(t.Context(), in.name)
	if err != nil {
		t.Fatal(err)
	}
	var item map[string]any
	if err := json.Unmarshal([]byte(text.Reveal()), &item); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"issued", "expiry"} {
		at, err := time.Parse(time.RFC3339, item[field].(string))
		if err != nil {
			t.Fatal(err)
		}
		item[field] = at.Add(-by)
	}
	aged, err := json.Marshal(item)
	if err != nil {
		t.Fatal(err)
	}
	if err := keyring.Set(t.Context(), in.name, oauth.NewSecret(string(aged))); err != nil {
		t.Fatal(err)
	}
}
