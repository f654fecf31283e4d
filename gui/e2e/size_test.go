//go:build e2e && linux

package e2e

import (
	"errors"
	"fmt"
	"testing"

	"egnyte-accounts/gui/e2e/session"
)

// isOfSize waits until a window has it, in pixels.
func (s *scene) isOfSize(w session.Window, width, height int) {
	s.Helper()
	s.check(session.Eventually(s.Context(), soon, func() error { return s.ofSize(w, width, height) }))
}

// makeOfSize drags a window's edge until it has the size.
func (s *scene) makeOfSize(w session.Window, width, height int) {
	s.Helper()
	_, err := s.Display.WaitDrawn(s.Context(), w, nil)
	s.check(err)
	s.check(session.Eventually(s.Context(), soon, func() error {
		if s.ofSize(w, width, height) == nil {
			return nil
		}
		return errors.Join(s.Display.Resize(s.Context(), w, width, height), s.ofSize(w, width, height))
	}))
}

func (s *scene) ofSize(w session.Window, width, height int) error {
	x, y, err := s.Display.Size(w)
	if err == nil && (x != width || y != height) {
		err = fmt.Errorf("the window has %d x %d pixels, not %d x %d", x, y, width, height)
	}
	return err
}

// Given a window that was made larger, when it was left by its title bar or by
// Esc, then the next one has that size, and another kind has its own.
func TestWindowsRememberTheirSizes(t *testing.T) {
	s := onDesktop(t)
	for _, leave := range []func(w session.Window){
		func(w session.Window) { s.check(s.Display.CloseWindow(w)) },
		func(session.Window) { s.press("Escape") },
	} {
		app := s.run("egnyte-accounts", "--window", "accounts")
		w := s.window("No account yet")
		x, y, err := s.Display.Size(w)
		s.check(err)
		s.makeOfSize(w, x+60, y+40)
		leave(w)
		s.ends(app, 0)
		app = s.run("egnyte-accounts", "--window", "accounts")
		w = s.window("No account yet")
		s.isOfSize(w, x+60, y+40)
		s.press("Escape")
		s.ends(app, 0)
	}
	s.run("egnyte-accounts", "--window", "settings")
	s.isOfSize(s.window("Settings"), 480, 640)
}
