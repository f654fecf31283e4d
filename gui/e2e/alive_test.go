//go:build e2e && linux

package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// longAgo makes the accounts' last check one that a keeper repeats at its start.
func (s *scene) longAgo() {
	s.Helper()
	index := filepath.Join(s.config, "egnyte-accounts", "accounts.json")
	text, err := os.ReadFile(index)
	s.check(err)
	text = regexp.MustCompile(`"checked": ?"[^"]*"`).ReplaceAll(text, []byte(`"checked":"2020-01-01T00:00:00Z"`))
	s.check(os.WriteFile(index, text, 0o600))
}

// reasons is the terminal's list, which says why an account needs its user.
func (s *scene) reasons() string {
	s.Helper()
	p := s.auth("list")
	s.ends(p, 0)
	return p.Stdout()
}

// Given an account whose token dies at Egnyte, when the tray checks it, then its
// person is told once, by name and with the reason; a click on that, and a visit
// to the browser, brings the account back under the same name.
func TestADeadAccountIsToldOnceAndComesBackByTheNotification(t *testing.T) {
	s := onDesktop(t)
	before := s.signedIn("jsmith")
	s.noteTokens()
	s.egnyte.ChangePassword("acme", "jsmith", "a-newer-word-of-jane")
	s.secret("a-newer-word-of-jane")
	s.longAgo()
	seen := len(s.Notifications.All())
	calls := s.egnyte.Requests("userinfo")
	s.withTray()

	told, err := s.Notifications.Wait(t.Context(), soon, seen, "Jane Smith has to sign in again")
	s.check(err)
	if !strings.Contains(told.Body, "Egnyte no longer accepts the sign-in of Jane Smith") {
		t.Errorf("it says %q", told.Body)
	}
	s.menuSays(soon, "▲ Jane Smith — acme: sign in again")
	if n := s.egnyte.Requests("userinfo") - calls; n != 1 {
		t.Errorf("%d checks", n)
	}
	if listed := s.reasons(); !strings.Contains(listed, "Egnyte no longer accepts the sign-in of Jane Smith: a password was changed") {
		t.Errorf("the terminal lists:\n%s", listed)
	}

	s.check(s.Notifications.Click(told, "Reconnect"))
	s.asPerson(s.person("jsmith"), "", practice.Allow)
	_, err = s.Notifications.Wait(t.Context(), soon, seen, "Jane Smith is connected again")
	s.check(err)
	s.menuSays(soon, "● Jane Smith — acme")
	s.keptAs("jsmith")
	if after := s.list(); len(after) != 1 || after[0].Account != before.Account {
		t.Errorf("listed: %+v", after)
	}
	if all := s.Notifications.All()[seen:]; len(all) != 2 {
		t.Errorf("told: %+v", all)
	}
}

// Given an account that could not be checked for want of a network, when the
// machine wakes, then it is checked again, long before its turn.
func TestAWakeEndsAPause(t *testing.T) {
	s := onDesktop(t)
	s.signedIn("jsmith")
	s.longAgo()
	s.egnyte.Fault("userinfo", practice.Fault{CloseMidBody: true})
	s.withTray()
	s.menuSays(soon, "■ Jane Smith — acme: offline since ")
	s.egnyte.ClearFault("userinfo")
	s.check(session.Eventually(t.Context(), 25*time.Second, func() error {
		s.check(s.Wake()) // one that comes too soon after a check is for nothing
		_, err := s.TrayHost.WaitMenu(t.Context(), time.Second, "● Jane Smith — acme")
		return err
	}))
}

// Given tokens that live for seconds, when the tray stands still for longer than
// one lives, then it renews what has expired.
func TestATrayThatWasSuspendedEndsUpHealthy(t *testing.T) {
	s := onDesktop(t)
	s.egnyte.ExpiresIn("4")
	s.signedIn("jsmith")
	tray := s.withTray()
	renewals := s.egnyte.Requests("token")
	s.check(session.Eventually(t.Context(), soon, func() error {
		s.noteTokens()
		if s.egnyte.Requests("token") < renewals+2 {
			return errors.New("the tray renews nothing")
		}
		return nil
	}))

	s.check(tray.Signal(syscall.SIGSTOP))
	s.noteTokens()
	stopped := s.list()[0]
	s.check(session.Eventually(t.Context(), soon, func() error {
		if over := time.Since(*stopped.Expires); over < 2*time.Second {
			return fmt.Errorf("it ends in %s", -over)
		}
		return nil
	}))
	s.egnyte.ExpiresIn("3600")
	s.check(tray.Signal(syscall.SIGCONT))

	s.check(session.Eventually(t.Context(), soon, func() error {
		if now := s.list()[0]; now.State != "ready" || now.Expires == nil || time.Until(*now.Expires) < 30*time.Minute {
			return fmt.Errorf("it is %+v", now)
		}
		return nil
	}))
	s.keptAs("jsmith")
	s.menuSays(soon, "● Jane Smith — acme")
}

// Given an Egnyte that can't be reached, when the user signs out in the tray, then
// nothing is removed until they confirm it.
func TestSignOutFromTheTrayThatEgnyteDoesNotHear(t *testing.T) {
	s := onDesktop(t)
	s.signedIn("jsmith")
	s.withTray()
	s.egnyte.Fault("revoke", practice.Fault503)
	s.check(s.TrayHost.Click(t.Context(), "Jane Smith", "Sign out…"))
	s.window("Sign out Jane Smith?")
	s.keptAs("jsmith")
	s.press("Return") // Sign out
	s.window("Not signed out")
	s.keptAs("jsmith")
	s.press("Return") // Remove anyway
	s.window("No account yet")
	s.nothingStored()
}
