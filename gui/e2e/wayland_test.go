//go:build e2e && desktops && linux

package e2e

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// This is what `make prove-desktops` runs on sway, where programs see no X display.
func onWayland(t *testing.T, scale int) *scene {
	t.Helper()
	return onDesktopWithout(t, session.Options{Wayland: true, Scale: scale})
}

// Given a first start on Wayland, when the user signs in with a browser that is a window
// there too, then window, tray and terminal know the account, and Settings opens.
func TestWaylandFromFirstStartToSettings(t *testing.T) {
	for _, scale := range []int{1, 2} {
		t.Run(fmt.Sprintf("scale%d", scale), func(t *testing.T) {
			s := onWayland(t, scale)
			app := s.run("egnyte-accounts")
			w := s.window("No account yet")
			if class, err := s.Display.Class(w); err != nil || class != "io.github.egnyte-accounts.desktop" {
				t.Errorf("app_id %q, %v", class, err)
			}
			s.still("first-start")
			s.check(s.TrayHost.WaitIcon(t.Context(), soon))
			s.press("Return") // Add account
			s.window("Sign in")
			s.still("sign-in")
			s.press("Return") // Continue in browser
			s.asPerson(s.person("jsmith"), "files.acme.example", practice.Allow)
			s.window("Signed in as Jane Smith")
			s.still("signed-in")
			s.keptAs("jsmith")
			s.menuSays(soon, "acme", "Reconnect")
			s.press("Return") // Done
			s.window("Accounts")
			s.still("accounts")
			s.printed(s.token("acme"), "jsmith")
			s.check(s.TrayHost.Click(t.Context(), "Settings…"))
			w = s.window("Settings")
			s.still("settings")
			s.check(s.Display.CloseWindow(w))
			s.ends(app, 0)
		})
	}
}

// still takes a picture once the screen shows something new and has stopped changing.
func (s *scene) still(name string) {
	s.Helper()
	path := filepath.Join(cmp.Or(os.Getenv("E2E_SCREENSHOTS"), s.TempDir()), strings.ReplaceAll(s.Name(), "/", "-")+"-"+name+".png")
	_ = s.Display.Still(s.Context(), s.Display.Screen(), path, 200*time.Millisecond, soon)
}

// Given a screen at scale 2, then the first view is as sharp as when the user comes back
// to it.
func TestWaylandTheFirstViewIsSharp(t *testing.T) {
	s := onWayland(t, 2)
	s.run("egnyte-accounts", "--window", "accounts")
	var shown [2]string
	for i := range shown {
		path := filepath.Join(t.TempDir(), "shown.png")
		w := s.window("No account yet")
		_ = s.Display.Still(t.Context(), w, path, 500*time.Millisecond, 3*time.Second)
		picture, err := os.ReadFile(path)
		s.check(err)
		shown[i] = string(picture)
		s.press("ctrl+comma")
		s.window("Settings")
		s.press("Escape")
	}
	if shown[0] != shown[1] {
		t.Error("the first view was drawn in another way")
	}
}

// Given a window behind another one, when the app is started again, then the first
// window comes to the front and shows what was asked for, and there is no second one.
func TestWaylandSecondStartRaisesTheFirst(t *testing.T) {
	s := onWayland(t, 1)
	s.run("egnyte-accounts", "--window", "accounts")
	s.window("No account yet")
	s.check(s.Browser.Open(s.egnyte.URL()))
	s.check(session.Eventually(t.Context(), soon, func() error {
		w, err := s.Display.Find("No account yet — ")
		if err == nil && s.Display.HasFocus(w) {
			err = fmt.Errorf("the browser is not in front")
		}
		return err
	}))
	s.ends(s.run("egnyte-accounts", "--window", "settings"), 0)
	s.check(session.Eventually(t.Context(), soon, func() error {
		w, err := s.Display.Find("Settings — ")
		if err == nil && !s.Display.HasFocus(w) {
			err = fmt.Errorf("the window stays behind")
		}
		return err
	}))
	windows, err := s.Display.Windows()
	s.check(err)
	if len(windows) != 2 {
		t.Errorf("windows: %+v", windows)
	}
}

// Given a window and a tray, when the compositor goes away, then the window ends with a
// sentence and exit code 1, and the tray goes on.
func TestWaylandALostCompositorEndsTheWindowInWords(t *testing.T) {
	s := onWayland(t, 1)
	tray := s.withTray()
	app := s.run("egnyte-accounts", "--window", "accounts")
	s.window("No account yet")
	s.check(s.Lose(t.Context(), "sway"))
	s.ends(app, 1)
	s.says(app, "the display went away", "accounts stay as they are")
	s.check(running(tray))
}
