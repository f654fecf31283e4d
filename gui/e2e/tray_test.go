//go:build e2e && linux

package e2e

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

func TestMenuFollowsTheIndexWithinASecond(t *testing.T) {
	s := onDesktop(t)
	s.withTray()
	s.signedIn("jsmith") // by another process
	s.menuSays(time.Second, "Jane Smith — acme")
	s.signedIn("adoe")
	s.menuSays(time.Second, "Ann Doe — globex")
	s.ends(s.auth("signout", "acme"), 0)
	s.check(session.Eventually(t.Context(), time.Second, func() error {
		menu, err := s.TrayHost.Menu()
		if err == nil && strings.Contains(menu.String(), "jsmith") {
			err = fmt.Errorf("still there:\n%s", menu)
		}
		return err
	}))
}

func TestReconnectFromTheTrayNeedsNoWindow(t *testing.T) {
	s := onDesktop(t)
	s.signedIn("jsmith")
	s.withTray()
	s.noteTokens()
	s.egnyte.ChangePassword("acme", "jsmith", "a-newer-word-of-jane")
	s.secret("a-newer-word-of-jane")
	seen := len(s.Notifications.All())
	s.check(s.TrayHost.Click(t.Context(), "Jane Smith", "Reconnect"))
	s.asPerson(s.person("jsmith"), "", practice.Allow)
	shown, err := s.Notifications.Wait(t.Context(), soon, seen, "Jane Smith")
	s.check(err)
	t.Logf("notification: %q %q", shown.Summary, shown.Body)
	s.keptAs("jsmith")
	windows, err := s.Display.Windows()
	s.check(err)
	if len(windows) != 0 {
		t.Errorf("windows: %+v", windows)
	}
}

func TestTheTrayOpensEachWindow(t *testing.T) {
	s := onDesktop(t)
	s.withTray()
	s.check(s.TrayHost.Click(t.Context(), "Add account"))
	s.window("Sign in")
	s.press("Escape")
	s.check(s.Display.WaitGone(t.Context(), "Sign in", soon))
	s.check(s.TrayHost.Click(t.Context(), "Settings…"))
	s.window("Settings")
	s.press("Escape")
	s.check(s.Display.WaitGone(t.Context(), "Settings — ", soon))
	s.check(s.TrayHost.Click(t.Context(), "Accounts"))
	s.window("No account yet")
}

// Given a window, and a practice service that it started, when the user quits in the
// tray, then nothing of the app goes on.
func TestQuitEndsAllOfTheApp(t *testing.T) {
	s := onDesktop(t)
	s.withTray()
	window := s.run("egnyte-accounts", "--window", "accounts")
	practice := s.run("egnyte-accounts", "--practice")
	s.window("No account yet")
	s.check(s.TrayHost.Click(t.Context(), "Quit"))
	s.ends(window, 0)
	s.ends(practice, 0)
}

// Given a desktop without a tray, when the window closes, then the tray that nobody can
// see ends too, unless it starts at login.
func TestATrayThatNobodySeesEndsWithTheWindow(t *testing.T) {
	s := onDesktopWithout(t, session.Options{NoTrayHost: true})
	for _, atLogin := range []bool{true, false} {
		s.ends(s.auth("config", "set", "start_at_login", fmt.Sprint(atLogin)), 0)
		tray := s.run("egnyte-accounts", "--tray")
		window := s.run("egnyte-accounts", "--window", "accounts")
		s.window("No account yet")
		s.press("Escape")
		s.ends(window, 0)
		if atLogin {
			s.check(running(tray))
			s.check(tray.Signal(syscall.SIGTERM))
		}
		s.ends(tray, 0)
	}
}

func TestSecondTrayLeavesOneIcon(t *testing.T) {
	s := onDesktop(t)
	s.withTray()
	s.ends(s.run("egnyte-accounts", "--tray"), 0)
	if n := s.TrayHost.Icons(); n != 1 {
		t.Errorf("%d icons", n)
	}
}
