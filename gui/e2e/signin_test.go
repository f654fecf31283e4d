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

func TestUnnamedDomainWithoutATerminalIsNotGuessed(t *testing.T) {
	s := onDesktop(t)
	s.egnyte.SetNameDomain(practice.NameNothing)
	p := s.auth("signin")
	s.asPerson(s.person("jsmith"), "acme", practice.Allow)
	s.ends(p, 3)
	if s.egnyte.Requests("token") != 0 {
		t.Error("a code was sent to a domain that nobody named")
	}
	s.nothingStored()
}

func TestTypedDomainGoesStraightToItsSignIn(t *testing.T) {
	s := onDesktop(t)
	p := s.auth("signin", "GLOBEX ", "--json")
	s.asPerson(s.person("adoe"), "", practice.Allow)
	s.ends(p, 0)
	if s.egnyte.Requests("enhanced") != 0 {
		t.Error("Enhanced Auth was asked")
	}
	s.keptAs("adoe")
}

func TestDenyStoresNothingAndShowsItsPage(t *testing.T) {
	s := onDesktop(t)
	p := s.auth("signin")
	s.asPerson(s.person("jsmith"), "acme", practice.Deny)
	s.ends(p, 5)
	s.nothingStored()
}

func TestPKCEEnforcedOrIgnored(t *testing.T) {
	for _, kind := range []practice.PKCE{practice.PKCERequired, practice.PKCEIgnored} {
		t.Run(string(kind), func(t *testing.T) {
			s := onDesktop(t)
			s.egnyte.SetPKCE(kind)
			s.signedIn("jsmith")
			s.keptAs("jsmith")
		})
	}
}

func TestStrayRequestsChangeNothing(t *testing.T) {
	s := onDesktop(t)
	p := s.auth("signin", "--no-browser")
	link := s.link(p)
	callback, state := receiverOf(s, link)
	for name, stray := range map[string]func() *http.Request{
		"wrong state":       func() *http.Request { return get(s, callback+"?code=x&state=bad") },
		"error, no state":   func() *http.Request { return get(s, callback+"?error=x") },
		"neither":           func() *http.Request { return get(s, callback+"?state="+state) },
		"both":              func() *http.Request { return get(s, callback+"?code=x&error=y&state="+state) },
		"right state twice": func() *http.Request { return get(s, callback+"?code=x&state="+state+"&state="+state) },
		"favicon":           func() *http.Request { return get(s, originOf(callback)+"/favicon.ico") },
		"post": func() *http.Request {
			r := get(s, callback+"?code=x&state="+state)
			r.Method = http.MethodPost
			return r
		},
		"wrong host": func() *http.Request {
			r := get(s, callback+"?code=x&state="+state)
			r.Host = "evil.example"
			return r
		},
		"huge headers": func() *http.Request {
			r := get(s, callback+"?code=x&state="+state)
			r.Header.Set("X-Huge", strings.Repeat("x", 1<<20))
			return r
		},
	} {
		response, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(stray())
		if err == nil { // a connection that is cut is an answer too
			_ = response.Body.Close()
			if name != "favicon" && response.StatusCode < 400 {
				t.Errorf("%s: answered with %s", name, response.Status)
			}
		}
	}
	s.follow(link, s.person("jsmith"), practice.Allow)
	s.ends(p, 0)
	s.keptAs("jsmith")
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

func TestForeignDomainsGetNoCode(t *testing.T) {
	for _, name := range []string{"evil.example", "HOST.evil.example", "HOST@evil.example", "evil.example/.HOST", "www.SERVICE", "us-partner-integrations", "a.acme.SERVICE"} {
		t.Run(name, func(t *testing.T) {
			s := onDesktop(t)
			service := strings.TrimPrefix(s.egnyte.URL(), "http://")
			s.egnyte.SetNameDomain(practice.NameRaw)
			s.egnyte.SetDomainName(strings.NewReplacer("HOST", "acme."+service, "SERVICE", service).Replace(name))
			p := s.auth("signin", "--no-browser")
			s.follow(s.link(p), s.person("jsmith"), practice.Allow)
			s.ends(p, 5)
			if n := s.egnyte.Requests("token"); n != 0 {
				t.Errorf("%d token requests", n)
			}
			s.nothingStored()
		})
	}
}

func TestDomainMayBeNamedAsLabelHostOrURL(t *testing.T) {
	for _, name := range []string{"acme", "HOST", "http://HOST", "http://HOST/"} {
		t.Run(name, func(t *testing.T) {
			s := onDesktop(t)
			s.egnyte.SetNameDomain(practice.NameRaw)
			s.egnyte.SetDomainName(strings.ReplaceAll(name, "HOST", "acme."+strings.TrimPrefix(s.egnyte.URL(), "http://")))
			s.signedIn("jsmith")
			s.keptAs("jsmith")
		})
	}
}

func TestUnusableRefererCountsAsNone(t *testing.T) {
	s := onDesktop(t)
	s.egnyte.SetNameDomain(practice.NameNothing)
	p := s.auth("signin", "--no-browser")
	callback, err := s.egnyte.Decide(t.Context(), s.link(p), s.person("jsmith"), practice.Allow, "acme")
	s.check(err)
	callback.Referer = "http://evil.example/"
	s.secret(codeOf(callback.URL))
	s.check(s.egnyte.Follow(t.Context(), callback))
	s.ends(p, 3)
	if s.egnyte.Requests("token") != 0 {
		t.Error("a token request was made")
	}
}

func TestSecondPersonOfADomainIsASecondAccount(t *testing.T) {
	s := onDesktop(t)
	s.signedIn("jsmith")
	s.signedIn("bkumar")
	s.keptAs("jsmith")
	s.keptAs("bkumar")
	if n := len(s.list()); n != 2 {
		t.Errorf("%d accounts", n)
	}
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
