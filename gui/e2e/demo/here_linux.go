package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/godbus/dbus/v5"

	"egnyte-accounts/gui/e2e/session"
)

// roles are what the demo starts, the window last. As by a double-click, the
// window starts the tray.
var roles = [][]string{nil}

// ownSettings: the demo does not see the user's settings folder.
const ownSettings = true

func show(ctx context.Context, o options) error {
	if os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "" {
		return onThisDesktop(ctx)
	}
	return onVirtualDesktop(ctx, o)
}

func (g *guest) config() string { return filepath.Join(g.dir, "config") }
func (g *guest) run() string    { return filepath.Join(g.dir, "run") }

// mark is in the environment of all processes of the app, except the browser.
func (g *guest) mark() string { return "XDG_RUNTIME_DIR=" + g.run() }

// surroundings makes the guest's folders and environment. Where the display is
// bare, without a session bus, it brings one up, with a keyring of its own.
func (g *guest) surroundings(ctx context.Context) ([]string, error) {
	for _, dir := range []string{g.config(), g.run()} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return nil, err
		}
	}
	path, err := g.opener()
	if err != nil {
		return nil, err
	}
	theirs := os.Getenv("XDG_RUNTIME_DIR")
	env := append(os.Environ(), g.mark(), "XDG_CONFIG_HOME="+g.config(), "XDG_STATE_HOME="+filepath.Join(g.dir, "state"), "PATH="+path)
	if wayland := os.Getenv("WAYLAND_DISPLAY"); wayland != "" && !filepath.IsAbs(wayland) {
		env = append(env, "WAYLAND_DISPLAY="+filepath.Join(theirs, wayland))
	}
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return env, nil
	}
	socket := filepath.Join(theirs, "bus")
	_, err = os.Stat(socket)
	bare := theirs == "" || err != nil
	if bare {
		socket = filepath.Join(g.run(), "bus")
		env = append(env, "XDG_DATA_HOME="+filepath.Join(g.dir, "data")) // where the keyring's files go
	}
	address := "unix:path=" + dbus.EscapeBusAddressValue(socket)
	env = append(env, "DBUS_SESSION_BUS_ADDRESS="+address)
	if bare {
		bareDesktop(ctx, env, address)
	}
	return env, nil
}

// changed lists the variables that a browser gets back as the user has them.
var changed = []string{"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "PATH"}

// opener puts an xdg-open before the system's, which starts the user's own browser
// with their own settings; it goes on when the demo ends.
func (g *guest) opener() (path string, err error) {
	path = os.Getenv("PATH")
	real, err := exec.LookPath("xdg-open")
	if err != nil {
		return path, nil
	}
	script := "#!/bin/sh\n"
	for _, name := range changed {
		line := "unset " + name
		if value, there := os.LookupEnv(name); there {
			line = "export " + name + "='" + strings.ReplaceAll(value, "'", `'\''`) + "'"
		}
		script += line + "\n"
	}
	script += "exec '" + strings.ReplaceAll(real, "'", `'\''`) + "' \"$@\"\n"
	dir := filepath.Join(g.dir, "bin")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	return dir + string(filepath.ListSeparator) + path, os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(script), 0o700)
}

// bareDesktop starts a session bus and a keyring, as far as they are installed;
// what is missing shows in lacks.
func bareDesktop(ctx context.Context, env []string, address string) {
	for _, part := range [][]string{
		{"dbus-daemon", "--session", "--nofork", "--nopidfile", "--address=" + address},
		{"gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"},
	} {
		cmd := exec.Command(part[0], part[1:]...)
		cmd.Env, cmd.Stdin = env, strings.NewReader("\n") // an empty password for the keyring
		detach(cmd)
		if cmd.Start() != nil {
			return
		}
		go func() { _ = cmd.Wait() }()
		if session.Eventually(ctx, 5*time.Second, func() error { return offers(address, part[0]) }) != nil {
			return
		}
	}
}

const secretService = "org.freedesktop.secrets"

// offers reports by nil that a part of a bare desktop is up.
func offers(address, part string) error {
	names, err := busNames(address, "ListNames")
	if err == nil && part != "dbus-daemon" && !slices.Contains(names, secretService) {
		err = errors.New("no keyring yet")
	}
	return err
}

func busNames(address, method string) (names []string, err error) {
	bus, err := dbus.Connect(address)
	if err != nil {
		return nil, err
	}
	defer bus.Close()
	err = bus.BusObject().Call("org.freedesktop.DBus."+method, 0).Store(&names)
	return names, err
}

// lacks says what the user has to install for the whole demo.
func (g *guest) lacks(ctx context.Context) (sentences []string) {
	var address string
	for _, entry := range g.env {
		if value, found := strings.CutPrefix(entry, "DBUS_SESSION_BUS_ADDRESS="); found {
			address = value
		}
	}
	there, err := busNames(address, "ListNames")
	could, _ := busNames(address, "ListActivatableNames")
	switch {
	case err != nil:
		sentences = append(sentences, "There is no session bus here: install dbus-daemon, or log in to a desktop. Without it there is no tray icon and no keyring.")
	case !slices.Contains(append(there, could...), secretService):
		sentences = append(sentences, "Nothing here keeps passwords: install gnome-keyring or KWallet. Without one no account can be kept.")
	}
	if !hasBrowser(ctx) {
		sentences = append(sentences, "No browser was found: install xdg-utils and one, such as Firefox or Chromium. Until then the window shows the link to copy.")
	}
	return sentences
}

// hasBrowser asks as xdg-open does: the desktop's choice, then what is there.
func hasBrowser(ctx context.Context) bool {
	if _, err := exec.LookPath("xdg-open"); err != nil {
		return false
	}
	if os.Getenv("BROWSER") != "" {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	chosen, err := exec.CommandContext(ctx, "xdg-mime", "query", "default", "x-scheme-handler/http").Output()
	if err == nil && strings.TrimSpace(string(chosen)) != "" {
		return true
	}
	return slices.ContainsFunc([]string{"x-www-browser", "firefox", "firefox-esr", "chromium", "chromium-browser", "google-chrome"}, func(name string) bool {
		_, err := exec.LookPath(name)
		return err == nil
	})
}

// endApp ends window and tray.
func (g *guest) endApp() error {
	return g.endMarked(func(p session.Process) bool {
		program, _, _ := strings.Cut(p.Args, " ")
		return filepath.Base(program) == "egnyte-accounts"
	})
}

// end ends what is left: bus and keyring of a bare desktop.
func (g *guest) end() error { return g.endMarked(func(session.Process) bool { return true }) }

func (g *guest) endMarked(which func(session.Process) bool) (err error) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		left := func() []session.Process {
			return slices.DeleteFunc(session.Marked(g.mark()), func(p session.Process) bool { return !which(p) })
		}
		for _, p := range left() {
			_ = syscall.Kill(p.Pid, signal)
		}
		err = session.Eventually(context.Background(), 5*time.Second, func() error {
			if left := left(); len(left) > 0 {
				return fmt.Errorf("left running: %v", left)
			}
			return nil
		})
		if err == nil {
			return nil
		}
	}
	return err
}
