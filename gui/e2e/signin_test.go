//go:build e2e && linux

package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

func TestCustomNameInTheBrowserHoweverTheDomainIsNamed(t *testing.T) {
	for _, way := range []practice.NameDomain{practice.NameEgnyteDomain, practice.NameDomainParam, practice.NameReferer} {
		t.Run(string(way), func(t *testing.T) {
			s := onDesktop(t)
			s.egnyte.SetNameDomain(way)
			p := s.auth("signin", "--json")
			s.asPerson(s.person("jsmith"), "files.acme.example", practice.Allow)
			s.ends(p, 0)
			if got := decode[entry](s, p.Stdout()); got.Username != "jsmith" || !got.Default || got.Expires == nil || len(got.Scopes) != 1 {
				t.Errorf("signed in as %+v", got)
			}
			s.keptAs("jsmith")
		})
	}
}

func TestDenyStoresNothingAndShowsItsPage(t *testing.T) {
	s := onDesktop(t)
	p := s.auth("signin")
	s.asPerson(s.person("jsmith"), "acme", practice.Deny)
	s.ends(p, 5)
	s.nothingStored()
}

func receiverOf(s *scene, link string) (callback, state string) {
	s.Helper()
	u, err := url.Parse(link)
	s.check(err)
	return u.Query().Get("redirect_uri"), u.Query().Get("state")
}

func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

func get(s *scene, address string) *http.Request {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), http.MethodGet, address, nil)
	s.check(err)
	return r
}

func TestTokenIsTheOneIssuedAndSignOutLeavesNothing(t *testing.T) {
	s := onDesktop(t)
	s.signedIn("jsmith")
	p := s.start("egnyte-auth", session.Spec{Args: []string{"token", "acme"}, Shows: true})
	s.ends(p, 0)
	if strings.TrimSpace(p.Stdout()) != s.egnyte.Tokens("acme", "jsmith")[0].Access {
		t.Error("another token was printed")
	}
	p = s.auth("token", "globex")
	s.ends(p, 3)
	s.noteTokens()
	s.ends(s.auth("signout", "acme"), 0)
	s.nothingStored()
}

func TestExitCodesTellWhatHappened(t *testing.T) {
	s := onDesktop(t)
	for _, usage := range [][]string{{"signin", "-no-such"}, {"signin", "files.acme.example"}, {"signin", "acme", "--flow", "enhanced"}, {"list", "x"}} {
		s.ends(s.auth(usage...), 2)
	}
	s.ends(s.auth("token"), 3)
	s.ends(s.auth("signin", "--no-browser", "--timeout", "100ms"), 4)
	interrupted := s.auth("signin", "--no-browser")
	s.link(interrupted)
	s.check(interrupted.Signal(syscall.SIGINT))
	s.ends(interrupted, 130)
	s.egnyte.Fault("token", practice.FaultTokenLimit.For(1))
	throttled := s.auth("signin", "--no-browser")
	s.follow(s.link(throttled), s.person("jsmith"), practice.Allow)
	s.ends(throttled, 4)
	p := s.auth("list", "--json")
	s.ends(p, 0)
	if strings.TrimSpace(p.Stdout()) != "[]" {
		t.Errorf("list --json without accounts: %s", p.Stdout())
	}
}

func codeOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Query().Get("code")
}
