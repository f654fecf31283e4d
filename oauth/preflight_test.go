package oauth_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

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
		at.Fault("authorize", fault.For(1))
		signIn := ready(t, at, person{})
		signIn.Domain, signIn.Preflight = domain(t, signIn, "acme"), true
		var seen steps
		signIn.Report = seen.report
		_, err := signIn.Run(t.Context())
		var refusal *oauth.Refusal
		if !errors.As(err, &refusal) || refusal.Kind != kind || seen.names() != "preparing" {
			t.Errorf("%s: %v after %s", kind, err, seen.names())
		}
	}
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
	if err := oauth.Preflight(t.Context(), oauth.NewHTTPClient(), "http://127.0.0.1:1/"); err != nil {
		t.Errorf("nobody there: %v", err)
	}
}

func TestAPreflightFollowsNothing(t *testing.T) {
	t.Parallel()
	app := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the redirect address was called")
	}))
	defer app.Close()
	egnyte := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, app.URL+"/callback?code=INVALID_CALLBACK", http.StatusFound)
	}))
	defer egnyte.Close()
	if err := oauth.Preflight(t.Context(), http.DefaultClient, egnyte.URL); err != nil {
		t.Error(err)
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
