package oauth

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
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
	a := attempt{redirectURI: s.Key.RedirectURI, state: rand.Text()}
	if !s.NoPKCE && s.Flow != FlowImplicit {
		a.verifier = oauth2.GenerateVerifier()
	}
	refusal, err := s.askAuthorize(ctx, s.authorizeURL(endpoint, a))
	if refusal != nil {
		return refusal
	}
	return err
}

// askAuthorize asks an authorize address once, which has no side effect, and returns
// the refusal that a browser would meet there: RefusedUnknown for an error that is
// not known. It takes 3 s at most, sends no cookies and follows no redirect; one may
// hold a code, so it is dropped unread. The error is *Unreachable.
func (s SignIn) askAuthorize(ctx context.Context, authorizeURL string) (*Refusal, error) {
	ctx, cancel := context.WithTimeout(ctx, preflightLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, authorizeURL, nil)
	if err != nil {
		return nil, unreachable("Egnyte", err)
	}
	asker := http.Client{
		Transport:     s.HTTP.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	reply, err := asker.Do(request)
	if err != nil {
		return nil, unreachable(request.URL.Host, err)
	}
	defer reply.Body.Close()
	if reply.StatusCode >= 300 && reply.StatusCode < 400 {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(reply.Body, maxReply))
	if err != nil {
		return nil, unreachable(request.URL.Host, err)
	}
	if isSuccess(reply) && !isNotice(body) {
		return nil, nil
	}
	refusal := readRefusal(request.URL.Host, reply, body, request.URL.Query().Get("state"))
	switch {
	case refusal.Kind == RefusedClient: // no secret was sent
		refusal.Kind = RefusedKey
	case refusal.Kind == RefusedRedirectURI:
		refusal.RedirectURI = s.Key.RedirectURI
	case refusal.Kind == RefusedUnreadable && isSuccess(reply):
		return nil, nil
	case refusal.Kind == RefusedUnreadable:
		refusal.Kind = RefusedUnknown
	}
	return refusal, nil
}

// isNotice reports a body that says something and asks for nothing.
func isNotice(body []byte) bool {
	return len(body) <= maxNotice && !bytes.Contains(bytes.ToLower(body), []byte("<form"))
}
