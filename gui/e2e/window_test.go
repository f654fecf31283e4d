//go:build e2e && linux

package e2e

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// window waits for the window to show a view.
func (s *scene) window(title string) session.Window {
	s.Helper()
	w, err := s.Display.WaitWindow(s.Context(), title+" — ", soon)
	s.check(err)
	return w
}

func (s *scene) press(keys ...string) {
	s.Helper()
	s.check(s.Display.Key(s.Context(), keys...))
}

// menuSays waits until the tray menu has a row.
func (s *scene) menuSays(within time.Duration, labels ...string) session.Row {
	s.Helper()
	row, err := s.TrayHost.WaitMenu(s.Context(), within, labels...)
	s.check(err)
	return row
}

// withTray starts the tray and waits for its icon.
func (s *scene) withTray() *session.Program {
	s.Helper()
	p := s.run("egnyte-accounts", "--tray")
	s.check(s.TrayHost.WaitIcon(s.Context(), soon))
	return p
}

func TestDoubleClickToAccountInTheTray(t *testing.T) {
	s := onDesktop(t)
	app := s.run("egnyte-accounts")
	s.window("No account yet")
	s.check(s.TrayHost.WaitIcon(t.Context(), soon))
	s.press("Return") // Add account
	s.window("Sign in")
	s.press("Return") // Continue in browser
	s.asPerson(s.person("jsmith"), "files.acme.example", practice.Allow)
	s.window("Signed in as Jane Smith")
	s.menuSays(2*time.Second, "Jane Smith", "Reconnect")
	s.press("Return") // Done
	w := s.window("Accounts")
	s.keptAs("jsmith")
	s.check(s.Display.CloseWindow(w))
	s.ends(app, 0)
	if s.TrayHost.Icons() != 1 {
		t.Error("the tray went with the window")
	}
	s.check(s.TrayHost.Click(t.Context(), "Quit"))
	s.check(session.Eventually(t.Context(), soon, func() error {
		if n := s.TrayHost.Icons(); n != 0 {
			return fmt.Errorf("%d icons after Quit", n)
		}
		return nil
	}))
}

// receiverOfNewest is where the app listens for the newest link that it opened.
func (s *scene) receiverOfNewest(before int) string {
	s.Helper()
	var address string
	s.check(session.Eventually(s.Context(), soon, func() error {
		opened := s.Browser.Opened()
		if len(opened) <= before {
			return fmt.Errorf("no link was opened")
		}
		u, err := url.Parse(opened[len(opened)-1])
		if err == nil {
			address = u.Host
		}
		return err
	}))
	return address
}

// fyne package writes the app's name into the entry as StartupWMClass. Without
// that class a desktop shows the window without its icon and entry.
func TestADesktopFindsTheWindowsEntryByItsClass(t *testing.T) {
	s := onDesktop(t)
	root, err := session.ProjectRoot()
	s.check(err)
	details, err := os.ReadFile(filepath.Join(root, "FyneApp.toml"))
	s.check(err)
	s.run("egnyte-accounts", "--window", "accounts")
	class, err := s.Display.Class(s.window("No account yet"))
	s.check(err)
	if !strings.Contains(string(details), fmt.Sprintf("Name = %q", class)) {
		t.Errorf("the window's class is %q, not the name in FyneApp.toml", class)
	}
}

func TestSecondWindowRaisesTheFirst(t *testing.T) {
	s := onDesktop(t)
	s.run("egnyte-accounts", "--window", "accounts")
	s.window("No account yet")
	s.ends(s.run("egnyte-accounts", "--window", "signin"), 0)
	s.window("Sign in")
	windows, err := s.Display.Windows()
	s.check(err)
	if len(windows) != 1 {
		t.Errorf("windows: %+v", windows)
	}
}

func TestSignOutByKeyboardLeavesNothingHereAndAtEgnyte(t *testing.T) {
	s := onDesktop(t)
	s.signedIn("jsmith")
	s.run("egnyte-accounts", "--window", "accounts")
	s.window("Accounts")
	s.press("Tab", "Return")                  // the account's menu
	s.press("Down", "Down", "Down", "Return") // below Open Egnyte, Reconnect and Details…
	s.window("Sign out Jane Smith?")
	s.press("Return")
	s.window("No account yet")
	s.nothingStored()
	if len(s.egnyte.Tokens("acme", "jsmith")) > 0 {
		t.Error("the token still works at Egnyte")
	}
}
