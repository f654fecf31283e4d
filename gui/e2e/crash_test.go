//go:build e2e && linux

package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"egnyte-accounts/gui/e2e/session"
)

// crash makes a program crash as Go programs do, with the stack of every goroutine.
func (s *scene) crash(p *session.Program, signal syscall.Signal) {
	s.Helper()
	s.check(p.Signal(signal))
	code, err := p.Wait(s.Context(), soon)
	s.check(err)
	if code == 0 || !strings.Contains(p.Stderr(), "goroutine ") {
		s.Fatalf("exit code %d, and it said %s", code, p.Stderr())
	}
	s.programs = slices.DeleteFunc(s.programs, func(other *session.Program) bool { return other == p })
}

// kept are the app's files with that ending, none of which others may read.
func (s *scene) kept(ending string) (files []string) {
	s.Helper()
	files, err := filepath.Glob(filepath.Join(s.state(), "egnyte-accounts", "*"+ending))
	s.check(err)
	for _, file := range files {
		info, err := os.Stat(file)
		s.check(err)
		if info.Mode().Perm() != 0o600 {
			s.Errorf("%s: %v", file, info.Mode())
		}
	}
	return files
}

// offered opens the report from the accounts: behind the first button comes what
// crashes left, as soon as that is read, and before then the settings.
func (s *scene) offered() {
	s.Helper()
	s.check(session.Eventually(s.Context(), soon, func() error {
		s.press("Tab", "Return")
		var title string
		s.check(session.Eventually(s.Context(), soon, func() error {
			windows, err := s.Display.Windows()
			if err != nil || len(windows) != 1 || strings.HasPrefix(windows[0].Title, "No account yet") {
				return errors.New("nothing opened")
			}
			title = windows[0].Title
			return nil
		}))
		if strings.HasPrefix(title, "Crash report") {
			return nil
		}
		s.press("Escape")
		s.window("No account yet")
		return fmt.Errorf("it showed %s", title)
	}))
}

// copied waits for a text on the clipboard that has those words.
func (s *scene) copied(words string) (text string) {
	s.Helper()
	s.check(session.Eventually(s.Context(), 2*soon, func() (err error) {
		if text, err = s.Display.Clipboard(s.Context()); err == nil && !strings.Contains(text, words) {
			err = errors.New("not copied yet")
		}
		return err
	}))
	return text
}

// Given a window that fell over, then the next one offers the report, which holds
// stacks and no word of an argument, and which stays away once it is dismissed.
func TestACrashOfTheWindowIsOfferedAtTheNextStartAndOnce(t *testing.T) {
	s := onDesktop(t)
	p := s.run("egnyte-accounts", "--window", "accounts")
	s.window("No account yet")
	s.crash(p, syscall.SIGQUIT)
	if raw := s.kept(".crash"); len(raw) != 1 {
		t.Fatalf("left: %v", raw)
	}

	s.run("egnyte-accounts", "--window", "accounts")
	s.window("No account yet")
	s.offered()
	s.press("Return") // Copy report
	report := s.copied("goroutine ")
	s.picture("crash-report")
	for _, want := range []string{", window, go", "SIGQUIT: quit", "goroutine 1 [", "window.Run(…)", "window.go:"} {
		if !strings.Contains(report, want) {
			t.Errorf("%q is missing in\n%s", want, report)
		}
	}
	for _, not := range []string{s.Dir, "0xc000", "(0x"} {
		if strings.Contains(report, not) {
			t.Errorf("%q stands in\n%s", not, report)
		}
	}
	s.press("shift+Tab", "Return") // Dismiss
	s.window("No account yet")
	if reports := s.kept(".txt"); len(reports) != 0 {
		t.Errorf("still there: %v", reports)
	}
	s.picture("crash-dismissed")
	s.press("Tab", "Return")
	s.window("Settings")
}

// A tray has no window to offer it in, so the accounts do.
func TestACrashOfTheTrayIsOfferedInTheAccounts(t *testing.T) {
	s := onDesktop(t)
	s.signedIn("jsmith")
	s.longAgo()
	tray := s.withTray()
	s.menuSays(soon, "Jane Smith — acme")
	s.crash(tray, syscall.SIGABRT)
	s.run("egnyte-accounts", "--window", "accounts")
	s.window("Accounts")
	s.check(session.Eventually(t.Context(), soon, func() error {
		if len(s.kept(".txt")) != 1 {
			return errors.New("no report yet")
		}
		return nil
	}))
	text, err := os.ReadFile(s.kept(".txt")[0])
	s.check(err)
	if report := string(text); !strings.Contains(report, ", tray, go") || !strings.Contains(report, "tray.Run(…)") || strings.Contains(report, "jsmith") {
		t.Errorf("%s", report)
	}
	s.picture("crash-of-the-tray")
}

// The log of both roles is one file, and its end is copied with the diagnosis.
func TestTheDiagnosisIsCopiedWithTheEndOfTheLog(t *testing.T) {
	s := onDesktop(t)
	s.signedIn("jsmith")
	s.longAgo()
	calls := s.egnyte.Requests("userinfo")
	s.withTray()
	s.check(session.Eventually(t.Context(), soon, func() error {
		text, err := os.ReadFile(filepath.Join(s.state(), "egnyte-accounts", "app.log"))
		if err != nil || !strings.Contains(string(text), "msg=checked role=tray account=jsmith@acme.") {
			return fmt.Errorf("after %d calls: %s, %v", s.egnyte.Requests("userinfo")-calls, text, err)
		}
		return nil
	}))
	s.run("egnyte-accounts", "--window", "accounts")
	s.window("Accounts")
	s.press("shift+Tab", "Return", "Down", "Return") // Help…, Copy diagnosis
	text := s.copied("The end of the log:")
	for _, want := range []string{"keyring: writes, reads and deletes", "msg=started role=tray", "msg=started role=window", "account=[account]"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if found := regexp.MustCompile(`jsmith|Jane|Smith`).FindString(text); found != "" || strings.Contains(text, filepath.Join(s.Dir, "home")) {
		t.Errorf("%q or a path stands in\n%s", found, text)
	}
	if logs := s.kept("app.log"); len(logs) != 1 {
		t.Errorf("%v", logs)
	}
}
