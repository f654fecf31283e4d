//go:build e2e && linux

package e2e

import (
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
	select {
	case <-tray.Done():
		t.Errorf("the tray ended: %s", tray.Stderr())
	default:
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
