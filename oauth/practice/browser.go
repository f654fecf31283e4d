package practice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// Decision is what a person answers on the consent page.
type Decision string

// The two answers.
const (
	Allow Decision = "allow"
	Deny  Decision = "deny"
)

// Callback is the redirect that a sign-in ended in, before anybody called it.
type Callback struct {
	URL     string
	Referer string // what a browser would send with it; may be empty
}

// Client is a client for every host of the service: it dials loopback for
// them whatever a resolver says, keeps cookies, and follows redirects with the
// Referer that a browser would send.
func (s *Server) Client() *http.Client {
	jar, _ := cookiejar.New(nil) // never fails without options
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	transport := &http.Transport{
		DisableKeepAlives: true, // no connection outlives its test
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if host, port, err := net.SplitHostPort(address); err == nil {
				if strings.HasSuffix(host, ".localhost") {
					address = net.JoinHostPort("127.0.0.1", port)
				}
			}
			return dialer.DialContext(ctx, network, address)
		},
	}
	return &http.Client{Transport: transport, Jar: jar, CheckRedirect: browserRedirect}
}

// browserRedirect corrects net/http's Referer, which is the whole address of
// the hop before: a browser's stays that of the page where the way began, cut
// to its origin for another site (Referrer Policy, 8.3).
func browserRedirect(r *http.Request, via []*http.Request) error {
	if len(via) >= 10 {
		return errors.New("stopped after 10 redirects")
	}
	page := via[0].Header.Get("Referer")
	if r.Response.Header.Get("Referrer-Policy") == referrerNone {
		page = ""
	}
	setReferer(r, page)
	return nil
}

func setReferer(r *http.Request, page string) {
	r.Header.Del("Referer")
	u, err := url.Parse(page)
	if err != nil || u.Host == "" {
		return
	}
	u.Fragment = ""
	if u.Scheme != r.URL.Scheme || u.Host != r.URL.Host {
		u = &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}
	}
	r.Header.Set("Referer", u.String())
}

// SignInAs does what a person does with an authorize address, without a
// browser: names domainTyped where Enhanced Auth asks (their own domain's
// label if empty), signs in, decides, and lets the redirect reach the app.
// What the app answers there is not judged.
func (s *Server) SignInAs(ctx context.Context, authorizeURL string, p Person, decision Decision, domainTyped string) error {
	callback, err := s.Decide(ctx, authorizeURL, p, decision, domainTyped)
	if err != nil {
		return err
	}
	return s.Follow(ctx, callback)
}

// Decide is SignInAs up to the redirect, which it hands over uncalled.
func (s *Server) Decide(ctx context.Context, authorizeURL string, p Person, decision Decision, domainTyped string) (Callback, error) {
	v := s.newVisit(ctx)
	if domainTyped == "" {
		domainTyped = p.Domain
	}
	err := v.get(authorizeURL)
	for err == nil && v.callback.URL == "" {
		err = v.fillIn(p, decision, domainTyped)
	}
	if err != nil {
		return Callback{}, fmt.Errorf("signing in as %s at the practice service: %w", p.Username, err)
	}
	return v.callback, nil
}

// Follow calls the redirect address as the browser would.
func (s *Server) Follow(ctx context.Context, c Callback) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL, nil)
	if err != nil {
		return errors.New("the redirect address is unusable")
	}
	setReferer(r, c.Referer)
	reply, err := s.Client().Do(r)
	if err != nil {
		return fmt.Errorf("calling the redirect address: %w", withoutURL(err))
	}
	defer reply.Body.Close()
	_, err = io.Copy(io.Discard, reply.Body)
	return withoutURL(err)
}

// withoutURL drops the address of the request, which holds a code.
func withoutURL(err error) error {
	var request *url.Error
	if errors.As(err, &request) {
		return request.Err
	}
	return err
}

// visit is one person's way through the pages.
type visit struct {
	ctx      context.Context
	client   *http.Client
	at       *url.URL // the page that is open
	policy   string   // its Referrer-Policy
	refused  bool     // it says what was wrong with what was typed
	callback Callback
}

func (s *Server) newVisit(ctx context.Context) *visit {
	v := &visit{ctx: ctx, client: s.Client()}
	v.client.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if err := browserRedirect(r, via); err != nil {
			return err
		}
		if _, ours := labelOf(r.URL.Host); !ours {
			v.callback = Callback{URL: r.URL.String(), Referer: r.Header.Get("Referer")}
			return http.ErrUseLastResponse
		}
		return nil
	}
	return v
}

// fillIn does what the open page asks for.
func (v *visit) fillIn(p Person, decision Decision, domainTyped string) error {
	if v.refused {
		return errors.New("the practice service did not take what was typed")
	}
	switch path := v.at.Path; {
	case strings.HasPrefix(path, "/services/oauth/"):
		return v.post("/services/oauth/domain", url.Values{"domain": {domainTyped}})
	case path == "/puboauth/consent":
		return v.post("/puboauth/consent", url.Values{"decision": {string(decision)}})
	default:
		return v.post("/puboauth/signin", url.Values{"username": {p.Username}, "password": {p.Password}})
	}
}

func (v *visit) get(address string) error {
	r, err := http.NewRequestWithContext(v.ctx, http.MethodGet, address, nil)
	if err != nil {
		return errors.New("the authorize address is unusable")
	}
	return v.open(r)
}

// post sends the form of the open page; its address carries the request on.
func (v *visit) post(path string, form url.Values) error {
	target := url.URL{Scheme: v.at.Scheme, Host: v.at.Host, Path: path, RawQuery: v.at.RawQuery}
	r, err := http.NewRequestWithContext(v.ctx, http.MethodPost, target.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("filling in %s: %w", v.at.Path, err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if v.policy != referrerNone {
		setReferer(r, v.at.String())
	}
	return v.open(r)
}

func (v *visit) open(r *http.Request) error {
	reply, err := v.client.Do(r)
	if err != nil {
		return withoutURL(err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(io.LimitReader(reply.Body, 4096))
	switch {
	case v.callback.URL != "":
		return nil
	case err != nil:
		return withoutURL(err)
	case reply.StatusCode == http.StatusUnprocessableEntity:
		v.refused = true
	case reply.StatusCode != http.StatusOK:
		return fmt.Errorf("%s answered %s: %s", reply.Request.URL.Path, reply.Status, body)
	}
	v.at, v.policy = reply.Request.URL, reply.Header.Get("Referrer-Policy")
	return nil
}
