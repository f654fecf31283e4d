package oauth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/redirect"
)

// person is somebody at a browser: a double of oauth.Browser that clicks
// through the practice pages.
type person struct {
	at       *practice.Server
	who      practice.Person
	decision practice.Decision
	types    string // at Enhanced Auth
}

func (p person) Open(ctx context.Context, url string) error {
	return p.at.SignInAs(ctx, url, p.who, p.decision, p.types)
}

// steps collects what a sign-in reports.
type steps struct {
	mu  sync.Mutex
	all []oauth.Step
}

func (s *steps) report(step oauth.Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, step)
}

func (s *steps) names() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, step := range s.all {
		switch step.(type) {
		case oauth.Preparing:
			names = append(names, "preparing")
		case oauth.WaitingForBrowser:
			names = append(names, "waiting")
		case oauth.AskDomain:
			names = append(names, "ask")
		case oauth.ConfirmUser:
			names = append(names, "confirm")
		case oauth.Exchanging:
			names = append(names, "exchanging")
		case oauth.Verifying:
			names = append(names, "verifying")
		case oauth.Done:
			names = append(names, "done")
		}
	}
	return strings.Join(names, " ")
}

// ready is a sign-in at the practice service, complete but for the person.
func ready(t *testing.T, at *practice.Server, visitor person) oauth.SignIn {
	t.Helper()
	service, err := oauth.ParseService(at.URL())
	if err != nil {
		t.Fatal(err)
	}
	visitor.at = at
	if visitor.who.Username == "" {
		visitor.who = at.People()[0]
	}
	if visitor.decision == "" {
		visitor.decision = practice.Allow
	}
	return oauth.SignIn{
		Service: service,
		Key:     oauth.Key{ID: at.Key().ID, Secret: oauth.NewSecret(at.Key().Secret)},
		Scopes:  []string{"Egnyte.filesystem"},
		Timeout: 20 * time.Second,
		Browser: visitor, Listen: redirect.Listen,
	}
}

func domain(t *testing.T, s oauth.SignIn, label string) oauth.Domain {
	t.Helper()
	d, err := s.Service.ParseDomain(label)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEnhancedAuthHoweverItNamesTheDomain(t *testing.T) {
	t.Parallel()
	for _, naming := range []practice.NameDomain{practice.NameEgnyteDomain, practice.NameDomainParam, practice.NameReferer, practice.NameNothing} {
		t.Run(string(naming), func(t *testing.T) {
			t.Parallel()
			// Given Enhanced Auth that names the domain this way
			at := practice.Start(t, func(o *practice.Options) { o.NameDomain = naming })
			signIn := ready(t, at, person{types: "files.acme.example"})
			var seen steps
			signIn.Report = func(step oauth.Step) {
				seen.report(step)
				if ask, ok := step.(oauth.AskDomain); ok {
					if ask.Answer("not a domain") == nil {
						t.Error("an answer that can't be a domain was taken")
					}
					if err := ask.Answer("acme"); err != nil {
						t.Error(err)
					}
				}
			}

			// When a person signs in by their company's own name
			grant, err := signIn.Run(t.Context())

			// Then the grant is theirs, and the question came only where it had to
			if err != nil {
				t.Fatal(err)
			}
			if grant.Domain.Label() != "acme" || grant.User.Username != "jsmith" || grant.User.Name() != "Jane Smith" || grant.Flow != oauth.FlowEnhanced {
				t.Errorf("got %+v", grant)
			}
			issued := at.Tokens("acme", "jsmith")
			if len(issued) != 1 || grant.Token.Access.Reveal() != issued[0].Access || grant.Token.Refresh.Reveal() != issued[0].Refresh {
				t.Error("the grant's pair is not the one that was issued")
			}
			if life := grant.Token.Expiry.Sub(grant.Token.Issued); life != 30*24*time.Hour {
				t.Errorf("the token lives %s", life)
			}
			want := "preparing waiting exchanging verifying done"
			if naming == practice.NameNothing {
				want = "preparing waiting ask exchanging verifying done"
			}
			if seen.names() != want {
				t.Errorf("steps: %s", seen.names())
			}
		})
	}
}

func TestEitherRegionServes(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	for _, region := range []oauth.Region{oauth.RegionUS, oauth.RegionEurope, oauth.RegionAuto} {
		signIn := ready(t, at, person{types: "acme"})
		signIn.Region = region
		if _, err := signIn.Run(t.Context()); err != nil {
			t.Errorf("%s: %v", region, err)
		}
	}
}

func TestCodeFlowAtATypedDomain(t *testing.T) {
	t.Parallel()
	for _, pkce := range []practice.PKCE{practice.PKCEWhenSent, practice.PKCERequired, practice.PKCEIgnored} {
		at := practice.Start(t, func(o *practice.Options) { o.PKCE = pkce })
		signIn := ready(t, at, person{})
		signIn.Domain = domain(t, signIn, "acme")
		grant, err := signIn.Run(t.Context())
		if err != nil || grant.Flow != oauth.FlowCode || at.Requests("enhanced") != 0 {
			t.Errorf("PKCE %s: got %+v, %v", pkce, grant, err)
		}
	}
}

// A callback that names another host gets neither code nor secret sent there.
func TestACallbackThatNamesAForeignHost(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"evil.example", "acme.egnyte.com.evil.example", "acme.egnyte.com@evil.example", "evil.example/.egnyte.com", "https://evil.example/",
		"us-partner-integrations", "www", "-", " ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := practice.Start(t)
			at.SetDomainName(name)
			_, err := ready(t, at, person{types: "acme"}).Run(t.Context())
			var foreign *oauth.ForeignDomainError
			if !errors.As(err, &foreign) || at.Requests("token") != 0 {
				t.Errorf("got %v after %d token requests", err, at.Requests("token"))
			}
		})
	}
}

func TestWhatACallbackMaySayOfItsDomain(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	host := strings.TrimPrefix(at.URL(), "http://")
	for _, name := range []string{"acme", "acme." + host, "http://acme." + host, "http://acme." + host + "/"} {
		at.SetDomainName(name)
		if grant, err := ready(t, at, person{types: "acme"}).Run(t.Context()); err != nil || grant.Domain.Label() != "acme" {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestThePersonSaysNo(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	_, err := ready(t, at, person{types: "acme", decision: practice.Deny}).Run(t.Context())
	if !errors.Is(err, oauth.ErrDenied) || at.Requests("token") != 0 {
		t.Errorf("got %v after %d token requests", err, at.Requests("token"))
	}
}

func TestNobodyComesBack(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	signIn := ready(t, at, person{})
	signIn.Browser, signIn.Timeout = nil, time.Millisecond
	if _, err := signIn.Run(t.Context()); !errors.Is(err, oauth.ErrTimeout) {
		t.Errorf("got %v", err)
	}
}

func TestNobodyAnswersTheQuestion(t *testing.T) {
	t.Parallel()
	at := practice.Start(t, func(o *practice.Options) { o.NameDomain = practice.NameNothing })
	signIn := ready(t, at, person{types: "acme"})
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("nobody is there")
	signIn.Report = func(step oauth.Step) {
		if _, ok := step.(oauth.AskDomain); ok {
			cancel(reason)
		}
	}
	if _, err := signIn.Run(ctx); !errors.Is(err, reason) || at.Requests("token") != 0 {
		t.Errorf("got %v after %d token requests", err, at.Requests("token"))
	}
}

// A browser that stays in the foreground, or fails, holds nothing up.
func TestTheBrowserIsOffThePath(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	signIn := ready(t, at, person{types: "acme"})
	visitor := signIn.Browser
	t.Run("stays in the foreground", func(t *testing.T) {
		signIn.Browser = browser(func(ctx context.Context, url string) error {
			_ = visitor.Open(ctx, url)
			<-t.Context().Done()
			return nil
		})
		if _, err := signIn.Run(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("can't be started", func(t *testing.T) {
		failed := errors.New("no browser")
		signIn.Browser = browser(func(context.Context, string) error { return failed })
		var seen steps
		signIn.Report = func(step oauth.Step) {
			seen.report(step)
			// Then the person opens the link by hand.
			if waiting, ok := step.(oauth.WaitingForBrowser); ok && errors.Is(waiting.BrowserError, failed) {
				go func() { _ = visitor.Open(t.Context(), waiting.URL) }()
			}
		}
		if _, err := signIn.Run(t.Context()); err != nil || seen.names() != "preparing waiting waiting exchanging verifying done" {
			t.Errorf("got %v, steps %s", err, seen.names())
		}
	})
}

type browser func(ctx context.Context, url string) error

func (b browser) Open(ctx context.Context, url string) error { return b(ctx, url) }

// Given a system that does not tell one user's programs from another's, when the
// start address is opened twice, then the user is asked who they are before the
// sign-in succeeds; without a yes nothing is granted and the token is revoked.
func TestASignInThatWasOpenedTwiceIsConfirmed(t *testing.T) {
	t.Parallel()
	untold := redirect.Listener{Peer: func(_, _ netip.AddrPort) (bool, error) { return false, errors.ErrUnsupported }}.Listen
	for name, c := range map[string]struct {
		listen oauth.Listen
		opened int
		answer func(oauth.ConfirmUser, context.CancelFunc)
		steps  string
		want   error
	}{
		"opened once":     {untold, 1, nil, "preparing waiting exchanging verifying done", nil},
		"told apart":      {redirect.Listen, 2, nil, "preparing waiting exchanging verifying done", nil},
		"yes":             {untold, 2, func(c oauth.ConfirmUser, _ context.CancelFunc) { c.Answer(true); c.Answer(false) }, "preparing waiting exchanging verifying confirm done", nil},
		"no":              {untold, 2, func(c oauth.ConfirmUser, _ context.CancelFunc) { c.Answer(false); c.Answer(true) }, "preparing waiting exchanging verifying confirm", oauth.ErrNotConfirmed},
		"cancelled first": {untold, 2, func(_ oauth.ConfirmUser, cancel context.CancelFunc) { cancel() }, "preparing waiting exchanging verifying confirm", context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := practice.Start(t)
			signIn := ready(t, at, person{types: "acme"})
			visitor := signIn.Browser
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var seen steps
			signIn.Listen = c.listen
			signIn.Browser = browser(func(ctx context.Context, url string) error {
				for range c.opened - 1 {
					reply, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Get(url)
					if err != nil {
						return err
					}
					_ = reply.Body.Close()
				}
				return visitor.Open(ctx, url)
			})
			signIn.Report = func(step oauth.Step) {
				seen.report(step)
				if ask, ok := step.(oauth.ConfirmUser); ok {
					if ask.User.Name() != "Jane Smith" || ask.Domain.Label() != "acme" {
						t.Errorf("asked for %+v", ask)
					}
					c.answer(ask, cancel)
				}
			}
			grant, err := signIn.Run(ctx)
			if !errors.Is(err, c.want) || seen.names() != c.steps {
				t.Errorf("got %v after %s", err, seen.names())
			}
			if alive := len(at.Tokens("acme", "jsmith")); (alive == 1) != (c.want == nil) || grant.Token.Access.IsZero() != (c.want != nil) {
				t.Errorf("%d tokens are alive; the grant is %+v", alive, grant)
			}
		})
	}
}

func TestWhatIsRefusedBeforeAnythingOpens(t *testing.T) {
	t.Parallel()
	gov, _ := oauth.ParseService("https://egnytegov.com")
	qa, _ := oauth.ParseService("https://qa-egnyte.com")
	acme, _ := oauth.Service{}.ParseDomain("acme")
	key := oauth.Key{ID: "key"}
	for _, c := range []struct {
		field  string
		signIn oauth.SignIn
	}{
		{"client_id", oauth.SignIn{}},
		{"domain", oauth.SignIn{Key: key, Flow: oauth.FlowCode}},
		{"domain", oauth.SignIn{Key: key, Flow: oauth.FlowImplicit}},
		{"domain", oauth.SignIn{Key: key, Service: gov}},
		{"domain", oauth.SignIn{Key: key, Service: gov, Flow: oauth.FlowEnhanced}},
		{"domain", oauth.SignIn{Key: key, Service: qa}},
		{"flow", oauth.SignIn{Key: key, Domain: acme, Flow: oauth.FlowEnhanced}},
	} {
		field, signIn := c.field, c.signIn
		signIn.Listen = func(context.Context, string, string) (oauth.Receiver, error) {
			t.Errorf("%s: a receiver was bound", field)
			return nil, errors.New("unexpected")
		}
		_, err := signIn.Run(t.Context())
		var config *oauth.ConfigError
		if !errors.As(err, &config) || config.Field != field {
			t.Errorf("%s: got %v", field, err)
		}
	}
	for _, signIn := range []oauth.SignIn{{Key: key, Domain: acme, Service: gov}, {Key: key, Domain: acme, Service: qa}} {
		if _, err := signIn.Run(t.Context()); err == nil {
			t.Errorf("%+v was not refused", signIn)
		}
	}
}

func TestRefusalsOfTheExchange(t *testing.T) {
	t.Parallel()
	for kind, fault := range map[oauth.RefusalKind]practice.Fault{
		oauth.RefusedInvalidGrant: practice.FaultInvalidGrant,
		oauth.RefusedClient:       practice.FaultInvalidClient,
		oauth.RefusedTokenLimit:   practice.FaultTokenLimit,
		oauth.RefusedKeyKind:      practice.FaultResourceOwner,
		oauth.RefusedServer:       practice.Fault503,
	} {
		forms := map[string]practice.Fault{"JSON": fault}
		if kind != oauth.RefusedInvalidGrant && kind != oauth.RefusedClient { // a page holds no error value
			forms["HTML"], forms["XML"] = fault.HTML(), fault.XML()
		}
		for form, fault := range forms {
			at := practice.Start(t)
			at.Fault("token", fault)
			_, err := ready(t, at, person{types: "acme"}).Run(t.Context())
			var refusal *oauth.Refusal
			if !errors.As(err, &refusal) || refusal.Kind != kind {
				t.Errorf("%s as %s: got %v", kind, form, err)
			}
		}
	}
}

// The code is spent: passing trouble after the exchange is waited out.
func TestPassingTroubleAfterTheExchange(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	at.Fault("userinfo", practice.Fault503.For(2))
	if _, err := ready(t, at, person{types: "acme"}).Run(t.Context()); err != nil || at.Requests("userinfo") != 3 {
		t.Errorf("got %v after %d calls", err, at.Requests("userinfo"))
	}
}

// A token that can't be attributed is ended, not left behind.
func TestATokenOfNobodyIsRevoked(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	at.Fault("userinfo", practice.FaultInactive)
	_, err := ready(t, at, person{types: "acme"}).Run(t.Context())
	var refusal *oauth.Refusal
	if !errors.As(err, &refusal) || refusal.Kind != oauth.RefusedInactive || len(at.Tokens("acme", "jsmith")) != 0 {
		t.Errorf("got %v; %d tokens are alive", err, len(at.Tokens("acme", "jsmith")))
	}
}

func TestExpiryAsEgnyteWritesIt(t *testing.T) {
	t.Parallel()
	for raw, life := range map[string]time.Duration{`-1`: 0, `"3600"`: time.Hour, `null`: 0, ``: 0, `1e12`: 0, `"soon"`: 0} {
		at := practice.Start(t)
		at.ExpiresIn(raw)
		grant, err := ready(t, at, person{types: "acme"}).Run(t.Context())
		if err != nil {
			t.Errorf("expires_in %s: %v", raw, err)
			continue
		}
		if ends := !grant.Token.Expiry.IsZero(); ends != (life > 0) || ends && grant.Token.Expiry.Sub(grant.Token.Issued) != life {
			t.Errorf("expires_in %s: expires %v", raw, grant.Token.Expiry)
		}
	}
}

// The token request is answered with a redirect: the secret does not follow it.
func TestATokenRequestFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	called := make(chan struct{}, 8)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called <- struct{}{} }))
	t.Cleanup(elsewhere.Close)
	at := practice.Start(t)
	at.Fault("token", practice.Fault{Status: http.StatusTemporaryRedirect, Header: http.Header{"Location": {elsewhere.URL}}})
	_, err := ready(t, at, person{types: "acme"}).Run(t.Context())
	var refusal *oauth.Refusal
	if !errors.As(err, &refusal) || refusal.Kind != oauth.RefusedRedirected || len(called) != 0 {
		t.Errorf("got %v; %d calls elsewhere", err, len(called))
	}
}

// No error of a sign-in repeats what was sent or received.
func TestErrorsKeepSecrets(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	at.Fault("token", practice.Fault{Status: 400, Body: `{"error":"invalid_grant","error_description":"` + at.Key().Secret + `"}`})
	_, err := ready(t, at, person{types: "acme"}).Run(t.Context())
	if err == nil || strings.Contains(err.Error(), at.Key().Secret) {
		t.Errorf("got %v", err)
	}
}
