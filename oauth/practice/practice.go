// Package practice is a stand-in Egnyte, to try the app without a key and to
// test it, as net/http/httptest is to net/http.
//
// It behaves as Egnyte's public documentation and its integrators describe
// (Public API Authentication; the integrations cookbook on authentication,
// definitions and throttling). It shares no code with package oauth, so that
// the two can't agree on the same mistake. Nothing of it is Egnyte's, it keeps
// everything in memory, and it answers on this machine only.
package practice

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// serviceName is the host under which every name of the service lies.
const serviceName = "egnyte.localhost"

// Options is how a Server starts. The zero Options is a good start.
type Options struct {
	Listen     string           // loopback address; "" = 127.0.0.1:0 (any free port)
	Key        Key              // without an ID: a random one, and a random secret
	Keys       []Key            // further ones, as of people with a key for each domain
	Gateway    Gateway          // "" = GatewayApigee
	NameDomain NameDomain       // how Enhanced Auth names the domain on the callback; "" = NameEgnyteDomain
	PKCE       PKCE             // "" = PKCEWhenSent
	Now        func() time.Time // nil: time.Now; Advance moves either
	NoLimits   bool             // leaves out the QPS, daily and hourly limits
}

// Key is an API key that a Server knows.
type Key struct {
	ID          string   // client_id
	Secret      string   // client_secret; empty with an ID: a key from before January 2015
	RedirectURI string   // as registered; "" = http://127.0.0.1/callback
	Kind        string   // KindCode ("" means that) or KindInternal
	Domain      string   // not certified yet: works with this label only
	HTTPSOnly   bool     // refuses redirect addresses that are not https, loopback too
	Scopes      []string // that it may ask for; nil: all
}

// Gateway is what stands in front of Egnyte's API and refuses calls in its own words.
type Gateway string

// The gateways: Egnyte's older documents describe Mashery, its domains today Apigee.
const (
	GatewayApigee  Gateway = "apigee"
	GatewayMashery Gateway = "mashery"
)

// The kinds of key that Egnyte's portal registers. One kind is refused by the
// flows of the other.
const (
	KindCode     = "code"     // publicly available application: code, Enhanced Auth, implicit
	KindInternal = "internal" // internal application: resource owner password
)

// NameDomain is how Enhanced Auth tells the app which domain was chosen.
// Egnyte documents none of them: an app has to cope with all.
type NameDomain string

// The ways of naming the domain.
const (
	NameEgnyteDomain NameDomain = "egnyte_domain" // parameter egnyte_domain=acme
	NameDomainParam  NameDomain = "domain"        // parameter domain=acme
	NameReferer      NameDomain = "referer"       // only what the browser's Referer shows
	NameNothing      NameDomain = "none"          // no parameter, and a policy that keeps the Referer back
	NameRaw          NameDomain = "raw"           // egnyte_domain with the text of SetDomainName, for attacks
)

// PKCE is what the server makes of RFC 7636, which Egnyte does not document.
type PKCE string

// The ways of treating PKCE.
const (
	PKCEWhenSent PKCE = "when-sent" // checked where a challenge came
	PKCERequired PKCE = "required"  // no challenge, no code
	PKCEIgnored  PKCE = "ignored"   // parameters that nobody looks at (RFC 6749, 3.1)
)

// Server is a running practice service. Its methods may be called at any time,
// from any goroutine.
type Server struct {
	port      string
	keys      []Key
	gateway   Gateway
	noLimits  bool
	http      *http.Server
	listeners []net.Listener
	closed    chan struct{}
	closing   sync.Once

	mu        sync.Mutex // guards what follows
	clock     clock
	naming    NameDomain
	rawName   string
	pkce      PKCE
	expiresIn string
	noRefresh bool
	people    []Person
	sessions  map[string]owner
	codes     map[string]*code
	tokens    tokenStore
	limits    limiter
	throttled time.Time // until then, on the practice clock
	faults    map[string]*Fault
	requested map[string]int
}

// New starts a practice service. Close ends it.
func New(o Options) (*Server, error) {
	listeners, err := listen(o.Listen)
	if err != nil {
		return nil, fmt.Errorf("starting the practice service: %w", err)
	}
	_, port, _ := net.SplitHostPort(listeners[0].Addr().String())
	s := &Server{
		port: port, keys: []Key{o.Key.filled()}, gateway: o.Gateway, noLimits: o.NoLimits,
		listeners: listeners, closed: make(chan struct{}),
		clock: clock{now: o.Now}, naming: o.NameDomain, pkce: o.PKCE,
		expiresIn: defaultExpiresIn,
		people:    everybody(),
		sessions:  map[string]owner{}, codes: map[string]*code{},
		tokens: newTokenStore(), limits: limiter{}, faults: map[string]*Fault{}, requested: map[string]int{},
	}
	for _, key := range o.Keys {
		s.keys = append(s.keys, key.filled())
	}
	if s.gateway == "" {
		s.gateway = GatewayApigee
	}
	if s.naming == "" {
		s.naming = NameEgnyteDomain
	}
	if s.pkce == "" {
		s.pkce = PKCEWhenSent
	}
	s.http = &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	for _, l := range listeners {
		go func() { _ = s.http.Serve(l) }() // ends with Close, as http.ErrServerClosed
	}
	return s, nil
}

func (k Key) filled() Key {
	if k.ID == "" {
		k.ID = "practice-" + strings.ToLower(rand.Text()[:12])
		k.Secret = strings.ToLower(rand.Text())
	}
	if k.RedirectURI == "" {
		k.RedirectURI = "http://127.0.0.1/callback"
	}
	if k.Kind == "" {
		k.Kind = KindCode
	}
	return k
}

// listen binds 127.0.0.1 and, where the machine has it, ::1 on the same port:
// browsers may take either for a name under .localhost (RFC 6761, 6.3).
func listen(address string) ([]net.Listener, error) {
	if address == "" {
		address = "127.0.0.1:0"
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("the address %q: %w", address, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("the address %q is not of this machine alone: use 127.0.0.1:PORT", address)
	}
	const attempts = 16 // for a port that is free on one address and taken on the other
	for range attempts {
		listeners, complete, err := listenBoth(port)
		if err != nil || complete || port != "0" {
			return listeners, err
		}
		closeAll(listeners)
	}
	return nil, errors.New("no port is free on both 127.0.0.1 and ::1")
}

// listenBoth reports as complete what can't get better by another port.
func listenBoth(port string) (listeners []net.Listener, complete bool, err error) {
	v4, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return nil, false, err
	}
	if probe, err := net.Listen("tcp6", "[::1]:0"); err != nil {
		return []net.Listener{v4}, true, nil // no IPv6 here
	} else {
		probe.Close()
	}
	_, port, _ = net.SplitHostPort(v4.Addr().String())
	v6, err := net.Listen("tcp6", net.JoinHostPort("::1", port))
	if err != nil {
		return []net.Listener{v4}, false, nil
	}
	return []net.Listener{v4, v6}, true, nil
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}

// URL is the service's address, http://egnyte.localhost:PORT. A browser finds
// the admin page there.
func (s *Server) URL() string { return "http://" + serviceName + ":" + s.port }

// DomainURL is the address of one domain's own Egnyte, without a trailing slash.
func (s *Server) DomainURL(label string) string {
	return "http://" + label + "." + serviceName + ":" + s.port
}

// Key is Options.Key, with what was left out filled in.
func (s *Server) Key() Key { return s.keys[0] }

func (s *Server) keyOf(id string) (Key, bool) {
	for _, key := range s.keys {
		if key.ID == id {
			return key, true
		}
	}
	return Key{}, false
}

// scopes are those that Egnyte documents.
var scopes = strings.Fields(`Egnyte.filesystem Egnyte.link Egnyte.permission Egnyte.user Egnyte.group Egnyte.audit
	Egnyte.bookmark Egnyte.projectfolders Egnyte.launchwebsession Egnyte.webhooks Egnyte.ai Egnyte.sign
	Egnyte.documentportal Egnyte.uploadrequests Egnyte.etmf Egnyte.controlleddocs Egnyte.salesforce Egnyte.integrations`)

// mayAsk reports whether a key may ask for all scopes of a request.
func (k Key) mayAsk(asked string) bool {
	allowed := k.Scopes
	if allowed == nil {
		allowed = scopes
	}
	for _, scope := range strings.Fields(asked) {
		if !slices.Contains(allowed, scope) {
			return false
		}
	}
	return true
}

// Close ends the service and every connection to it.
func (s *Server) Close() error {
	var err error
	s.closing.Do(func() {
		close(s.closed)
		err = s.http.Close()
		closeAll(s.listeners)
	})
	return err
}
