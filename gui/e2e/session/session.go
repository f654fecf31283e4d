//go:build linux

// Package session is a desktop for programs to be tried on, on a machine that
// has none: a display with a window manager, a session bus, a keyring, a tray
// host, a notification server and a browser, in a home of its own.
//
// It needs Xvfb, openbox (sway for Wayland), dbus-daemon, gnome-keyring-daemon, xdg-open, xdotool
// and Chromium. Nothing of it outlives Close.
package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// Options says what the desktop has. The zero value is a desktop with everything.
type Options struct {
	Dir string // where every file goes, outputs and screenshots too; "": a temporary directory that Close removes

	NoKeyring     bool  // no Secret Service on the bus
	Store         Store // another Secret Service than gnome-keyring with its login keyring
	ConfirmAccess bool  // KeePassXC asks before it hands out an item
	NoTrayHost    bool  // org.kde.StatusNotifierWatcher has no owner until TrayHost.Own
	NoGLX         bool  // a display that can't do OpenGL
	NoDisplay     bool  // no X server and no window manager
	Wayland       bool  // sway, nested in the X display, which programs don't see
	Unwatched     bool  // does not record process arguments, for measurements

	Screen string // WIDTHxHEIGHT of the display; "": 1280x800
	Scale  int    // of a Wayland display; 0: 1

	BrowserFlags []string // more of Chromium's own; none may hold a quote
}

// Session is one running desktop.
type Session struct {
	Dir           string
	Display       *Display // nil with NoDisplay
	TrayHost      *TrayHost
	Notifications *Notifications
	Browser       *Browser

	options Options
	run     string // short paths, for sockets
	busAddr string
	cancel  context.CancelFunc
	watch   *argumentWatch

	mu       sync.Mutex
	programs []*Program
	desktop  []*Program // what the desktop itself is made of, in starting order
	parts    map[string]*Program
	counts   map[string]int
	unlogged map[string]bool
	closing  sync.Once
	closed   error
}

// Start builds the desktop. When ctx ends, all of it is ended as Close does.
func Start(ctx context.Context, options Options) (*Session, error) {
	s := &Session{options: options, counts: map[string]int{}, parts: map[string]*Program{}, unlogged: map[string]bool{}}
	ctx, s.cancel = context.WithCancel(ctx)
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"make its home", s.makeHome},
		{"register the browser", s.registerBrowser},
		{"start the display", s.startDisplay},
		{"start the session bus", s.startBus},
		{"start the window manager", s.startWindowManager},
		{"start the keyring", s.startKeyring},
		{"own the desktop's names", s.ownNames},
	} {
		if err := step.do(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", step.what, err), s.Close())
		}
	}
	context.AfterFunc(ctx, func() { _ = s.Close() })
	return s, nil
}

func (s *Session) makeHome(ctx context.Context) error {
	var err error
	if s.run, err = os.MkdirTemp("", "desk"); err != nil {
		return err
	}
	if s.Dir = s.options.Dir; s.Dir == "" {
		s.Dir = filepath.Join(s.run, "files")
	}
	if s.Dir, err = filepath.Abs(s.Dir); err != nil {
		return err
	}
	for _, dir := range []string{s.home(), s.ConfigHome(), s.dataHome(), s.cacheHome(), s.runtimeDir(), s.tmp(), s.logs()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	if !s.options.Unwatched {
		s.watch = watchArguments(ctx, s)
	}
	return nil
}

func (s *Session) home() string       { return filepath.Join(s.Dir, "home") }
func (s *Session) dataHome() string   { return filepath.Join(s.home(), ".local", "share") }
func (s *Session) cacheHome() string  { return filepath.Join(s.home(), ".cache") }
func (s *Session) runtimeDir() string { return filepath.Join(s.run, "runtime") }
func (s *Session) tmp() string        { return filepath.Join(s.run, "tmp") }
func (s *Session) logs() string       { return filepath.Join(s.Dir, "output") }

// ConfigHome is the session's XDG_CONFIG_HOME.
func (s *Session) ConfigHome() string { return filepath.Join(s.home(), ".config") }

// Env is the environment of every program on this desktop. It takes nothing
// from the surrounding one but PATH.
func (s *Session) Env() []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + s.home(),
		"XDG_CONFIG_HOME=" + s.ConfigHome(),
		"XDG_DATA_HOME=" + s.dataHome(),
		"XDG_CACHE_HOME=" + s.cacheHome(),
		s.marker(),
		"TMPDIR=" + s.tmp(),
		"LANG=en_US.UTF-8", // with LANG=C Fyne prints a locale error
	}
	if s.Display != nil && s.Display.sway != "" {
		env = append(env, "WAYLAND_DISPLAY="+s.Display.Name, "SWAYSOCK="+s.Display.sway)
	} else if s.Display != nil {
		env = append(env, "DISPLAY="+s.Display.Name)
	}
	if s.busAddr != "" {
		env = append(env, "DBUS_SESSION_BUS_ADDRESS="+s.busAddr, "DBUS_SYSTEM_BUS_ADDRESS="+s.busAddr)
	}
	return env
}

// marker is in the environment of every process of the session, by which
// those that detached themselves are found.
func (s *Session) marker() string { return "XDG_RUNTIME_DIR=" + s.runtimeDir() }
