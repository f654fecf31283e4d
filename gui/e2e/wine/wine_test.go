//go:build e2e && wine && linux

// Package wine tries the packaged Windows programs: installed by their own
// installer in wine, on a virtual desktop, signed in at a practice Egnyte with
// the credential store of that Windows, removed by their own uninstaller.
package wine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

const (
	soon  = 2 * time.Minute // wine starts slowly
	local = `AppData/Local/Programs/Accounts for Egnyte`
	start = `AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Accounts for Egnyte.lnk`
)

// TestTheJobOnWindows is one story in steps that need each other.
func TestTheJobOnWindows(t *testing.T) {
	w := newWindows(t)
	for _, step := range []struct {
		promise string
		do      func(*testing.T)
	}{
		{"the installer asks nothing and leaves programs, a menu entry and a way out", w.installs},
		{"egnyte-auth signs in and keeps the account in the credential store", w.signsIn},
		{"another process hands out a token that Egnyte takes", w.handsOutToken},
		{"the certificate for localhost is trusted, looked up again and removed", w.trustsCertificate},
		{"the window opens and shows the account", w.showsWindow},
		{"the uninstaller signs out at Egnyte and takes everything away, a certificate too", w.uninstalls},
	} {
		if !t.Run(step.promise, step.do) {
			t.Log(w.desktop.Outputs())
			return
		}
	}
}

type windows struct {
	desktop *session.Session
	egnyte  *practice.Server
	prefix  string
	home    string
	token   string
	roots   []string // keys of the certificates that the user trusted before
}

func newWindows(t *testing.T) *windows {
	t.Helper()
	desktop, err := session.Start(context.Background(), session.Options{NoKeyring: true, NoTrayHost: true, Unwatched: true}) // the end needs it, too
	if err != nil {
		t.Fatal(err)
	}
	w := &windows{desktop: desktop, egnyte: practice.Start(t), prefix: filepath.Join(t.TempDir(), "prefix")}
	t.Cleanup(func() {
		_, _ = w.run(t, nil, "wineserver", "-k")
		if err := errors.Join(w.ended(), desktop.Close()); err != nil {
			t.Error(err)
		}
	})
	w.wine(t, nil, "wineboot", "--init")
	stub := filepath.Join(w.prefix, "drive_c", "windows", "system32", "bcryptprimitives.dll")
	source, err := filepath.Abs("testdata/bcryptprimitives.c")
	if err != nil {
		t.Fatal(err)
	}
	w.must(t, nil, "x86_64-w64-mingw32-gcc", "-shared", "-O2", "-o", stub, source, "-ladvapi32")
	homes, err := filepath.Glob(filepath.Join(w.prefix, "drive_c", "users", "*", "AppData"))
	if err != nil || len(homes) != 1 {
		t.Fatalf("the prefix has the homes %q: %v", homes, err)
	}
	w.home = filepath.Dir(homes[0])
	return w
}

// ended waits for wine's own processes, which end after their server.
func (w *windows) ended() error {
	return session.Eventually(context.Background(), soon, func() error {
		if left := w.desktop.Left(); len(left) > 0 {
			return fmt.Errorf("left running: %v", left)
		}
		return nil
	})
}

// environment leaves out what wine offers to install for itself, and its UI
// Automation: wine 8 has that in part, and ends a program that uses the rest.
func (w *windows) environment(more []string) []string {
	return append([]string{
		"WINEPREFIX=" + w.prefix, "WINEARCH=win64", "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree,mshtml,uiautomationcore=",
		"EGNYTE_CLIENT_ID=" + w.egnyte.Key().ID, "EGNYTE_CLIENT_SECRET=" + w.egnyte.Key().Secret,
	}, more...)
}

// start starts a program of this machine in the environment of that Windows.
func (w *windows) start(t *testing.T, more []string, path string, args ...string) *session.Program {
	t.Helper()
	p, err := w.desktop.Start(session.Spec{Path: path, Args: args, Env: w.environment(more)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (w *windows) run(t *testing.T, more []string, path string, args ...string) (*session.Program, int) {
	t.Helper()
	p := w.start(t, more, path, args...)
	code, err := p.Wait(context.WithoutCancel(t.Context()), soon)
	if err != nil {
		t.Fatal(err)
	}
	return p, code
}

func (w *windows) must(t *testing.T, more []string, path string, args ...string) string {
	t.Helper()
	p, code := w.run(t, more, path, args...)
	if code != 0 {
		t.Fatalf("%s %q ended with %d: %s%s", filepath.Base(path), args, code, p.Stdout(), p.Stderr())
	}
	return p.Stdout()
}

func (w *windows) wine(t *testing.T, more []string, args ...string) string {
	t.Helper()
	return w.must(t, more, "wine", args...)
}

// terminal is the installed egnyte-auth.exe.
func (w *windows) terminal() string { return filepath.Join(w.home, local, "egnyte-auth.exe") }

func (w *windows) exists(t *testing.T, want bool, paths ...string) {
	t.Helper()
	for _, path := range paths {
		_, err := os.Stat(filepath.Join(w.home, path))
		if want && err != nil || !want && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: there %v, want %v", path, err == nil, want)
		}
	}
}

func (w *windows) installs(t *testing.T) {
	root, err := session.ProjectRoot()
	if err != nil {
		t.Fatal(err)
	}
	setups, err := filepath.Glob(filepath.Join(root, "build", "package", "dist", "*-setup.exe"))
	if err != nil || len(setups) != 1 {
		t.Fatalf("installers: %q (make package-windows)", setups)
	}
	w.wine(t, nil, setups[0], "/S")
	w.exists(t, true, local+"/egnyte-accounts.exe", local+"/egnyte-auth.exe", local+"/uninstall.exe", start)
	said := w.wine(t, nil, "reg", "query", `HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\egnyte-accounts`)
	for _, want := range []string{"DisplayVersion", "QuietUninstallString", `Programs\Accounts for Egnyte`} {
		if !strings.Contains(said, want) {
			t.Errorf("the list of programs lacks %s: %s", want, said)
		}
	}
	// As start at login leaves it.
	w.wine(t, nil, "reg", "add", `HKCU\Software\Microsoft\Windows\CurrentVersion\Run`, "/v", "Accounts for Egnyte", "/d", "x", "/f")
}

var link = regexp.MustCompile(`http://\S+/puboauth/authorize\S+`)

func (w *windows) signsIn(t *testing.T) {
	p := w.start(t, nil, "wine", w.terminal(), "signin", "acme", "--no-browser", "--service", w.egnyte.URL())
	var address string
	err := session.Eventually(t.Context(), soon, func() error {
		if address = link.FindString(p.Stdout() + p.Stderr()); address == "" {
			return errors.New("no link to open yet")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.egnyte.SignInAs(t.Context(), address, w.egnyte.People()[0], practice.Allow, ""); err != nil {
		t.Fatal(err)
	}
	if code, err := p.Wait(t.Context(), soon); err != nil || code != 0 {
		t.Fatalf("exit code %d, %v: %s", code, err, p.Stderr())
	}
	if said := w.wine(t, nil, w.terminal(), "list"); !strings.Contains(said, "jsmith@acme.") {
		t.Errorf("list says %q", said)
	}
	if index, err := os.ReadFile(filepath.Join(w.home, "AppData/Roaming/egnyte-accounts/accounts.json")); err != nil || !json.Valid(index) {
		t.Errorf("the index: %v", err)
	}
}

func (w *windows) whoAmI(t *testing.T) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.egnyte.DomainURL("acme")+"/pubapi/v1/userinfo", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+w.token)
	reply, err := w.egnyte.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	reply.Body.Close()
	return reply.StatusCode
}

func (w *windows) handsOutToken(t *testing.T) {
	w.token = strings.TrimSpace(w.wine(t, nil, w.terminal(), "token", "acme"))
	if got := w.whoAmI(t); got != http.StatusOK {
		t.Errorf("Egnyte answers the token with %d", got)
	}
}

// trusted lists the certificates of CurrentUser\Root.
func (w *windows) trusted(t *testing.T) []string {
	t.Helper()
	p, _ := w.run(t, nil, "wine", "reg", "query", `HKCU\Software\Microsoft\SystemCertificates\Root\Certificates`) // 1 where there are none
	return slices.DeleteFunc(strings.Fields(p.Stdout()), func(word string) bool { return !strings.HasPrefix(word, "HKEY_") })
}

func (w *windows) trustsCertificate(t *testing.T) {
	w.roots = w.trusted(t)
	w.trustsOne(t)
	if said := w.wine(t, nil, w.terminal(), "cert", "remove"); !strings.Contains(said, "nothing left") {
		t.Errorf("cert remove says %q", said)
	}
	if got := w.trusted(t); !slices.Equal(got, w.roots) {
		t.Errorf("after its removal %q are trusted, before it were %q", got, w.roots)
	}
	w.trustsOne(t) // for the uninstaller
}

func (w *windows) trustsOne(t *testing.T) {
	t.Helper()
	w.wine(t, nil, w.terminal(), "cert", "install", "--yes")
	if said := w.wine(t, nil, w.terminal(), "cert", "status"); !strings.Contains(said, "  trusted") {
		t.Errorf("cert status says %q", said)
	}
	if got := w.trusted(t); len(got) <= len(w.roots) {
		t.Errorf("%q are trusted, as before", got)
	}
}

func (w *windows) showsWindow(t *testing.T) {
	w.start(t, nil, "wine", filepath.Join(w.home, local, "egnyte-accounts.exe"), "--service", w.egnyte.URL())
	window, err := w.desktop.Display.WaitWindow(t.Context(), "Accounts", soon)
	root, rootErr := session.ProjectRoot()
	if rootErr != nil {
		t.Fatal(rootErr)
	}
	picture := filepath.Join(root, "build", "prove-windows", "window.png")
	err = errors.Join(err, session.Eventually(t.Context(), soon, func() error {
		if err := w.desktop.Display.Screenshot(picture); err != nil {
			return err
		}
		return showsRow(picture)
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("window %q, pictured in %s", window.Title, picture)
}

// showsRow looks for anything drawn where the first account's row is.
func showsRow(picture string) error {
	file, err := os.Open(picture)
	if err != nil {
		return err
	}
	defer file.Close()
	screen, err := png.Decode(file)
	if err != nil {
		return err
	}
	for y := 110; y < 240; y++ {
		for x := 40; x < 400; x++ {
			if screen.At(x, y) != screen.At(40, 110) {
				return nil
			}
		}
	}
	return errors.New("the window shows no account")
}

func (w *windows) uninstalls(t *testing.T) {
	w.wine(t, nil, filepath.Join(w.home, local, "uninstall.exe"), "/S", "/SIGNOUT")
	// It goes on in a copy of itself, since a running program can't be removed.
	err := session.Eventually(t.Context(), soon, func() error {
		if _, err := os.Stat(filepath.Join(w.home, local)); !errors.Is(err, fs.ErrNotExist) {
			return errors.New("the folder of the programs is still there")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	w.exists(t, false, local+"/egnyte-accounts.exe", local+"/egnyte-auth.exe", start)
	if got := w.whoAmI(t); got != http.StatusUnauthorized {
		t.Errorf("after signing out Egnyte answers the token with %d", got)
	}
	for _, key := range [][]string{
		{`HKCU\Software\Microsoft\Windows\CurrentVersion\Run`, "/v", "Accounts for Egnyte"},
		{`HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\egnyte-accounts`},
	} {
		if _, code := w.run(t, nil, "wine", append([]string{"reg", "query"}, key...)...); code == 0 {
			t.Errorf("the registry still has %q", key)
		}
	}
	if got := w.trusted(t); !slices.Equal(got, w.roots) {
		t.Errorf("%q are trusted, before the certificate were %q", got, w.roots)
	}
	if _, err := w.desktop.Display.Find("Accounts"); err == nil {
		t.Error("the window is still open")
	}
}
