package practice

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// clock is the practice clock: the real one, or a test's, moved by hand.
type clock struct {
	now   func() time.Time
	moved time.Duration
}

func (c clock) read() time.Time {
	if c.now == nil {
		return time.Now().Round(0).Add(c.moved) // by the wall: tokens die while this machine sleeps, too
	}
	return c.now().Add(c.moved)
}

// Advance moves the practice clock, on which codes and tokens die and limits
// reset.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock.moved += d
}

// Now is the time on the practice clock.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock.read()
}

// SetNameDomain changes how Enhanced Auth names the domain, also for people
// who are at the consent page already.
func (s *Server) SetNameDomain(n NameDomain) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.naming = n
}

// SetDomainName makes Enhanced Auth send egnyte_domain=raw, whatever the
// domain is (NameRaw).
func (s *Server) SetDomainName(raw string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.naming, s.rawName = NameRaw, raw
}

// SetPKCE changes what is made of PKCE.
func (s *Server) SetPKCE(p PKCE) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pkce = p
}

const defaultExpiresIn = "2592000" // 30 days

// ExpiresIn sets the JSON of expires_in in the token replies to come: `3600`
// (seconds), `"3600"`, `-1` (does not expire), `null`, or "" to leave it out.
// The token really lives as long as it says; where it says nothing, for ever.
func (s *Server) ExpiresIn(raw string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expiresIn = raw
}

// life is how long a token issued now lives; 0 means that it does not expire.
func (s *Server) life() time.Duration {
	seconds, err := strconv.ParseInt(strings.Trim(s.expiresIn, `"`), 10, 32)
	if err != nil || seconds <= 0 { // as x/oauth2 reads 0
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// OmitRefreshToken makes the token replies to come hold no refresh token, as
// those of older domains and keys.
func (s *Server) OmitRefreshToken(omit bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noRefresh = omit
}

// Throttle refuses every API and token call until d has passed on the practice
// clock, as Egnyte does over a limit.
func (s *Server) Throttle(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.throttled = s.clock.read().Add(d)
}

// Requests is how many requests came to an endpoint, as Fault names them, refused
// ones included. The forms of the sign-in and
// consent pages post elsewhere and are not counted.
func (s *Server) Requests(endpoint string) int {
	mustBeEndpoint(endpoint)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requested[endpoint]
}

// Announce prints what a person needs to know to use the service: a block of
// plain text. It holds the key's secret and the people's passwords, which are
// for practice only.
func (s *Server) Announce(w io.Writer) {
	var b strings.Builder
	fmt.Fprintf(&b, "Practice Egnyte — not the real one\n\n")
	fmt.Fprintf(&b, "  Service           %s\n", s.URL())
	fmt.Fprintf(&b, "  Admin page        %s/\n", s.URL())
	fmt.Fprintf(&b, "  API key           %s\n", s.Key().ID)
	fmt.Fprintf(&b, "  Secret            %s\n", orNone(s.Key().Secret))
	fmt.Fprintf(&b, "  Redirect address  %s\n\n", s.Key().RedirectURI)
	fmt.Fprintf(&b, "  %-8s %-10s %-16s %s\n", "Domain", "Username", "Password", "Name")
	for _, p := range s.People() {
		fmt.Fprintf(&b, "  %-8s %-10s %-16s %s\n", p.Domain, p.Username, p.Password, p.Name())
	}
	fmt.Fprintf(&b, "\n  Enhanced Auth knows acme, globex and the custom names %s and %s.\n",
		customNames[0].host, customNames[1].host)
	_, _ = io.WriteString(w, b.String())
}

func orNone(text string) string {
	if text == "" {
		return "(none)"
	}
	return text
}
