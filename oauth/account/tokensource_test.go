package account

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/keyringtest"
)

func TestATokenSourceGivesTheAccountsToken(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	mustAdd(t, store, grantOf("jsmith", 1, "one"))
	for _, query := range []string{"", "acme", "jsmith@acme.egnyte.com"} {
		token, err := store.TokenSource(t.Context(), query).Token()
		if err != nil {
			t.Fatalf("%q: %v", query, err)
		}
		if token.AccessToken != "access-one" || token.Type() != "Bearer" || !token.Valid() {
			t.Errorf("%q: another token, or none that works", query)
		}
		if left := time.Until(token.Expiry); left > sourceAgain {
			t.Errorf("%q: a client of x/oauth2 would keep it for %v", query, left)
		}
		if token.RefreshToken != "" {
			t.Errorf("%q: the refresh token got out", query)
		}
	}
}

func TestATokenSourceFollowsTheAccountAndSparesTheKeyring(t *testing.T) {
	t.Parallel()
	store, secrets := newStore(t)
	clock := &egnytetest.Clock{}
	store.Now = clock.Now
	mustAdd(t, store, grantOf("jsmith", 1, "one"))
	source := store.TokenSource(t.Context(), "")
	given := func() string {
		token, err := source.Token()
		if err != nil {
			t.Fatal(err)
		}
		return token.AccessToken
	}
	given()
	again := grantOf("jsmith", 1, "two")
	again.Token.Expiry = again.Token.Expiry.Add(time.Hour)
	mustAdd(t, store, again)
	if got := given(); got != "access-two" {
		t.Errorf("after another sign-in: %q", got)
	}
	secrets.Fail(trouble(keyring.Silent), keyringtest.Get)
	if got := given(); got != "access-two" {
		t.Errorf("the second time: %q", got)
	}
	clock.Move(sourceKeeps)
	if _, err := source.Token(); err == nil {
		t.Errorf("after %v the keyring was not asked", sourceKeeps)
	}
}

func TestAnHTTPClientWorksOnAcrossAnExpiry(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	// Not oauth2.NewClient, which keeps tokens by a clock that no test moves.
	client := &http.Client{Transport: &oauth2.Transport{Source: e.store.TokenSource(t.Context(), "acme"), Base: e.store.HTTP.Transport}}
	for hour := range 4 {
		reply, err := client.Get(e.DomainURL("acme") + "/pubapi/v1/userinfo")
		if err != nil {
			t.Fatal(hour, err)
		}
		reply.Body.Close()
		if reply.StatusCode != http.StatusOK {
			t.Errorf("after %d h: %s", hour, reply.Status)
		}
		e.pass(time.Hour)
	}
	if made := e.Requests("token"); made != 4 { // the sign-in, and each hour but the first
		t.Errorf("%d token requests", made)
	}
}

func TestATokenSourceSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	if _, err := store.TokenSource(t.Context(), "acme").Token(); !errors.Is(err, ErrNoAccount) {
		t.Errorf("without an account: %v", err)
	}
	a := mustAdd(t, store, grantOf("jsmith", 1, "one"))
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := store.TokenSource(ended, "").Token(); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
	if err := store.markReconnect(t.Context(), a.Name, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := store.TokenSource(t.Context(), "acme").Token(); !errors.Is(err, ErrReconnect) {
		t.Errorf("while it has to sign in again: %v", err)
	}
}
