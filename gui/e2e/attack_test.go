//go:build e2e && linux

package e2e

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// Attacks on the built programs. SECURITY.md names them.

// held fails the test where an attack got through.
func held(t *testing.T, held bool, format string, args ...any) {
	t.Helper()
	if !held {
		t.Errorf(format, args...)
	}
}

// victim is a sign-in of Jane's that waits for the browser.
type victim struct {
	*scene
	program  *session.Program
	inWindow bool
	link     string
	callback string // where it listens
	state    string
}

// victims starts a sign-in in each of the built programs, and has it attacked.
func victims(t *testing.T, options func(*practice.Options), attack func(v *victim)) {
	t.Helper()
	for _, name := range []string{"terminal", "window"} {
		t.Run(name, func(t *testing.T) {
			if options == nil {
				options = func(*practice.Options) {}
			}
			attack(waiting(onDesktop(t, options), name == "window"))
		})
	}
}

// waiting starts the sign-in. The link that it opens goes to a file, not to a browser.
func waiting(s *scene, inWindow bool) *victim {
	s.Helper()
	v := &victim{scene: s, inWindow: inWindow}
	s.set(map[string]any{"redirect_uri": s.egnyte.Key().RedirectURI})
	if inWindow {
		opened := filepath.Join(s.TempDir(), "opened")
		s.env = append(s.env, "PATH="+openers(s, "#!/bin/sh\necho \"$1\" >>'"+opened+"'\n"))
		v.program = s.run("egnyte-accounts", "--window", "signin")
		s.window("Sign in")
		s.press("Return")
		s.check(session.Eventually(s.Context(), soon, func() error {
			text, _ := os.ReadFile(opened)
			start, whole := strings.CutSuffix(string(text), "\n")
			if !whole {
				return errors.New("no link was opened yet")
			}
			v.link = s.ledTo(start)
			return nil
		}))
	} else {
		v.program = s.auth("signin", "--no-browser", "--json")
		v.link = s.link(v.program)
	}
	v.callback, v.state = receiverOf(s, v.link)
	return v
}

// ledTo is where a start address of this user's sends the browser on to.
func (s *scene) ledTo(start string) string {
	s.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(get(s, start))
	s.check(err)
	_ = response.Body.Close()
	return response.Header.Get("Location")
}

// signsIn checks that Jane's own sign-in gets through after all.
func (v *victim) signsIn() {
	v.Helper()
	v.follow(v.link, v.person("jsmith"), practice.Allow)
	v.signedInAsJane()
}

func (v *victim) signedInAsJane() {
	v.Helper()
	if v.inWindow {
		v.window("Signed in as Jane Smith")
	} else {
		v.ends(v.program, 0)
	}
	v.keptAs("jsmith")
	if accounts := v.list(); len(accounts) != 1 {
		v.Errorf("%d accounts are kept", len(accounts))
	}
}

// stillWaits reports that neither is anybody signed in nor the wait over.
func (v *victim) stillWaits() bool {
	v.Helper()
	select {
	case <-v.program.Done():
		return false
	default:
		return len(v.items()) == 0
	}
}

// attackersCallback is what the attacker's own sign-in with the same key and the
// victim's port ended in: a good code of theirs, and their state.
func (v *victim) attackersCallback() url.Values {
	s := v.scene
	s.Helper()
	p := s.auth("signin", "--no-browser")
	link, err := url.Parse(s.link(p))
	s.check(err)
	p.Stop()
	query := link.Query()
	query.Set("redirect_uri", v.callback)
	link.RawQuery = query.Encode()
	callback, err := s.egnyte.Decide(s.Context(), link.String(), s.person("bkumar"), practice.Allow, "acme")
	s.check(err)
	u, err := url.Parse(callback.URL)
	s.check(err)
	return u.Query()
}

// send makes a request of an attacker's, and returns the status of the answer; 0
// for a connection that was cut.
func (s *scene) send(r *http.Request) int {
	s.Helper()
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(r)
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// A link that an attacker has the user's browser follow brings the attacker's
// own code (RFC 6819, 4.4.1.8; RFC 9700, 4.7).
func TestAttackLoginCSRF(t *testing.T) {
	victims(t, nil, func(v *victim) {
		theirs := v.attackersCallback()
		with := func(change func(url.Values)) url.Values {
			q := url.Values{"code": theirs["code"], "state": theirs["state"], "egnyte_domain": theirs["egnyte_domain"]}
			change(q)
			return q
		}
		for name, query := range map[string]url.Values{
			"their state":          with(func(url.Values) {}),
			"no state":             with(func(q url.Values) { q.Del("state") }),
			"an empty state":       with(func(q url.Values) { q.Set("state", "") }),
			"two states":           with(func(q url.Values) { q.Add("state", v.state) }),
			"half of ours":         with(func(q url.Values) { q.Set("state", v.state[:len(v.state)/2]) }),
			"ours and more":        with(func(q url.Values) { q.Set("state", v.state+"x") }),
			"ours in capitals":     with(func(q url.Values) { q.Set("state", strings.ToUpper(v.state)+"_") }),
			"the wrong name":       with(func(q url.Values) { q.Del("state"); q.Set("State", v.state) }),
			"a refusal":            {"error": {"access_denied"}, "state": theirs["state"]},
			"a refusal, stateless": {"error": {"access_denied"}},
		} {
			status := v.send(get(v.scene, v.callback+"?"+query.Encode()))
			held(t, status >= 400 && v.stillWaits(), "%s: answered with %d", name, status)
		}
		v.signsIn()
	})
}

// An attacker who even knows the state, as by a screen that was shared, brings
// their code: the verifier is not theirs (RFC 7636; RFC 9700, 4.5).
func TestAttackCodeInjection(t *testing.T) {
	victims(t, nil, func(v *victim) {
		theirs := v.attackersCallback()
		theirs.Set("state", v.state)
		v.send(get(v.scene, v.callback+"?"+theirs.Encode()))
		if v.inWindow {
			v.window("Sign-in did not work")
		} else {
			v.ends(v.program, 5)
		}
		held(t, len(v.items()) == 0 && len(v.list()) == 0, "the attacker's account is kept")
		held(t, len(v.egnyte.Tokens("acme", "bkumar")) == 0, "the attacker's code brought a token")
	})
	// The control: a server that ignores PKCE leaves the state alone to protect it.
	v := waiting(onDesktop(t, func(o *practice.Options) { o.PKCE = practice.PKCEIgnored }), false)
	theirs := v.attackersCallback()
	theirs.Set("state", v.state)
	v.send(get(v.scene, v.callback+"?"+theirs.Encode()))
	v.ends(v.program, 0)
	v.keptAs("bkumar")
}
