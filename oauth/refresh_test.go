package oauth_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
)

// signedIn is a grant at a practice service, and what a refresh of it needs.
func signedIn(t *testing.T, at *practice.Server) oauth.Grant {
	t.Helper()
	signIn := ready(t, at, person{})
	signIn.Domain = domain(t, signIn, "acme")
	grant, err := signIn.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return grant
}

func refresh(ctx context.Context, g oauth.Grant) (oauth.Token, error) {
	return oauth.Refresh(ctx, oauth.NewHTTPClient(nil), g.Domain, g.Key, g.Token.Refresh, g.Token.Scopes)
}

func TestARefreshBringsThePairThatEgnyteIssued(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	grant := signedIn(t, at)

	token, err := refresh(t.Context(), grant)

	if err != nil {
		t.Fatal(err)
	}
	issued := at.Tokens("acme", "jsmith")
	if len(issued) != 1 || issued[0].Access != token.Access.Reveal() || issued[0].Refresh != token.Refresh.Reveal() {
		t.Error("the pair is not the one that was issued")
	}
	if life := token.Expiry.Sub(token.Issued); life != 30*24*time.Hour || len(token.Scopes) != 1 {
		t.Errorf("it lives %s, for %v", life, token.Scopes)
	}
	if _, err := oauth.UserInfo(t.Context(), oauth.NewHTTPClient(nil), grant.Domain, token.Access); err != nil {
		t.Error(err)
	}
}

func TestARefreshTokenStaysWhereTheAnswerHoldsNone(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	grant := signedIn(t, at)
	at.OmitRefreshToken(true)

	for range 2 { // it goes on working
		token, err := refresh(t.Context(), grant)
		if err != nil {
			t.Fatal(err)
		}
		if !token.Refresh.Equal(grant.Token.Refresh) {
			t.Error("the refresh token in hand was lost")
		}
	}
}

func TestWhateverExpiresInSaysARefreshSucceeds(t *testing.T) {
	t.Parallel()
	for raw, life := range map[string]time.Duration{
		`-1`: 0, `"3600"`: time.Hour, `null`: 0, `1e12`: 0, ``: 0, `3600`: time.Hour, `{}`: 0,
	} {
		at := practice.Start(t)
		grant := signedIn(t, at)
		at.ExpiresIn(raw)
		token, err := refresh(t.Context(), grant)
		switch {
		case err != nil:
			t.Errorf("expires_in %s: %v", raw, err)
		case life == 0 && !token.Expiry.IsZero(), life != 0 && token.Expiry.Sub(token.Issued) != life:
			t.Errorf("expires_in %s: ends %s", raw, token.Expiry)
		}
	}
}

func html200(body string) practice.Fault {
	return practice.Fault{Status: 200, Body: body, Header: http.Header{"Content-Type": {"text/html"}}}
}

// nasty is every answer that a refresh may meet: its kind ("" for none at all)
// and whether it passes.
var nasty = map[string]struct {
	fault   practice.Fault
	kind    oauth.RefusalKind
	after   time.Duration
	passing bool
}{
	"409":                  {practice.FaultTokenLimit, oauth.RefusedTokenLimit, time.Minute, true},
	"409, HTML":            {practice.FaultTokenLimit.HTML(), oauth.RefusedTokenLimit, time.Minute, true},
	"429":                  {practice.Fault429, oauth.RefusedTokenLimit, time.Minute, true},
	"over QPS, XML":        {practice.FaultOverQPS(2 * time.Second).XML(), oauth.RefusedOverQPS, 2 * time.Second, true},
	"over rate":            {practice.FaultOverRate, oauth.RefusedOverRate, time.Hour, true},
	"500":                  {practice.Fault500, oauth.RefusedServer, 0, true},
	"503, HTML":            {practice.Fault503.HTML(), oauth.RefusedServer, 0, true},
	"cut off":              {practice.Fault{CloseMidBody: true}, "", 0, true},
	"refusal cut off":      {practice.Fault{Status: 400, Body: `{"error":"invalid_grant"}`, CloseMidBody: true}, "", 0, true},
	"garbage":              {practice.Fault{Status: 200, Body: "\x00\xff{"}, oauth.RefusedUnreadable, 0, true},
	"empty":                {practice.Fault{Status: 200}, oauth.RefusedUnreadable, 0, true},
	"a login page":         {html200("<html>Welcome to the hotel"), oauth.RefusedUnreadable, 0, true},
	"10 MB":                {practice.Fault{Status: 200, Body: `{"access_token":"` + strings.Repeat("x", 10<<20) + `"}`}, oauth.RefusedUnreadable, 0, true},
	"10 MB of a 500":       {practice.Fault{Status: 500, Body: strings.Repeat("x", 10<<20)}, oauth.RefusedServer, 0, true},
	"no access token":      {practice.Fault{Status: 200, Body: `{"token_type":"bearer"}`}, oauth.RefusedUnreadable, 0, true},
	"JSON null":            {practice.Fault{Status: 200, Body: `null`}, oauth.RefusedUnreadable, 0, true},
	"plain text":           {practice.Fault{Status: 200, Body: `hello`, Header: http.Header{"Content-Type": {"text/plain"}}}, oauth.RefusedUnreadable, 0, true},
	"invalid_grant":        {practice.FaultInvalidGrant, oauth.RefusedInvalidGrant, 0, false},
	"invalid_grant, 200":   {practice.Fault{Status: 200, Body: `{"error":"invalid_grant"}`}, oauth.RefusedInvalidGrant, 0, false},
	"invalid_client, HTML": {practice.FaultInvalidClient.HTML(), oauth.RefusedUnreadable, 0, true},
	"sent elsewhere":       {practice.Fault{Status: 307, Header: http.Header{"Location": {"https://elsewhere.example/"}}}, oauth.RefusedRedirected, 0, true},
}

func TestEveryNastyAnswerToARefreshHasAType(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	grant := signedIn(t, at)
	for name, c := range nasty {
		at.Fault("token", c.fault)
		_, err := refresh(t.Context(), grant)
		var refusal *oauth.Refusal
		var away *oauth.Unreachable
		switch {
		case oauth.Passing(err) != c.passing:
			t.Errorf("%s: %v, passing %t", name, err, oauth.Passing(err))
		case c.kind == "" && !errors.As(err, &away):
			t.Errorf("%s: %v", name, err)
		case c.kind != "" && (!errors.As(err, &refusal) || refusal.Kind != c.kind || refusal.RetryAfter != c.after):
			t.Errorf("%s: %v", name, err)
		case strings.Contains(err.Error(), grant.Token.Refresh.Reveal()), len(err.Error()) > 300:
			t.Errorf("%s: the error says too much", name)
		}
	}
}

func TestARefreshThatHangsEndsWithItsContext(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	grant := signedIn(t, at)
	at.Fault("token", practice.Fault{Hang: -1})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := refresh(ctx, grant); !oauth.Passing(err) {
		t.Errorf("got %v", err)
	}
}

func TestAnAnswerLostAfterRotationMeetsInvalidGrant(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	grant := signedIn(t, at)
	at.Fault("token", practice.Fault{CloseMidBody: true}.For(1)) // the work is done, the answer is lost
	if _, err := refresh(t.Context(), grant); !oauth.Passing(err) {
		t.Fatalf("the lost answer: %v", err)
	}
	_, err := refresh(t.Context(), grant)
	var refusal *oauth.Refusal
	if !errors.As(err, &refusal) || refusal.Kind != oauth.RefusedInvalidGrant {
		t.Errorf("the next try: %v", err)
	}
}
