//go:build e2e && linux

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// says checks that a program printed these words, and did not panic.
func (s *scene) says(p *session.Program, words ...string) {
	s.Helper()
	said := p.Stderr()
	for _, trace := range []string{"panic:", "goroutine "} {
		if strings.Contains(said, trace) {
			s.Errorf("it fell over: %s", said)
		}
	}
	for _, word := range words {
		if !strings.Contains(strings.ToLower(said), word) {
			s.Errorf("it does not say %q: %s", word, said)
		}
	}
}

func TestWithoutAKeyringItSaysSoBeforeTheBrowserOpens(t *testing.T) {
	s := onDesktopWithout(t, session.Options{NoKeyring: true})
	p := s.auth("signin")
	s.fails(p, "install")
	if opened := s.Browser.Opened(); len(opened) > 0 {
		t.Errorf("a browser was opened: %d links", len(opened))
	}
	s.check(s.GrepSecrets(s.egnyte.Key().Secret))
}

func TestLockedKeyringIsSaidAndNothingHangs(t *testing.T) {
	s := onDesktopWithout(t, session.Options{})
	s.check(s.LockKeyring())
	p := s.auth("signin")
	s.fails(p, "unlock")
}

func TestWithoutABusTheTerminalSaysSo(t *testing.T) {
	s := onDesktop(t)
	s.unset = []string{"DBUS_SESSION_BUS_ADDRESS"}
	p := s.auth("signin")
	s.fails(p, "keyring")
}

func TestBrowserThatCannotBeOpenedLeavesTheLink(t *testing.T) {
	for name, script := range map[string]string{"missing": "", "failing": "#!/bin/sh\nexit 4\n"} {
		t.Run(name, func(t *testing.T) {
			s := onDesktop(t)
			s.env = append(s.env, "PATH="+openers(s, script))
			p := s.auth("signin", "--json")
			s.follow(s.link(p), s.person("jsmith"), practice.Allow)
			s.ends(p, 0)
			s.keptAs("jsmith")
		})
	}
}

// openers is a PATH whose programs for opening links are all the one script; "": there are none.
func openers(s *scene, script string) string {
	s.Helper()
	dir := s.TempDir()
	if script == "" {
		return dir
	}
	for _, name := range []string{"xdg-open", "x-www-browser", "www-browser"} {
		s.check(os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755))
	}
	return dir
}

func TestWithoutADisplayTheWindowSaysSo(t *testing.T) {
	s := onDesktopWithout(t, session.Options{NoDisplay: true})
	p := s.run("egnyte-accounts", "--window", "accounts")
	s.fails(p, "display")
	signIn := s.auth("signin", "--json") // what can still work does
	s.follow(s.link(signIn), s.person("jsmith"), practice.Allow)
	s.ends(signIn, 0)
	tray := s.run("egnyte-accounts", "--tray") // a menu needs no display of its own
	s.check(s.TrayHost.WaitIcon(t.Context(), soon))
	s.says(tray)
}

func TestDisplayThatLeadsNowhere(t *testing.T) {
	s := onDesktop(t)
	s.env = append(s.env, "DISPLAY=:987")
	p := s.run("egnyte-accounts", "--window", "accounts")
	s.fails(p, "display")
}

func TestWithoutOpenGLTheWindowSaysSo(t *testing.T) {
	s := onDesktopWithout(t, session.Options{NoGLX: true})
	p := s.run("egnyte-accounts", "--window", "accounts")
	s.fails(p, "opengl")
}
