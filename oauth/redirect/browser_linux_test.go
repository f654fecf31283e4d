package redirect

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/oauth/testbus"
)

const link = "http://egnyte.localhost:1/services/oauth/code?client_id=key&state=" + testState

// fakeOpener is an xdg-open of the test's own, the only program there is.
func fakeOpener(t *testing.T, script string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if script != "" {
		if err := testbus.WriteProgram(filepath.Join(dir, "xdg-open"), []byte("#!/bin/sh\ncd "+dir+"\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	t.Setenv("DISPLAY", ":0")
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("BROWSER", "")
	return dir
}

func open(t *testing.T) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := SystemBrowser{}.Open(ctx, link)
	if ctx.Err() != nil {
		t.Fatal("Open waited on though its opener had ended")
	}
	return err
}

func TestTheBrowserGetsTheLinkAsItIs(t *testing.T) {
	dir := fakeOpener(t, `printf '%s|' "$#" "$1" > got`)
	if err := open(t); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "got")); string(got) != "1|"+link+"|" {
		t.Errorf("the opener was given %q", got)
	}
}

// The test runs itself as a program of its own, to see all that it prints.
func TestNothingOfTheBrowsersOutputReachesOurs(t *testing.T) {
	if os.Getenv("REDIRECT_TEST_OPENS") != "" {
		if err := open(t); err != nil {
			t.Fatal(err)
		}
		return
	}
	dir := fakeOpener(t, "echo noise; echo noise >&2; echo done > done")
	program := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	program.Env = append(os.Environ(), "REDIRECT_TEST_OPENS=1")
	output, err := program.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	if _, err := os.Stat(filepath.Join(dir, "done")); err != nil {
		t.Errorf("the opener did not run: %v", err)
	}
	if strings.Contains(string(output), "noise") {
		t.Errorf("the browser's output came through: %s", output)
	}
}

// An opener that has ended is not waited for any longer, though the browser
// that it started still holds its output.
func TestABrowserInTheBackgroundIsNotWaitedFor(t *testing.T) {
	dir := fakeOpener(t, "read line < leash &")
	leash(t, dir)
	if err := open(t); err != nil {
		t.Fatal(err)
	}
}

func TestABrowserInTheForegroundIsLeftRunningWhenTheWaitEnds(t *testing.T) {
	dir := fakeOpener(t, "echo up > started; read line < leash; echo \"$line\" > ended")
	let := leash(t, dir)
	started := fifo(t, dir, "started")
	ended := fifo(t, dir, "ended")

	ctx, cancel := context.WithCancel(t.Context())
	returned := make(chan error, 1)
	go func() { returned <- SystemBrowser{}.Open(ctx, link) }()
	_ = started.SetReadDeadline(time.Now().Add(patience))
	if _, err := started.Read(make([]byte, 8)); err != nil {
		t.Fatalf("the browser was not started: %v", err)
	}
	select {
	case err := <-returned:
		t.Fatalf("Open returned while its opener ran: %v", err)
	default:
	}
	cancel()
	if err := <-returned; err != nil {
		t.Errorf("the end of the wait is no failure of the browser's: %v", err)
	}
	// It lives: it still answers to its leash.
	if _, err := let.WriteString("go\n"); err != nil {
		t.Fatal(err)
	}
	_ = ended.SetReadDeadline(time.Now().Add(patience))
	if _, err := ended.Read(make([]byte, 8)); err != nil {
		t.Errorf("the browser was ended with the wait: %v", err)
	}
}

// leash is what a fake browser waits for; letting go of it ends the browser.
func leash(t *testing.T, dir string) *os.File { return fifo(t, dir, "leash") }

func fifo(t *testing.T, dir, name string) *os.File {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = file.WriteString("end\n")
		_ = file.Close()
	})
	return file
}

func TestWithoutABrowserTheErrorSaysSo(t *testing.T) {
	for name, given := range map[string]struct {
		script string
		cause  func(error) bool
	}{
		"no opener at all": {"", func(err error) bool { return errors.Is(err, exec.ErrNotFound) }},
		"an opener that fails": {"echo noise >&2; exit 3", func(err error) bool {
			var exit *exec.ExitError
			return errors.As(err, &exit) && exit.ExitCode() == 3
		}},
	} {
		t.Run(name, func(t *testing.T) {
			fakeOpener(t, given.script)
			err := open(t)
			var none *NoBrowserError
			if !errors.As(err, &none) || !given.cause(err) {
				t.Errorf("got %v", err)
			}
			if strings.Contains(err.Error(), testState) {
				t.Errorf("the error repeats the link: %v", err)
			}
		})
	}
}

// Without a display xdg-open would run w3m or lynx in the person's terminal.
func TestWithoutADisplayNothingIsStarted(t *testing.T) {
	dir := fakeOpener(t, "echo > ran")
	t.Setenv("DISPLAY", "")
	var none *NoBrowserError
	if err := open(t); !errors.As(err, &none) {
		t.Errorf("got %v, want a NoBrowserError", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "ran")); err == nil {
		t.Error("the opener was run")
	}
	t.Setenv("BROWSER", "my-browser")
	if err := open(t); err != nil {
		t.Errorf("a browser that the person named was not tried: %v", err)
	}
}

func TestOnlyWebAddressesReachTheBrowser(t *testing.T) {
	dir := fakeOpener(t, "echo > ran")
	for _, address := range []string{
		"", "-h", "--help", "file:///etc/passwd", "javascript:alert(1)", "//acme.egnyte.com", "acme.egnyte.com",
		"http:", "https:acme", "http:///x", " https://acme.egnyte.com", "-https://acme.egnyte.com", "https://acme.egnyte.com/\n",
	} {
		err := SystemBrowser{}.Open(t.Context(), address)
		if err == nil {
			t.Errorf("%q was accepted", address)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "ran")); err == nil {
		t.Error("the opener was run")
	}
}

// Given several browsers, then the user's default one opens a private window, else the
// first one that is found; without any the error says so.
func TestAPrivateWindowIsOpenedInTheUsersBrowser(t *testing.T) {
	dir := fakeOpener(t, "")
	opened := fifo(t, dir, "opened")
	program := func(name, script string) {
		t.Helper()
		if err := testbus.WriteProgram(filepath.Join(dir, name), []byte("#!/bin/sh\ncd "+dir+"\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	opens := func(want string) {
		t.Helper()
		if err := (PrivateBrowser{}).Open(t.Context(), link); err != nil {
			t.Fatal(err)
		}
		_ = opened.SetReadDeadline(time.Now().Add(patience))
		line, err := bufio.NewReader(opened).ReadString('\n')
		if err != nil || line != want+" "+link+"\n" {
			t.Errorf("opened %q, %v", line, err)
		}
	}
	var none *NoBrowserError
	if err := (PrivateBrowser{}).Open(t.Context(), link); !errors.As(err, &none) || strings.Contains(err.Error(), testState) {
		t.Errorf("got %v, want a NoBrowserError", err)
	}
	program("firefox-esr", `echo "firefox $*" >opened`)
	opens("firefox --private-window")
	program("chromium", `echo "chromium $*" >opened`)
	opens("chromium --incognito")
	program("xdg-settings", `echo firefox-esr.desktop`)
	opens("firefox --private-window")
}
