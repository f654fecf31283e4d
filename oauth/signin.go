// Package oauth signs a user in to Egnyte as Egnyte documents it, and renews and
// revokes tokens:
//
//	grant, err := oauth.SignIn{
//		Domain:  domain, // of Service{}.ParseDomain("acme")
//		Key:     oauth.Key{ID: id, Secret: secret},
//		Browser: redirect.SystemBrowser{},
//		Listen:  redirect.Listen,
//	}.Run(ctx)
//	token, err := oauth.Refresh(ctx, http, grant.Domain, grant.Key, grant.Token.Refresh, nil)
//
// It has no GUI and uses neither keyring nor files. To sign in with the user's settings
// and save the account, see package client; for tokens of saved accounts, see package
// account.
package oauth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// SignIn is one sign-in, whichever flow it takes: the entry to this package.
type SignIn struct {
	Service Service
	Key     Key
	Flow    Flow   // empty: FlowCode if Domain is set, else FlowEnhanced
	Domain  Domain // zero: Enhanced Auth asks for it
	Region  Region // for Enhanced Auth; empty: RegionAuto
	Scopes  []string
	NoPKCE  bool          // leaves PKCE out, for a server that stumbles over it
	Timeout time.Duration // for the person in the browser; zero: none

	// Preflight asks the authorize address once before the browser opens, so
	// that a refusal is an error here and no raw JSON in a browser. Not for
	// FlowEnhanced: exactly one request goes there.
	Preflight bool

	// Check, where not nil, is what else has to hold before a browser opens, such
	// as a place to keep the result. It runs beside the preparations and ends
	// with its context; its error ends the sign-in.
	Check func(context.Context) error

	Username string // FlowPassword alone
	Password Secret // FlowPassword alone: sent once, kept nowhere

	Browser Browser      // nil: the person opens the link by hand
	Listen  Listen       // receives the redirect
	HTTP    *http.Client // nil: NewHTTPClient(nil)
	Report  func(Step)   // nil: nobody watches
}

// Browser shows the person an address. Open starts the browser and does not
// wait for it; it may take a while to fail, so it is called off the path.
type Browser interface {
	Open(ctx context.Context, url string) error
}

// Listen binds a Receiver for redirectURI, before the browser opens. State is
// what the right redirect carries.
type Listen func(ctx context.Context, redirectURI, state string) (Receiver, error)

// Receiver gets the browser back. Its methods may be called from any goroutine.
type Receiver interface {
	// RedirectURI is the exact address for authorize and token requests.
	RedirectURI() string
	// Start returns the address to open in a browser on this machine, which
	// leads to authorizeURL. What a program opens is among its arguments, and
	// every user of the machine can read those; the state must not be. It is
	// authorizeURL itself where the browser doesn't come back here. Call it
	// once, before the browser opens.
	Start(authorizeURL string) string
	// State is what the right redirect carries: the given state, or one that tells more.
	State() string
	// ByHand reports that the browser ends where nobody listens, so that the user
	// has to bring the answer: see Offer.
	ByHand() bool
	// ExpectFragment makes it take the answer out of the address's fragment, which
	// browsers send to no server: the implicit grant's. Call it before the browser opens.
	ExpectFragment()
	// Offer ends the wait with the address that a browser ended at, or says why not;
	// the wait then goes on. It is safe to offer whatever is on a clipboard.
	Offer(text string) error
	// OfferWithoutState is Offer that also takes a code alone, which nothing ties to
	// this sign-in: call it only if the user says that they copied it from their own
	// browser, and knows who else could want it tried (RFC 6749, 10.12).
	OfferWithoutState(text string) error
	// Contested reports that the start address was opened more than once, and
	// that the system does not tell by which user.
	Contested() bool
	// Receive waits for the redirect that carries the state, and has answered
	// it when it returns.
	Receive(ctx context.Context) (Callback, error)
	Close() error
}

// Callback is the redirect that ended a wait (RFC 6749, 4.1.2 and 4.2.2).
// Exactly one of Code, Token and Error is set.
type Callback struct {
	Code             Secret
	Token            *FragmentToken // implicit grant alone
	Error            string
	ErrorDescription string   // with Error, if the server said more
	Domain           []string // every value of egnyte_domain, else of domain
	Referer          string
}

// Run signs in: prepare, browser, callback, domain, exchange, userinfo, in this
// order. FlowPassword has no browser and no callback.
func (s SignIn) Run(ctx context.Context) (Grant, error) {
	s, err := s.prepared()
	if err != nil {
		return Grant{}, err
	}
	s.Report(Preparing{})
	checked, stopCheck := s.startCheck(ctx)
	defer stopCheck()
	if s.Flow == FlowPassword {
		if err := <-checked; err != nil {
			return Grant{}, err
		}
		return s.runPassword(ctx)
	}
	attempt, err := s.begin(ctx)
	if err != nil {
		return Grant{}, err
	}
	defer attempt.receiver.Close()
	refusal := s.preflight(ctx, &attempt)
	if err := cmp.Or(<-checked, refusal); err != nil {
		return Grant{}, err
	}

	person, cancel := s.personsTime(ctx)
	defer cancel()
	callback, err := s.visitBrowser(person, attempt)
	if err != nil {
		return Grant{}, err
	}
	domain, err := s.domainOf(person, callback)
	if err != nil {
		return Grant{}, err
	}
	token, err := s.tokenFor(ctx, domain, attempt, callback)
	if err != nil {
		return Grant{}, err
	}
	grant, err := s.granted(ctx, domain, token)
	if err == nil && attempt.receiver.Contested() {
		err = s.confirm(person, grant)
	}
	if err != nil {
		return Grant{}, err
	}
	s.Report(Done{grant})
	return grant, nil
}

// startCheck runs Check beside what follows: the two wait for different services. Stop
// ends it, and returns when it has left nothing behind.
func (s SignIn) startCheck(ctx context.Context) (checked <-chan error, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	result := make(chan error, 1)
	if s.Check == nil {
		result <- nil
		return result, cancel
	}
	var running sync.WaitGroup
	running.Go(func() { result <- s.Check(ctx) })
	return result, func() { cancel(); running.Wait() }
}

// preflight asks the authorize address once. A verdict ends the sign-in. What is not
// understood must not keep anybody from signing in: it is noted in a.
func (s SignIn) preflight(ctx context.Context, a *attempt) error {
	if !s.Preflight || s.Flow == FlowEnhanced {
		return nil
	}
	refusal, _ := s.askAuthorize(ctx, a.url)
	switch {
	case refusal == nil:
		return nil
	case refusal.Kind == RefusedUnknown:
		a.unknown = refusal
		return nil
	case refusal.Passing():
		return nil
	}
	return refusal
}

// withAddress tells a refusal of the redirect address which it was.
func (s SignIn) withAddress(err error) error {
	var refusal *Refusal
	if errors.As(err, &refusal) && refusal.Kind == RefusedRedirectURI {
		refusal.RedirectURI = s.Key.RedirectURI
	}
	return err
}

// tokenFor exchanges a code, and takes the token that came without one.
func (s SignIn) tokenFor(ctx context.Context, domain Domain, a attempt, callback Callback) (Token, error) {
	if s.Flow == FlowImplicit {
		return s.implicitToken(domain, callback)
	}
	s.Report(Exchanging{domain})
	token, err := s.exchange(ctx, domain, a, callback.Code)
	return token, s.withAddress(err)
}

// granted asks whose the token is.
func (s SignIn) granted(ctx context.Context, domain Domain, token Token) (Grant, error) {
	s.Report(Verifying{domain})
	user, err := s.verify(ctx, domain, token)
	if err != nil {
		return Grant{}, err
	}
	return Grant{Domain: domain, User: user, Token: token, Key: s.Key, Flow: s.Flow}, nil
}

// confirm asks the user whether they are who signed in. Without a yes the token
// is revoked.
func (s SignIn) confirm(ctx context.Context, grant Grant) error {
	answers := make(chan bool, 1)
	s.Report(ConfirmUser{grant.User, grant.Domain, func(yes bool) {
		select {
		case answers <- yes:
		default: // answered already
		}
	}})
	err := ErrNotConfirmed
	select {
	case yes := <-answers:
		if yes {
			return nil
		}
	case <-ctx.Done():
		err = fmt.Errorf("waiting for the user to confirm who signed in: %w", context.Cause(ctx))
	}
	return s.revokeUnused(ctx, grant.Domain, grant.Token, err)
}

// personsTime bounds what waits for a person: the browser and the question.
func (s SignIn) personsTime(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.Timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, s.Timeout, ErrTimeout)
}

// prepared fills in what was left out and refuses what can't work, before
// anything is opened.
func (s SignIn) prepared() (SignIn, error) {
	if s.Key.ID == "" {
		return s, &ConfigError{Field: "client_id", Reason: "no Egnyte API key is known"}
	}
	if s.Key.RedirectURI == "" {
		s.Key.RedirectURI = DefaultRedirectURI
	}
	if s.Flow == "" {
		s.Flow = FlowEnhanced
		if !s.Domain.IsZero() {
			s.Flow = FlowCode
		}
	}
	if s.HTTP == nil {
		s.HTTP = NewHTTPClient(nil)
	}
	if s.Report == nil {
		s.Report = func(Step) {}
	}
	return s, s.check()
}

// check finds what does not go together.
func (s SignIn) check() error {
	switch {
	case s.Flow != FlowEnhanced && s.Domain.IsZero():
		return &ConfigError{Field: "domain", Reason: fmt.Sprintf("the %s flow needs the Egnyte domain", s.Flow)}
	case s.Flow == FlowEnhanced && !s.Domain.IsZero():
		return &ConfigError{Field: "flow", Reason: "Enhanced Auth asks for the domain itself"}
	case s.Flow == FlowEnhanced && !s.Service.HasEnhancedAuth():
		return &ConfigError{Field: "domain", Reason: fmt.Sprintf("%s has no Enhanced Auth: give the domain", s.Service.Host())}
	case !s.Domain.IsZero() && !s.Domain.Service().Equal(s.Service):
		return &ConfigError{Field: "domain", Reason: fmt.Sprintf("%s is not under %s", s.Domain, s.Service.Host())}
	case s.Flow == FlowPassword && s.Username == "":
		return &ConfigError{Field: "username", Reason: "the password flow needs the user name"}
	case s.Flow == FlowPassword && s.Password.IsZero():
		return &ConfigError{Field: "password", Reason: "the password flow needs the password"}
	}
	return nil
}

// ErrTimeout: nobody came back from the browser in time.
var ErrTimeout = errors.New("nobody came back from the browser in time")

// ErrNotConfirmed: the sign-in was opened more than once, and the user did not
// confirm that they are who signed in.
var ErrNotConfirmed = errors.New("the sign-in was opened more than once, and nobody confirmed who signed in")

// ConfigError: the sign-in can't work as it is set up; nothing was opened.
type ConfigError struct{ Field, Reason string }

func (e *ConfigError) Error() string { return e.Reason }
