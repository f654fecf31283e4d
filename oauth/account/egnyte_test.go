package account

import (
	"context"
	"errors"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/keyring/keyringtest"
	"egnyte-accounts/oauth/practice"
)

// egnyte is a store whose one account lives at a practice service.
type egnyte struct {
	*practice.Server
	store   *Store
	keyring *keyringtest.Keyring
	clock   *egnytetest.Clock
	name    string
}

func atEgnyte(t *testing.T, expiresIn string) *egnyte {
	t.Helper()
	at := practice.Start(t)
	at.ExpiresIn(expiresIn)
	return accountAt(t, at)
}

func accountAt(t *testing.T, at *practice.Server) *egnyte {
	t.Helper()
	store, secrets := newStore(t)
	a := mustAdd(t, store, egnytetest.SignIn(t, at))
	clock := &egnytetest.Clock{}
	store.Now = clock.Now
	return &egnyte{at, store, secrets, clock, a.Name}
}

// pass lets time pass, here and at Egnyte.
func (e *egnyte) pass(d time.Duration) {
	e.clock.Move(d)
	e.Advance(d)
}

func (e *egnyte) account(t *testing.T) Account {
	t.Helper()
	a, err := e.store.Find(t.Context(), e.name, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (e *egnyte) fresh(t *testing.T) (oauth.Token, error) {
	return e.store.Token(t.Context(), e.account(t), TokenOptions{MinLeft: 5 * time.Minute})
}

// mustWork fails unless Egnyte takes the token.
func (e *egnyte) mustWork(t *testing.T, token oauth.Token, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	domain, _ := e.account(t).OAuthDomain()
	if _, err := oauth.UserInfo(t.Context(), e.store.HTTP, domain, token.Access); err != nil {
		t.Fatal("the token does not work:", err)
	}
}

// mustHoldNewest fails unless the keyring's pair is the one that lives at Egnyte.
func (e *egnyte) mustHoldNewest(t *testing.T) {
	t.Helper()
	i, err := e.store.readItem(t.Context(), e.name)
	live := e.Tokens("acme", "jsmith")
	if err != nil || len(live) != 1 || live[0].Refresh != i.RefreshToken {
		t.Fatalf("the keyring's pair is not the newest: %v, %d live", err, len(live))
	}
}

func mustReconnect(t *testing.T, e *egnyte, err error, reason oauth.RefusalKind) {
	t.Helper()
	a := e.account(t)
	if !errors.Is(err, ErrReconnect) || a.State != Reconnect || a.Reason != reason {
		t.Errorf("%v; the account is %s because of %q, want %q", err, a.State, a.Reason, reason)
	}
}

// saveOrDiscard is what a sign-in does with its grant.
func (e *egnyte) saveOrDiscard(ctx context.Context, grant oauth.Grant) (Account, error) {
	saved, err := e.store.Save(ctx, e.name, grant)
	if err != nil {
		_ = e.store.Discard(ctx, grant)
	}
	return saved, err
}
