package oauth

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

const (
	// preflightLimit is how long a preflight may hold up a sign-in.
	preflightLimit = 3 * time.Second
	// maxNotice is the longest success answer, in bytes, that is searched for a
	// refusal: a page to sign in on is longer, and its scripts may know the words.
	maxNotice = 4 << 10
)

// preflightRefusals are the rows that an authorize address refuses with for
// good. Throttling and trouble are left to the browser.
var preflightRefusals = map[RefusalKind]bool{
	RefusedRedirectURI: true, RefusedKeyKind: true, RefusedKey: true,
	RefusedParameters: true, RefusedOtherDomain: true, RefusedInactive: true,
}

// Preflight asks an authorize address once, which has no side effect, and
// returns the *Refusal that a browser would meet there. Whatever else happens
// is nil: a preflight never keeps anybody from signing in. It takes 3 s at the
// most, sends no cookies and follows no redirect; where one is the answer, it
// may hold a code, and is dropped unread.
func Preflight(ctx context.Context, client *http.Client, authorizeURL string) error {
	if answer := askAuthorize(ctx, client, authorizeURL); answer.forGood() {
		return answer.refusal
	}
	return nil
}

// Probe asks Egnyte once, as a browser would, what it makes of the sign-in's
// key, redirect address and domain, for a person who wants to know. Nobody is
// signed in and nothing is bound. Without a domain it asks Enhanced Auth, which
// may look at the key only once it knows the domain. nil: Egnyte would go on;
// *Refusal, *Unreachable and *ConfigError otherwise. A key for internal
// applications is refused here with RefusedKeyKind, as it should be.
func (s SignIn) Probe(ctx context.Context) error {
	switch {
	case s.Key.ID == "":
		return &ConfigError{Field: "client_id", Reason: "no Egnyte API key is known"}
	case s.Domain.IsZero() && !s.Service.HasEnhancedAuth():
		return &ConfigError{Field: "domain", Reason: fmt.Sprintf("%s has no Enhanced Auth: give the domain", s.Service.Host())}
	}
	if s.HTTP == nil {
		s.HTTP = NewHTTPClient(nil)
	}
	endpoint := s.Service.enhancedAuthURL(RegionUS)
	if s.Region == RegionEurope {
		endpoint = s.Service.enhancedAuthURL(RegionEurope)
	}
	if !s.Domain.IsZero() {
		endpoint = s.Domain.authorizeURL()
	}
	s.Key.RedirectURI = cmp.Or(s.Key.RedirectURI, DefaultRedirectURI)
	a := attempt{receiver: nowhere{s.Key.RedirectURI}, state: rand.Text()}
	if !s.NoPKCE && s.Flow != FlowImplicit {
		a.verifier = oauth2.GenerateVerifier()
	}
	answer := askAuthorize(ctx, s.HTTP, s.config(Domain{}, a).authorizeURL(endpoint, a))
	switch {
	case answer.err != nil:
		return answer.err
	case answer.forGood(), answer.status >= 400:
		return s.withAddress(answer.refusal)
	}
	return nil
}

// nowhere is the Receiver of a request that nobody is meant to come back from.
type nowhere struct{ uri string }

func (n nowhere) RedirectURI() string                     { return n.uri }
func (nowhere) Start(authorizeURL string) string          { return authorizeURL }
func (nowhere) Contested() bool                           { return false }
func (nowhere) Receive(context.Context) (Callback, error) { return Callback{}, net.ErrClosed }
func (nowhere) Close() error                              { return nil }

// authorizeAnswer is what an authorize address said.
type authorizeAnswer struct {
	status  int
	refusal *Refusal // what its body means, where it is no page for people
	err     error    // *Unreachable
}

// forGood reports a refusal that a browser would meet, too.
func (a authorizeAnswer) forGood() bool { return a.refusal != nil && preflightRefusals[a.refusal.Kind] }

func askAuthorize(ctx context.Context, client *http.Client, authorizeURL string) authorizeAnswer {
	ctx, cancel := context.WithTimeout(ctx, preflightLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, authorizeURL, nil)
	if err != nil {
		return authorizeAnswer{err: unreachable("Egnyte", err)}
	}
	asker := http.Client{
		Transport:     client.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	reply, err := asker.Do(request)
	if err != nil {
		return authorizeAnswer{err: unreachable(request.URL.Host, err)}
	}
	defer reply.Body.Close()
	answer := authorizeAnswer{status: reply.StatusCode}
	if reply.StatusCode >= 300 && reply.StatusCode < 400 {
		return answer
	}
	body, err := io.ReadAll(io.LimitReader(reply.Body, maxReply))
	if err != nil {
		answer.err = unreachable(request.URL.Host, err)
	}
	if err == nil && (reply.StatusCode >= 300 || isNotice(body)) {
		answer.refusal = readRefusal(request.URL.Host, reply, body)
	}
	return answer
}

// isNotice reports a body that says something and asks for nothing.
func isNotice(body []byte) bool {
	return len(body) <= maxNotice && !bytes.Contains(bytes.ToLower(body), []byte("<form"))
}
