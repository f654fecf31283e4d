//go:build e2e && linux

package session_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"egnyte-accounts/gui/e2e/session"
)

const soon = 10 * time.Second

func start(t *testing.T, options session.Options) *session.Session {
	t.Helper()
	s, err := session.Start(context.Background(), options) // the test's own context ends before its cleanup
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.KeyringDied(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func build(t *testing.T, pkg string, cgo string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "program")
	cmd := exec.Command("go", "build", "-trimpath", "-o", program, pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return program
}

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWindowIsPaintedAndClosedByItsButton(t *testing.T) {
	s := start(t, session.Options{})
	hello := must[*session.Program](t)(s.Start(session.Spec{Path: build(t, "egnyte-accounts/gui/e2e/bench/hello", "1")}))
	window := must[session.Window](t)(s.Display.WaitWindow(t.Context(), "Hello", soon))
	shot := filepath.Join(s.Dir, "hello.png")
	check(t, s.Display.Screenshot(shot))
	if picture := must[[]byte](t)(os.ReadFile(shot)); !bytes.HasPrefix(picture, []byte("\x89PNG")) {
		t.Error("the screenshot is no PNG")
	}
	check(t, s.Display.Key(t.Context(), "Tab"))
	check(t, s.Display.CloseWindow(window))
	if code := must[int](t)(hello.Wait(t.Context(), soon)); code != 0 {
		t.Errorf("exit code %d: %s", code, hello.Stderr())
	}
}

func TestTrayIconComesBackToALateHostAndItsMenuWorks(t *testing.T) {
	s := start(t, session.Options{NoTrayHost: true})
	icon := must[*session.Program](t)(s.Start(session.Spec{Path: build(t, "./testdata/trayicon", "0")}))
	check(t, s.TrayHost.Own())
	check(t, s.TrayHost.WaitIcon(t.Context(), soon))
	check(t, s.TrayHost.Drop())
	check(t, s.TrayHost.Own())
	check(t, s.TrayHost.WaitIcon(t.Context(), soon))
	check(t, s.TrayHost.Click(t.Context(), "More", "Quit"))
	if code := must[int](t)(icon.Wait(t.Context(), soon)); code != 0 {
		t.Errorf("exit code %d: %s", code, icon.Stderr())
	}
}

func TestLinksOpenInABrowserThatCanBeDriven(t *testing.T) {
	s := start(t, session.Options{})
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<form action="/said"><input id="name" name="name"><button id="go">Go</button></form>%s`, r.FormValue("name"))
	}))
	t.Cleanup(site.Close)
	for _, name := range []string{"first", "second"} { // the second tab goes to the browser that runs
		must[*session.Program](t)(s.Start(session.Spec{Path: "xdg-open", Args: []string{site.URL + "/" + name}}))
		page := must[*session.Page](t)(s.Browser.NextPage(t.Context(), soon, site.URL))
		check(t, page.Fill("#name", "Jane "+name))
		check(t, page.Click("#go"))
		check(t, page.WaitText(t.Context(), "Jane "+name))
		page.Close()
	}
	if n := len(s.Browser.Opened()); n != 2 {
		t.Errorf("%d links were opened", n)
	}
}

func TestKeyringKeepsItemsUntilItIsLocked(t *testing.T) {
	s := start(t, session.Options{})
	store := exec.Command("secret-tool", "store", "--label=x", "service", "egnyte-accounts", "username", "jane")
	store.Env, store.Stdin = s.Env(), bytes.NewBufferString("hidden word")
	check(t, store.Run())
	items := must[[]session.Item](t)(s.Secrets("egnyte-accounts"))
	if len(items) != 1 || items[0].User != "jane" || items[0].Text != "hidden word" {
		t.Errorf("items: %+v", items)
	}
	check(t, s.LockKeyring())
	if items, err := s.Secrets("egnyte-accounts"); err == nil {
		t.Errorf("a locked keyring gave %+v", items)
	}
}

// Given a keyring daemon that dies by itself, then the session says so, and a
// fresh one is empty and open.
func TestADeadKeyringIsSaidAndReplaced(t *testing.T) {
	s := start(t, session.Options{NoDisplay: true})
	store := func() {
		t.Helper()
		store := exec.Command("secret-tool", "store", "--label=x", "service", "egnyte-accounts", "username", "jane")
		store.Env, store.Stdin = s.Env(), bytes.NewBufferString("hidden word")
		check(t, store.Run())
	}
	store()
	check(t, s.KeyringDied())
	for _, p := range s.Processes() {
		if strings.HasPrefix(p.Args, "gnome-keyring-daemon") {
			check(t, syscall.Kill(p.Pid, syscall.SIGABRT))
		}
	}
	check(t, session.Eventually(t.Context(), soon, func() error {
		if s.KeyringDied() == nil {
			return errors.New("its death was not noticed")
		}
		return nil
	}))
	for range 2 { // in place of a dead one, and of one that lives
		check(t, s.FreshKeyring(t.Context()))
		check(t, s.KeyringDied())
		if items := must[[]session.Item](t)(s.Secrets("egnyte-accounts")); len(items) > 0 {
			t.Errorf("items: %+v", items)
		}
		store()
	}
}

func TestWithoutKeyringThereIsNoSecretService(t *testing.T) {
	s := start(t, session.Options{NoKeyring: true, NoDisplay: true})
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	for _, entry := range s.Env() {
		if len(entry) > 25 && entry[:25] == "DBUS_SESSION_BUS_ADDRESS=" {
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", entry[25:])
		}
	}
	conn := must[*dbus.Conn](t)(dbus.ConnectSessionBus())
	defer conn.Close()
	var has bool
	check(t, conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, "org.freedesktop.secrets").Store(&has))
	if has {
		t.Error("somebody owns org.freedesktop.secrets")
	}
}

func TestSecretsAreFoundInOutputFilesAndArguments(t *testing.T) {
	s := start(t, session.Options{NoDisplay: true})
	check(t, s.GrepSecrets("hidden word", "loud"))
	sleeper := must[*session.Program](t)(s.Start(session.Spec{Path: "sh", Args: []string{"-c", "echo hidden word; sleep 60; :", "loud"}}))
	check(t, session.Eventually(t.Context(), soon, func() error {
		if sleeper.Stdout() == "" {
			return fmt.Errorf("nothing said")
		}
		return nil
	}))
	check(t, session.Eventually(t.Context(), soon, func() error {
		if s.GrepSecrets("loud") == nil {
			return fmt.Errorf("the argument was not seen")
		}
		return nil
	}))
	if s.GrepSecrets("hidden word") == nil {
		t.Error("the output was not searched")
	}
	if s.GrepSecrets("hidden+word") != nil {
		t.Error("found what is not there")
	}
}

func TestAFileTooLargeToBeSearchedIsTold(t *testing.T) {
	s := start(t, session.Options{NoDisplay: true})
	hole := filepath.Join(s.Dir, "hole")
	check(t, errors.Join(os.WriteFile(hole, nil, 0o600), os.Truncate(hole, 1<<40)))
	if err := s.GrepSecrets("hidden word"); err == nil || !strings.Contains(err.Error(), "/hole") {
		t.Errorf("got %v", err)
	}
	check(t, os.Remove(hole))
}

func TestNothingOutlivesASession(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s, err := session.Start(ctx, session.Options{})
	check(t, err)
	must[*session.Program](t)(s.Start(session.Spec{Path: "sh", Args: []string{"-c", "setsid sleep 61 & exec sleep 62"}}))
	check(t, s.Browser.Open("http://127.0.0.1:9/"))
	check(t, session.Eventually(ctx, soon, func() error {
		if len(s.Processes()) < 8 {
			return fmt.Errorf("only %v", s.Processes())
		}
		return nil
	}))
	cancel()
	check(t, s.Close())
	if left := s.Processes(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
