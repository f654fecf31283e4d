//go:build e2e && linux

package e2e

import (
	"errors"
	"net"
	"testing"

	"egnyte-accounts/gui/e2e/session"
)

// Given a window that waits for the browser, and a tray, when the display goes
// away, then the window ends with a sentence and frees its port, and the tray goes
// on.
func TestALostDisplayEndsTheWindowInWords(t *testing.T) {
	s := onDesktopWithout(t, session.Options{})
	before := len(s.Browser.Opened())
	tray := s.withTray()
	app := s.run("egnyte-accounts", "--window", "signin")
	s.window("Sign in")
	s.press("Return")
	s.window("Finish in your browser")
	address := s.receiverOfNewest(before)
	s.check(s.Lose(t.Context(), "Xvfb"))
	s.ends(app, 1)
	s.says(app, "the display went away", "accounts stay as they are")
	if conn, err := net.Dial("tcp", address); err == nil {
		_ = conn.Close()
		t.Error("the port is still open")
	}
	s.nothingStored()
	s.check(running(tray))
}

// Given a user whose inotify instances are used up, then tray and window still
// follow the accounts, say in the log that they poll, and end well.
func TestWithoutInotifyTheAccountsAreStillFollowed(t *testing.T) {
	s := onDesktop(t)
	usedUp := func(args ...string) *session.Program { // in a namespace of its own, so that no other program suffers
		app, err := session.Find("egnyte-accounts")
		s.check(err)
		const begin = `echo 0 >/proc/sys/user/max_inotify_instances && exec "$0" "$@"`
		p, err := s.Start(session.Spec{Path: "unshare", Env: s.env,
			Args: append([]string{"--user", "--map-current-user", "--keep-caps", "sh", "-c", begin, app}, args...)})
		s.check(err)
		s.programs = append(s.programs, p)
		return p
	}
	tray := usedUp("--tray")
	s.check(s.TrayHost.WaitIcon(t.Context(), soon))
	window := usedUp("--window", "accounts")
	s.window("No account yet")
	s.signedIn("jsmith")
	s.menuSays(soon, "● Jane Smith — acme")
	s.window("Accounts")
	s.press("Escape")
	s.ends(window, 0)
	s.says(window, "every 2 s")
	s.says(tray, "every 2 s")
	s.check(running(tray))
}

func running(p *session.Program) error {
	select {
	case <-p.Done():
		return errors.New("it ended: " + p.Stderr())
	default:
		return nil
	}
}

// The tray ends with its session, with exit code 0 and no panic.
func TestALostSessionEndsTheTray(t *testing.T) {
	s := onDesktopWithout(t, session.Options{NoDisplay: true})
	tray := s.withTray()
	s.check(s.Lose(t.Context(), "dbus-daemon"))
	s.ends(tray, 0)
	s.says(tray)
}
