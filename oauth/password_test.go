package oauth_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
)

// byPassword is a sign-in with a user name and a password; it has no browser
// and nothing to listen with.
func byPassword(t *testing.T, at *practice.Server, username, password string) oauth.SignIn {
	t.Helper()
	s := ready(t, at, person{})
	s.Browser, s.Listen = nil, nil
	s.Flow, s.Domain = oauth.FlowPassword, domain(t, s, "acme")
	s.Username, s.Password = username, oauth.NewSecret(password)
	return s
}

func internalKey(o *practice.Options) { o.Key.Kind = practice.KindInternal }

func TestAPasswordGivesAGrantWithoutABrowser(t *testing.T) {
	t.Parallel()
	at := practice.Start(t, internalKey)
	signIn := byPassword(t, at, "jsmith", "jane-at-acme")
	var seen steps
	signIn.Report = seen.report
	grant, err := signIn.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if grant.Flow != oauth.FlowPassword || grant.Domain.Label() != "acme" || grant.User.Username != "jsmith" || grant.Token.Refresh.IsZero() {
		t.Errorf("got %+v", grant)
	}
	if seen.names() != "preparing exchanging verifying done" {
		t.Errorf("steps: %s", seen.names())
	}
	if text := fmt.Sprintf("%+v %#v %+v", grant, signIn, seen.all); strings.Contains(text, "jane-at-acme") {
		t.Error("the password is printed")
	}
}

func TestARefusedPasswordSpeaksOfSSO(t *testing.T) {
	t.Parallel()
	at := practice.Start(t, internalKey)
	_, err := byPassword(t, at, "jsmith", "wr0ng-passw0rd").Run(t.Context())
	var refusal *oauth.Refusal
	if !errors.As(err, &refusal) || refusal.Kind != oauth.RefusedPassword || refusal.Passing() {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(err.Error(), "SSO") || strings.Contains(err.Error(), "wr0ng-passw0rd") {
		t.Errorf("the refusal says %q", err)
	}
}

func TestTooManyPasswordsAnHourHaveARefusalOfTheirOwn(t *testing.T) {
	t.Parallel()
	at := practice.Start(t, internalKey, func(o *practice.Options) { o.NoLimits = false })
	for range 10 {
		_, _ = byPassword(t, at, "jsmith", "wrong").Run(t.Context())
	}
	_, err := byPassword(t, at, "jsmith", "jane-at-acme").Run(t.Context())
	var refusal *oauth.Refusal
	if !errors.As(err, &refusal) || refusal.Kind != oauth.RefusedPasswords || !oauth.Passing(err) || refusal.RetryAfter <= 0 || refusal.RetryAfter > time.Hour {
		t.Fatalf("got %v, %+v", err, refusal)
	}
	if !strings.Contains(err.Error(), "10 password sign-ins") {
		t.Errorf("the refusal says %q", err)
	}
}

func TestAKeyOfAnotherKindIsSaidToBeThat(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	_, err := byPassword(t, at, "jsmith", "jane-at-acme").Run(t.Context())
	var refusal *oauth.Refusal
	if !errors.As(err, &refusal) || refusal.Kind != oauth.RefusedPasswordKey {
		t.Errorf("got %v", err)
	}
}

func TestAPasswordFlowThatLacksSomethingSendsNothing(t *testing.T) {
	t.Parallel()
	at := practice.Start(t, internalKey)
	for field, change := range map[string]func(*oauth.SignIn){
		"domain":   func(s *oauth.SignIn) { s.Domain = oauth.Domain{} },
		"username": func(s *oauth.SignIn) { s.Username = "" },
		"password": func(s *oauth.SignIn) { s.Password = oauth.Secret{} },
	} {
		signIn := byPassword(t, at, "jsmith", "jane-at-acme")
		change(&signIn)
		_, err := signIn.Run(t.Context())
		var config *oauth.ConfigError
		if !errors.As(err, &config) || config.Field != field {
			t.Errorf("%s: got %v", field, err)
		}
	}
	if n := at.Requests("token"); n != 0 {
		t.Errorf("%d token requests were made", n)
	}
}
