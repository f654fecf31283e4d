//go:build linux

// Pictures makes the README's pictures from the real app: every window, the
// tray in a panel, and the pages in the browser, at twice the usual size.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

const (
	soon    = 30 * time.Second
	moment  = 800 * time.Millisecond // in which a view is drawn
	reading = 3 * time.Second        // in which a window that was just started has read its accounts
	largest = 200_000                // bytes of one picture
	border  = "#B9C6C9"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	err := take(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

// studio is the desktop that the pictures are taken on.
type studio struct {
	*session.Session
	ctx    context.Context
	egnyte *practice.Server
	raw    string // where they are before they are reduced
	made   []string
}

// look is the app at twice its size, light.
var look = []string{"FYNE_SCALE=2", "FYNE_THEME=light", "GTK_THEME=Adwaita", "GDK_SCALE=2"}

// take makes all pictures, and puts them in place of the old ones at the end,
// so that none is left of an earlier app.
func take(ctx context.Context) (err error) {
	root, err := session.ProjectRoot()
	if err != nil {
		return err
	}
	s := &studio{ctx: ctx}
	if s.egnyte, err = practice.New(practice.Options{Key: practice.Key{ID: "your-api-key", Secret: rand.Text()}}); err != nil {
		return err
	}
	defer s.egnyte.Close()
	s.Session, err = session.Start(ctx, session.Options{
		Unwatched: true, Screen: "1800x1300",
		BrowserFlags: []string{"--window-size=720,560", "--force-device-scale-factor=2", "--hide-scrollbars"},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if s.raw, err = os.MkdirTemp("", "pictures"); err != nil {
		return err
	}
	defer os.RemoveAll(s.raw)
	for _, scene := range []struct {
		what string
		do   func() error
	}{
		{"the first start", s.firstStart},
		{"a key", s.configure},
		{"a sign-in", s.signIn},
		{"settings and diagnosis", s.others},
		{"accounts", s.accounts},
		{"the tray", s.tray},
	} {
		if err := scene.do(); err != nil {
			_ = s.Display.Screenshot(filepath.Join(root, "build", "pictures-failed.png"))
			return fmt.Errorf("%s: %w (build/pictures-failed.png)\n%s", scene.what, err, s.Outputs())
		}
	}
	if err := s.shown(filepath.Join(root, "README.md")); err != nil {
		return err
	}
	return s.replace(filepath.Join(root, "assets", "pictures"))
}

var reference = regexp.MustCompile(`assets/pictures/([a-z-]+)\.png`)

// shown: README shows each picture, and none that is not made.
func (s *studio) shown(readme string) error {
	text, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	var named []string
	for _, match := range reference.FindAllStringSubmatch(string(text), -1) {
		named = append(named, match[1])
	}
	made := slices.Sorted(slices.Values(s.made))
	slices.Sort(named)
	if !slices.Equal(made, slices.Compact(named)) {
		return fmt.Errorf("made %q, README shows %q", made, named)
	}
	return nil
}

// configure saves the practice Egnyte's key, as a user does in the settings.
func (s *studio) configure() error {
	for _, setting := range [][]string{
		{"service", s.egnyte.URL()}, {"client_id", s.egnyte.Key().ID}, {"client_secret", "--secret-stdin"},
	} {
		if err := s.terminal(0, append([]string{"config", "set"}, setting...)...); err != nil {
			return err
		}
	}
	return nil
}

// terminal runs egnyte-auth to its end. It may read the key's secret.
func (s *studio) terminal(want int, args ...string) error {
	path, err := session.Find("egnyte-auth")
	if err != nil {
		return err
	}
	program, err := s.Start(session.Spec{Path: path, Args: args, Stdin: strings.NewReader(s.egnyte.Key().Secret + "\n")})
	if err != nil {
		return err
	}
	code, err := program.Wait(s.ctx, soon)
	if err == nil && code != want {
		err = fmt.Errorf("egnyte-auth %s ended with %d", strings.Join(args, " "), code)
	}
	return err
}

// app starts the app.
func (s *studio) app(args ...string) (*session.Program, error) {
	path, err := session.Find("egnyte-accounts")
	if err != nil {
		return nil, err
	}
	return s.Start(session.Spec{Path: path, Args: args, Env: look})
}

// view waits for the window to show a view, and pictures it.
func (s *studio) view(title, name string) error { return s.viewOnce(title, name, moment) }

// viewOnce waits until it has not changed for as long as settled.
func (s *studio) viewOnce(title, name string, settled time.Duration) error {
	w, err := s.Display.WaitWindow(s.ctx, title+" — ", soon)
	if err != nil {
		return err
	}
	return s.stillOnce(w, name, settled)
}

// still pictures a window once it shows something else than the last time and
// has stopped changing. Without a name the picture is only what the next has to
// differ from.
func (s *studio) still(w session.Window, name string) error { return s.stillOnce(w, name, moment) }

func (s *studio) stillOnce(w session.Window, name string, settled time.Duration) error {
	if name != "" {
		s.made = append(s.made, name)
	}
	return s.Display.Still(s.ctx, w, filepath.Join(s.raw, name+".png"), settled, 2*settled+5*time.Second)
}

// page pictures what the browser shows.
func (s *studio) page(page *session.Page, name string) error {
	s.made = append(s.made, name)
	return page.Screenshot(filepath.Join(s.raw, name+".png"))
}

// replace reduces the pictures to as many colours as they need, frames them,
// and puts them where README looks for them.
func (s *studio) replace(place string) error {
	if err := os.RemoveAll(place); err != nil {
		return err
	}
	if err := os.MkdirAll(place, 0o755); err != nil {
		return err
	}
	for _, name := range s.made {
		path := filepath.Join(place, name+".png")
		said, err := exec.CommandContext(s.ctx, "convert", filepath.Join(s.raw, name+".png"), "-bordercolor", border, "-border", "2",
			"-dither", "None", "-colors", "128", "-strip", "-define", "png:exclude-chunk=date,time", "-define", "png:compression-level=9",
			"PNG8:"+path).CombinedOutput()
		if err != nil {
			return fmt.Errorf("convert: %w: %s", err, said)
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if info.Size() >= largest {
			return fmt.Errorf("%s has %d bytes, not under %d", path, info.Size(), largest)
		}
		fmt.Printf("%4d kB  %s\n", info.Size()/1000, path)
	}
	return nil
}
