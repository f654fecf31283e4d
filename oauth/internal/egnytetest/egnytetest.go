// Package egnytetest helps tests that keep accounts at the practice service.
package egnytetest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/redirect"
)

// browser signs in as who, and allows what is asked.
type browser struct {
	at  *practice.Server
	who practice.Person
}

func (b browser) Open(ctx context.Context, url string) error {
	return b.at.SignInAs(ctx, url, b.who, practice.Allow, "")
}

// SignIn is a grant of the practice service's first person.
func SignIn(t *testing.T, at *practice.Server) oauth.Grant {
	t.Helper()
	grant, err := SignInAs(t.Context(), at, at.People()[0])
	if err != nil {
		t.Fatal("signing in:", err)
	}
	return grant
}

// SignInAs is a grant of the given person.
func SignInAs(ctx context.Context, at *practice.Server, who practice.Person) (oauth.Grant, error) {
	service, err := oauth.ParseService(at.URL())
	if err != nil {
		return oauth.Grant{}, err
	}
	domain, err := service.ParseDomain(who.Domain)
	if err != nil {
		return oauth.Grant{}, err
	}
	return oauth.SignIn{
		Service: service, Domain: domain, Scopes: []string{"Egnyte.filesystem"}, Timeout: 20 * time.Second,
		Key:     oauth.Key{ID: at.Key().ID, Secret: oauth.NewSecret(at.Key().Secret)},
		Browser: browser{at, who}, Listen: redirect.Listen,
	}.Run(ctx)
}

// Clock is a wall clock that a test moves, as a sleep of the machine does. Timers
// don't move with it.
type Clock struct {
	mu    sync.Mutex
	moved time.Duration
}

// Now is the time by this clock.
func (c *Clock) Now() time.Time { return time.Now().Add(c.Moved()).Round(0) }

// Moved is how far the clock is ahead.
func (c *Clock) Moved() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.moved
}

// Move moves the clock on by d.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved += d
}

// Network carries requests to the practice service without sockets, so that time can
// pass in a synctest bubble.
type Network struct {
	Handler http.Handler

	mu      sync.Mutex
	calls   []call
	offline bool
	slow    string // the endpoint whose answers take so long
	takes   time.Duration
}

type call struct {
	path string
	at   time.Time
}

func (c call) of(endpoint string) bool {
	return endpoint != "" && strings.HasSuffix(c.path, "/"+endpoint)
}

// RoundTrip implements http.RoundTripper.
func (n *Network) RoundTrip(r *http.Request) (reply *http.Response, err error) {
	this := call{r.URL.Path, time.Now()}
	n.mu.Lock()
	n.calls = append(n.calls, this)
	offline, takes := n.offline, time.Duration(0)
	if this.of(n.slow) {
		takes = n.takes
	}
	n.mu.Unlock()
	if offline {
		return nil, errors.New("no network")
	}
	select {
	case <-time.After(takes):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	r = r.Clone(r.Context())
	r.Host, r.RequestURI = r.URL.Host, r.URL.RequestURI()
	w := httptest.NewRecorder()
	defer func() {
		if cause := recover(); cause != nil { // the handler cuts the connection
			reply, err = nil, io.ErrUnexpectedEOF
		}
	}()
	n.Handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// Count is how many calls there were.
func (n *Network) Count() int { return len(n.Times("")) }

// Times are when an endpoint was called; "" is every endpoint.
func (n *Network) Times(endpoint string) []time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	var times []time.Time
	for _, c := range n.calls {
		if endpoint == "" || c.of(endpoint) {
			times = append(times, c.at)
		}
	}
	return times
}

// SetSlow makes answers of an endpoint take so long; "" makes all fast again.
func (n *Network) SetSlow(endpoint string, takes time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.slow, n.takes = endpoint, takes
}

// SetOffline takes the network away, or gives it back.
func (n *Network) SetOffline(offline bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.offline = offline
}

// Passing is every answer of Egnyte that says nothing about the account.
func Passing() map[string]practice.Fault {
	return map[string]practice.Fault{
		"409": practice.FaultTokenLimit, "429": practice.Fault429.HTML(), "over QPS": practice.FaultOverQPS(time.Second).XML(),
		"over rate": practice.FaultOverRate, "500": practice.Fault500, "503": practice.Fault503.HTML(),
		"a refusal cut off": {Status: 400, Body: `{"error":"invalid_grant"}`, CloseMidBody: true},
		"garbage":           {Status: 200, Body: "\x00\xff"}, "empty": {Status: 200}, "not found": {Status: 404},
		"a hotel's page": {Status: 200, Body: "<html>Welcome", Header: http.Header{"Content-Type": {"text/html"}}},
		"a teapot":       {Status: 418}, "elsewhere": {Status: 302, Header: http.Header{"Location": {"https://elsewhere.example"}}},
		"a firewall":          {Status: 403, Body: "<html>Blocked</html>", Header: http.Header{"Content-Type": {"text/html"}}},
		"a firewall's pause":  {Status: 403, Header: http.Header{"Retry-After": {"30"}}},
		"a proxy's 401":       {Status: 401, Body: "<html>Log in</html>", Header: http.Header{"Content-Type": {"text/html"}}},
		"a proxy's 407":       {Status: 407},
		"trouble with a word": {Status: 400, Body: `{"error":"temporarily_unavailable","error_description":"retry, or invalid_grant follows"}`},
		"a page with a word":  {Status: 400, Body: "<html><h1>invalid_grant</h1></html>"},
		"a new error value":   {Status: 400, Body: `{"error":"grant_is_odd"}`},
		"a new gateway code":  {Status: 500, Body: `{"fault":{"faultstring":"x","detail":{"errorcode":"policies.new.Thing"}}}`},
		"another type":        {Status: 200, Body: `{"access_token":"a","token_type":"DPoP"}`},
		"10 MB":               {Status: 200, Body: strings.Repeat("x", 10<<20)}, "10 MB of trouble": {Status: 503, Body: strings.Repeat("x", 10<<20)},
	}
}
