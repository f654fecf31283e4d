//go:build e2e && linux

package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

func TestMenuFollowsTheIndexWithinASecond(t *testing.T) {
	s := onDesktop(t)
	s.withTray()
	s.signedIn("jsmith") // by another process
	s.menuSays(time.Second, "jsmith — acme")
	s.signedIn("adoe")
	s.menuSays(time.Second, "adoe — globex")
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
	s.check(s.TrayHost.Click(t.Context(), "jsmith", "Reconnect"))
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

// Given accounts that were last checked long ago, one with a changed password,
// when the tray starts, then its menu says so without being asked.
func TestTrayNoticesAChangedPassword(t *testing.T) {
	s := onDesktop(t)
	s.signedIn("jsmith")
	s.signedIn("adoe")
	s.egnyte.ChangePassword("acme", "jsmith", "a-newer-word-of-jane")
	s.secret("a-newer-word-of-jane")
	index := filepath.Join(s.config, "egnyte-accounts", "accounts.json")
	text, err := os.ReadFile(index)
	s.check(err)
	longAgo := regexp.MustCompile(`"checked": ?"[^"]*"`).ReplaceAll(text, []byte(`"checked":"2020-01-01T00:00:00Z"`))
	s.check(os.WriteFile(index, longAgo, 0o600))
	s.withTray()
	s.menuSays(soon, "jsmith — acme: reconnect")
	s.menuSays(soon, "● adoe — globex")
}

func TestReconnectThatIsRefusedOpensAWindow(t *testing.T) {
	s := onDesktop(t)
	s.signedIn("jsmith")
	s.withTray()
	s.check(s.TrayHost.Click(t.Context(), "jsmith", "Reconnect"))
	s.asPerson(s.person("bkumar"), "", practice.Allow)
	s.check(session.Eventually(t.Context(), soon, func() error {
		windows, err := s.Display.Windows()
		if err == nil && len(windows) != 1 {
			err = fmt.Errorf("windows: %+v", windows)
		}
		return err
	}))
	s.keptAs("jsmith")
}

func TestSignOutFromTheTrayLeavesNothing(t *testing.T) {
	s := onDesktop(t)
	s.signedIn("jsmith")
	s.withTray()
	s.check(s.TrayHost.Click(t.Context(), "jsmith", "Sign out"))
	s.check(session.Eventually(t.Context(), soon, func() error {
		if len(s.items()) > 0 {
			return errors.New("the account is still there")
		}
		return nil
	}))
	s.nothingStored()
}

func TestAddAccountFromTheTray(t *testing.T) {
	s := onDesktop(t)
	s.withTray()
	s.check(s.TrayHost.Click(t.Context(), "Add account"))
	s.window("Sign in")
	s.press("Escape")
	s.check(s.Display.WaitGone(t.Context(), "Sign in", soon))
	s.check(s.TrayHost.Click(t.Context(), "Accounts"))
	s.window("No account yet")
}

func TestTrayHostThatComesLateOrRestartsGetsTheIcon(t *testing.T) {
	s := onDesktop(t)
	s.check(s.TrayHost.Drop())
	s.run("egnyte-accounts", "--tray")
	window := s.run("egnyte-accounts", "--window", "accounts") // what can still work does
	w := s.window("No account yet")
	s.check(s.Display.CloseWindow(w))
	s.ends(window, 0)
	for range 2 {
		s.check(s.TrayHost.Own())
		s.check(s.TrayHost.WaitIcon(t.Context(), soon))
		s.menuSays(soon, "Quit")
		s.check(s.TrayHost.Drop())
	}
	s.check(s.TrayHost.Own())
}

func TestSecondTrayLeavesOneIcon(t *testing.T) {
	s := onDesktop(t)
	s.withTray()
	s.ends(s.run("egnyte-accounts", "--tray"), 0)
	if n := s.TrayHost.Icons(); n != 1 {
		t.Errorf("%d icons", n)
	}
}
