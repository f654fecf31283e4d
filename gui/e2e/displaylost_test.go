//go:build e2e && linux

package e2e

import (
	"errors"
	"net"
	"testing"

	"egnyte-accounts/gui/e2e/session"
)

// Given a window that is idle, or that waits for the browser, and a tray, when the
// display goes away, then the window ends in words and lets go of its port, and
// the tray, which has no window of its own, goes on.
func TestALostDisplayEndsTheWindowInWords(t *testing.T) {
	for _, name := range []string{"idle", "waiting"} {
		t.Run(name, func(t *testing.T) {
			s := onDesktopWithout(t, session.Options{})
			before := len(s.Browser.Opened())
			tray := s.withTray()
			app := s.run("egnyte-accounts", "--window", "signin")
			s.window("Sign in")
			address := ""
			if name == "waiting" {
				s.press("Return")
				s.window("Finish in your browser")
				address = s.receiverOfNewest(before)
			}
			s.check(s.Lose(t.Context(), "Xvfb"))
			s.ends(app, 1)
			s.says(app, "the display went away", "accounts stay as they are")
			if address != "" {
				conn, err := net.Dial("tcp", address)
				if err == nil {
					_ = conn.Close()
					t.Error("somebody still listens")
				}
			}
			s.nothingStored()
			s.check(running(tray))
		})
	}
}

func running(p *session.Program) error {
	select {
	case <-p.Done():
		return errors.New("it ended: " + p.Stderr())
	default:
		return nil
	}
}

// A tray ends with the session that it is of, well and without a word of panic,
// also while it is still beginning.
func TestALostSessionEndsTheTray(t *testing.T) {
	for range 5 {
		s := onDesktopWithout(t, session.Options{NoDisplay: true})
		tray := s.withTray()
		s.check(s.Lose(t.Context(), "dbus-daemon"))
		s.ends(tray, 0)
		s.says(tray)
	}
}
