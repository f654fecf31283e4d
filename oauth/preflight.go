package oauth

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"
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
	ctx, cancel := context.WithTimeout(ctx, preflightLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, authorizeURL, nil)
	if err != nil {
		return nil
	}
	asker := http.Client{
		Transport:     client.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	reply, err := asker.Do(request)
	if err != nil {
		return nil
	}
	defer reply.Body.Close()
	if reply.StatusCode >= 300 && reply.StatusCode < 400 {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(reply.Body, maxReply))
	if err != nil || (reply.StatusCode < 300 && !isNotice(body)) {
		return nil
	}
	if refusal := readRefusal(request.URL.Host, reply, body); preflightRefusals[refusal.Kind] {
		return refusal
	}
	return nil
}

// isNotice reports a body that says something and asks for nothing.
func isNotice(body []byte) bool {
	return len(body) <= maxNotice && !bytes.Contains(bytes.ToLower(body), []byte("<form"))
}
