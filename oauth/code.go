package oauth

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"

	"golang.org/x/oauth2"
)

// attempt is what ties one authorize request to its callback and its exchange.
type attempt struct {
	receiver    Receiver
	redirectURI string // the receiver's
	state       string
	verifier    string // PKCE (RFC 7636); empty when left out
	url         string
	start       string   // what the browser opens, which leads to url
	unknown     *Refusal // what the preflight was answered, if it is not known
}

// begin binds the receiver and composes the authorize address. The receiver
// is bound first: the address names its port.
func (s SignIn) begin(ctx context.Context) (attempt, error) {
	a := attempt{state: rand.Text()}
	if !s.NoPKCE && s.Flow != FlowImplicit { // nothing is exchanged there
		a.verifier = oauth2.GenerateVerifier()
	}
	endpoint := s.Domain.authorizeURL
	if s.Flow == FlowEnhanced {
		region := s.Region
		if region == "" || region == RegionAuto {
			region = s.Service.nearestRegion(ctx, new(net.Dialer).DialContext)
		}
		endpoint = func() string { return s.Service.enhancedAuthURL(region) }
	}
	receiver, err := s.Listen(ctx, s.Key.RedirectURI, a.state)
	if err != nil {
		return attempt{}, fmt.Errorf("preparing to receive the sign-in: %w", err)
	}
	a.state = receiver.State()
	if s.Flow == FlowImplicit {
		receiver.ExpectFragment()
	}
	a.receiver, a.redirectURI = receiver, receiver.RedirectURI()
	a.url = s.authorizeURL(endpoint(), a)
	a.start = receiver.Start(a.url)
	return a, nil
}

// authorizeURL composes the authorize request (RFC 6749, 4.1.1 and 4.2.1).
func (s SignIn) authorizeURL(endpoint string, a attempt) string {
	c := oauth2.Config{
		ClientID: s.Key.ID, RedirectURL: a.redirectURI, Scopes: s.Scopes, Endpoint: oauth2.Endpoint{AuthURL: endpoint},
	}
	var options []oauth2.AuthCodeOption
	if a.verifier != "" {
		options = append(options, oauth2.S256ChallengeOption(a.verifier))
	}
	if s.Flow == FlowImplicit {
		options = append(options, oauth2.SetAuthURLParam("response_type", "token"))
	}
	return c.AuthCodeURL(a.state, options...)
}

// visitBrowser sends the person to Egnyte and waits for the redirect.
func (s SignIn) visitBrowser(ctx context.Context, a attempt) (Callback, error) {
	until, _ := ctx.Deadline()
	waiting := WaitingForBrowser{URL: a.url, Start: a.start, Until: until, Unknown: a.unknown, Receiver: a.receiver}
	s.Report(waiting)
	stop := s.openBrowser(ctx, waiting)
	callback, err := a.receiver.Receive(ctx)
	stop()
	if a.unknown != nil && errors.Is(err, ErrTimeout) {
		return Callback{}, a.unknown
	}
	if err != nil {
		return Callback{}, fmt.Errorf("waiting for the browser: %w", err)
	}
	if callback.Error != "" {
		return Callback{}, refusalOnCallback(callback.Error, callback.ErrorDescription)
	}
	return callback, nil
}

// openBrowser runs off the path: a browser that stays in the foreground must
// not hold up its own callback. The function it returns makes sure that no
// step is reported after the wait is over.
func (s SignIn) openBrowser(ctx context.Context, waiting WaitingForBrowser) (stop func()) {
	if s.Browser == nil {
		return func() {}
	}
	var mu sync.Mutex
	over := false
	go func() {
		err := s.Browser.Open(ctx, waiting.Start)
		mu.Lock()
		defer mu.Unlock()
		if err != nil && !over {
			waiting.BrowserError = err
			s.Report(waiting)
		}
	}()
	return func() {
		mu.Lock()
		defer mu.Unlock()
		over = true
	}
}

// exchange turns the code into a token at the domain's own token endpoint.
func (s SignIn) exchange(ctx context.Context, domain Domain, a attempt, code Secret) (Token, error) {
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code.Reveal()}, "redirect_uri": {a.redirectURI}}
	if a.verifier != "" {
		form.Set("code_verifier", a.verifier)
	}
	if len(s.Scopes) > 0 {
		form.Set("scope", strings.Join(s.Scopes, " "))
	}
	return requestToken(ctx, s.HTTP, domain, s.Key, s.Scopes, form)
}

// refusalOnCallback reads the error of a callback (RFC 6749, 4.1.2.1).
func refusalOnCallback(code, description string) error {
	code, description = safeCode(strings.ToLower(code)), plainWithout(description, nil)
	if code == "access_denied" && description == "" {
		return ErrDenied
	}
	return &Refusal{Kind: cmp.Or(oauthErrors[code], RefusedOther), Code: code, Words: description}
}

// ErrDenied: the person chose not to allow access.
var ErrDenied = errors.New("access was not allowed")
