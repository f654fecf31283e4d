//go:build e2e && linux

package e2e

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// leadAway are redirects to an attacker's server, one that turns a POST into a GET and
// one that keeps it, by plain http and https. Unit tests try every kind.
func leadAway(e *evil) map[string]practice.Fault {
	faults := map[string]practice.Fault{}
	for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect} {
		for name, to := range map[string]string{"plain http": e.URL, "https": strings.Replace(e.URL, "http:", "https:", 1)} {
			faults[http.StatusText(status)+" by "+name] = practice.Fault{Status: status, Header: http.Header{"Location": {to + "/puboauth/token"}}}
		}
	}
	return faults
}

// Given an Egnyte that redirects a request with a secret to another server, then no
// program follows, and no account is added.
func TestAttackAServerThatLeadsAway(t *testing.T) {
	e := listenEvil(t)
	for _, endpoint := range []string{"token", "userinfo"} {
		for name, fault := range leadAway(e) {
			s := onDesktop(t)
			s.egnyte.Fault(endpoint, fault)
			p := s.auth("signin", "--no-browser")
			s.follow(s.link(p), s.person("jsmith"), practice.Allow)
			code, err := p.Wait(t.Context(), soon)
			held(t, err == nil && code != 0 && e.requests() == 0 && len(s.items()) == 0, "%s, %s: exit code %d, %v", endpoint, name, code, err)
		}
	}
	victims(t, nil, func(v *victim) {
		v.egnyte.Fault("token", leadAway(e)["Temporary Redirect by plain http"])
		v.follow(v.link, v.person("jsmith"), practice.Allow)
		if v.inWindow {
			v.window("Sign-in did not work")
		} else {
			v.fails(v.program)
		}
		held(t, e.requests() == 0 && len(v.items()) == 0, "a secret went on to the attacker's server")
	})
}

// The same at a renewal and at a sign-out, of an account that is there already.
func TestAttackAServerThatLeadsARenewalAway(t *testing.T) {
	e := listenEvil(t)
	for name, fault := range leadAway(e) {
		s := onDesktop(t)
		s.egnyte.ExpiresIn("1") // so that it has to be renewed
		s.signedIn("jsmith")
		s.egnyte.Fault("token", fault)
		s.egnyte.Fault("revoke", fault)
		asked := s.egnyte.Requests("token")
		err := session.Eventually(t.Context(), soon, func() error { // not in the first half of its life
			if _, err := s.token("acme").Wait(t.Context(), soon); err != nil || s.egnyte.Requests("token") > asked {
				return err
			}
			return errors.New("it was not renewed yet")
		})
		held(t, err == nil && e.requests() == 0, "renewal, %s: %v", name, err)
		p := s.auth("signout", "acme")
		code, err := p.Wait(t.Context(), soon)
		held(t, err == nil && code != 0 && e.requests() == 0 && len(s.items()) == 1, "sign-out, %s: exit code %d, %v", name, code, err)
		s.egnyte.ClearFault("token")
		s.ends(s.token("acme", "--min-valid", "0s"), 0) // and the account is as it was
	}
}

// Names and messages from a server don't control a terminal or fill a window.
func TestAttackNamesAndWordsOfAServer(t *testing.T) {
	s := onDesktop(t)
	names := []string{"Ev\x1b]0;owned\x07il\x1b[2J", "Ev\u202elive\u2066il", "Evil\r\nroot", "Evil" + strings.Repeat("x", 10<<10), "Ev\u009b2Jil\u200b\u2028", strings.Repeat("E\u0301\u0301", 3<<10) + "vil"}
	for n, name := range names {
		username := "evil" + string(rune('a'+n))
		s.egnyte.AddPerson(practice.Person{Domain: "acme", Username: username, Password: "p", First: name, Last: "N", ID: int64(900 + n)})
		s.signedIn(username)
	}
	list := s.auth("list")
	s.ends(list, 0)
	for n, line := range strings.Split(strings.TrimSpace(list.Stdout()), "\n") {
		held(t, !steers(line) && len(line) < 1000, "line %d of list, %d bytes: %.100q", n, len(line), line)
	}
	if lines := strings.Count(list.Stdout(), "\n"); lines < len(names) {
		t.Errorf("%d lines for %d accounts", lines, len(names))
	}
	s.egnyte.Fault("token", practice.Fault{Status: 400, Body: `{"error":"x\u001b]0;owned\u0007","error_description":"\u202e` + strings.Repeat("y", 10<<10) + `"}`})
	p := s.auth("signin", "--no-browser")
	s.follow(s.link(p), s.person("jsmith"), practice.Allow)
	s.fails(p)
	held(t, !steers(strings.ReplaceAll(p.Stderr(), "\n", "")) && len(p.Stderr()) < 4000, "an error of %d bytes: %.200q", len(p.Stderr()), p.Stderr())
	s.egnyte.ClearFault("token")
	tray := s.withTray()
	for _, begins := range []string{"● Ev]0;owned", "● Evlive", "● Evil root", "● Evilxxx", "● Ev2Jil", "● E\u0301"} {
		row := s.menuSays(soon, begins)
		held(t, !steers(row.Label) && len(row.Label) < 500, "the menu says %.100q, %d bytes", row.Label, len(row.Label))
	}
	tray.Stop()
	s.namesInTheWindow()
}

// namesInTheWindow looks at the titles, and at the size that names leave a window.
func (s *scene) namesInTheWindow() {
	s.Helper()
	p := s.run("egnyte-accounts", "--window", "accounts")
	w := s.window("Accounts")
	width, height, err := s.Display.Size(w)
	held(s.T, err == nil && width <= 700 && height <= 800, "the window is %d x %d, %v", width, height, err)
	s.press("Tab", "Return")                  // the account's menu
	s.press("Down", "Down", "Down", "Return") // below Open Egnyte, Reconnect and Details…
	s.check(session.Eventually(s.Context(), soon, func() error {
		w, err = s.Display.Find("Sign out")
		return err
	}))
	held(s.T, !steers(w.Title) && len(w.Title) < 500, "the title is %.200q, %d bytes", w.Title, len(w.Title))
	s.picture("evil-names")
	p.Stop()
}

// steers reports what a terminal would obey, or what turns a line around.
func steers(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
	})
}
