package oauth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
)

func TestARefusalOfTheAuthorizeAddressComesBeforeTheBrowser(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	for kind, fault := range map[oauth.RefusalKind]practice.Fault{
		oauth.RefusedRedirectURI: practice.FaultInvalidCallback,
		oauth.RefusedKeyKind:     practice.FaultResourceOwner.HTML(),
		oauth.RefusedKey:         practice.FaultUnknownKey.XML(),
		oauth.RefusedParameters:  practice.FaultParamsMissing,
		oauth.RefusedOtherDomain: practice.FaultOtherDomain.HTML(),
		oauth.RefusedInactive:    practice.FaultInactive.XML(),
	} {
		for _, flow := range []oauth.Flow{oauth.FlowCode, oauth.FlowImplicit} {
			at.Fault("authorize", fault.For(1))
			signIn := ready(t, at, person{})
			signIn.Flow, signIn.Domain, signIn.Preflight = flow, domain(t, signIn, "acme"), true
			var seen steps
			signIn.Report = seen.report
			_, err := signIn.Run(t.Context())
			var refusal *oauth.Refusal
			if !errors.As(err, &refusal) || refusal.Kind != kind || seen.names() != "preparing" {
				t.Errorf("%s, %s: %v after %s", flow, kind, err, seen.names())
			}
			if ours := map[bool]string{true: oauth.DefaultRedirectURI}[kind == oauth.RefusedRedirectURI]; refusal != nil && refusal.RedirectURI != ours {
				t.Errorf("%s, %s: our address is said to be %q", flow, kind, refusal.RedirectURI)
			}
		}
	}
}

func TestACheckThatFailsEndsTheSignInBeforeTheBrowserWhateverThePreflightSays(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	noRoom := errors.New("no room for the result")
	for _, refused := range []bool{false, true} {
		if refused {
			at.Fault("authorize", practice.FaultInvalidCallback.For(1))
		}
		signIn := ready(t, at, person{})
		signIn.Domain, signIn.Preflight = domain(t, signIn, "acme"), true
		preflighted := at.Requests("authorize") + 1
		signIn.Check = func(ctx context.Context) error {
			for at.Requests("authorize") < preflighted && ctx.Err() == nil { // the preflight does not wait for the check
				runtime.Gosched()
			}
			return noRoom
		}
		var seen steps
		signIn.Report = seen.report
		if _, err := signIn.Run(t.Context()); !errors.Is(err, noRoom) || seen.names() != "preparing" {
			t.Errorf("refused %v: %v after %s", refused, err, seen.names())
		}
	}
}

func TestACheckIsCalledOffWithItsSignIn(t *testing.T) {
	t.Parallel()
	signIn := ready(t, practice.Start(t), person{})
	port := errors.New("the port is taken")
	signIn.Listen = func(context.Context, string, string) (oauth.Receiver, error) { return nil, port }
	ended := make(chan struct{})
	signIn.Check = func(ctx context.Context) error {
		<-ctx.Done()
		close(ended)
		return ctx.Err()
	}
	if _, err := signIn.Run(t.Context()); !errors.Is(err, port) {
		t.Errorf("%v", err)
	}
	<-ended
}

func TestNothingElseKeepsAPersonFromSigningIn(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]practice.Fault{
		"throttled": practice.FaultTokenLimit, "over QPS": practice.FaultOverQPS(1), "503": practice.Fault503,
		"cut off": {CloseMidBody: true}, "garbage": {Status: 200, Body: "\x00"}, "teapot": {Status: 418},
		"a page that knows the words": {Status: 200, Body: `<form></form><script>"INVALID_CALLBACK"</script>`},
		"10 MB":                       {Status: 200, Body: strings.Repeat("INVALID_CALLBACK ", 600_000)},
	} {
		at := practice.Start(t)
		at.Fault("authorize", fault.For(1))
		signIn := ready(t, at, person{})
		signIn.Domain, signIn.Preflight = domain(t, signIn, "acme"), true
		if _, err := signIn.Run(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if at.Requests("authorize") < 2 {
			t.Errorf("%s: no preflight", name)
		}
	}
}

func TestAPreflightFollowsNothing(t *testing.T) {
	t.Parallel()
	app := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the redirect address was called")
	}))
	defer app.Close()
	at := practice.Start(t)
	at.Fault("authorize", practice.Fault{Status: 302, Header: http.Header{"Location": {app.URL + "/callback?code=INVALID_CALLBACK"}}})
	signIn := ready(t, at, person{})
	signIn.Domain = domain(t, signIn, "acme")
	if err := signIn.Probe(t.Context()); err != nil {
		t.Error(err)
	}
}

// Given an answer of the authorize address that is not known, when a user signs in,
// then the browser opens, the answer is told with the link, and once more if the
// browser does not come back. A probe calls it a refusal.
func TestAnUnknownAnswerToThePreflightIsTold(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"a form error": `{"formErrors":[{"code":"APP_PAUSED","msg":"This app \u001b[31mis paused."}],"inputErrors":{}}`,
		"plain text":   "This app \u202eis paused.",
		"a page":       "<html><head><title>This app \u202eis paused.</title></head>",
	} {
		at := practice.Start(t)
		at.Fault("authorize", practice.Fault{Status: 400, Body: body})
		signIn := ready(t, at, person{})
		signIn.Domain, signIn.Preflight, signIn.Timeout, signIn.Browser = domain(t, signIn, "acme"), true, time.Second, nil
		var told *oauth.Refusal
		signIn.Report = func(step oauth.Step) {
			if waiting, ok := step.(oauth.WaitingForBrowser); ok {
				told = waiting.Unknown
			}
		}
		_, err := signIn.Run(t.Context())
		for when, err := range map[string]error{"at the end": err, "with the link": told, "as a probe": signIn.Probe(t.Context())} {
			var refusal *oauth.Refusal
			if !errors.As(err, &refusal) || refusal.Kind != oauth.RefusedUnknown || refusal.Status != 400 || !strings.Contains(refusal.Words, "is paused.") {
				t.Errorf("%s, %s: %v", name, when, err)
			} else if strings.ContainsAny(refusal.Words, "\x1b\u202e") {
				t.Errorf("%s, %s: %q", name, when, refusal.Words)
			}
		}
	}
}

func TestEnhancedAuthIsAskedOnlyOnce(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	signIn := ready(t, at, person{types: "acme"})
	signIn.Preflight = true
	if _, err := signIn.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := at.Requests("enhanced"); n > 1 {
		t.Errorf("%d requests", n)
	}
}

func TestAProbeSaysWhatEgnyteMakesOfTheKey(t *testing.T) {
	t.Parallel()
	at := practice.Start(t, func(o *practice.Options) { o.Key.ID, o.Key.Secret, o.Key.Domain = "known", "s", "acme" })
	internal := practice.Start(t, func(o *practice.Options) { o.Key.ID, o.Key.Kind = "known", practice.KindInternal })
	for name, c := range map[string]struct {
		at     *practice.Server
		change func(*oauth.SignIn)
		want   oauth.RefusalKind
	}{
		"right, at its domain":    {at, func(*oauth.SignIn) {}, ""},
		"right, without a domain": {at, func(s *oauth.SignIn) { s.Domain = oauth.Domain{} }, ""},
		"unknown":                 {at, func(s *oauth.SignIn) { s.Key.ID = "stranger" }, oauth.RefusedKey},
		"another redirect":        {at, func(s *oauth.SignIn) { s.Key.RedirectURI = "https://localhost:8443/" }, oauth.RefusedRedirectURI},
		"another domain":          {at, func(s *oauth.SignIn) { s.Domain = domain(t, *s, "globex") }, oauth.RefusedOtherDomain},
		"an internal key":         {internal, func(*oauth.SignIn) {}, oauth.RefusedKeyKind},
		"unknown, no domain":      {at, func(s *oauth.SignIn) { s.Key.ID, s.Domain = "stranger", oauth.Domain{} }, oauth.RefusedKey},
	} {
		signIn := ready(t, c.at, person{})
		signIn.Domain, signIn.Listen, signIn.Browser = domain(t, signIn, "acme"), nil, nil
		c.change(&signIn)
		err := signIn.Probe(t.Context())
		var refusal *oauth.Refusal
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (!errors.As(err, &refusal) || refusal.Kind != c.want):
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestAProbeThatGotNoAnswerSaysSo(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	signIn := ready(t, at, person{})
	signIn.Domain = domain(t, signIn, "acme")
	at.Fault("authorize", practice.Fault503.For(1))
	var refusal *oauth.Refusal
	if err := signIn.Probe(t.Context()); !errors.As(err, &refusal) || refusal.Kind != oauth.RefusedServer {
		t.Errorf("503: %v", err)
	}
	at.Fault("authorize", practice.Fault{CloseMidBody: true}.For(1))
	var away *oauth.Unreachable
	if err := signIn.Probe(t.Context()); !errors.As(err, &away) {
		t.Errorf("cut off: %v", err)
	}
	var config *oauth.ConfigError
	gov, _ := oauth.ParseService("https://egnytegov.com")
	if err := (oauth.SignIn{Service: gov, Key: oauth.Key{ID: "k"}}).Probe(t.Context()); !errors.As(err, &config) || config.Field != "domain" {
		t.Errorf("no Enhanced Auth, no domain: %v", err)
	}
	if err := (oauth.SignIn{}).Probe(t.Context()); !errors.As(err, &config) || config.Field != "client_id" {
		t.Errorf("no key: %v", err)
	}
}
