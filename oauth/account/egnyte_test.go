package account

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/redirect"
)

// visitor is a person at a browser who allows what is asked.
type visitor struct {
	at  *practice.Server
	who practice.Person
}

func (v visitor) Open(ctx context.Context, url string) error {
	return v.at.SignInAs(ctx, url, v.who, practice.Allow, "")
}

// signIn is the grant of the practice service's person number n.
func signIn(t *testing.T, at *practice.Server, n int) oauth.Grant {
	t.Helper()
	grant, err := signInAs(t.Context(), at, at.People()[n])
	if err != nil {
		t.Fatal("signing in:", err)
	}
	return grant
}

func signInAs(ctx context.Context, at *practice.Server, who practice.Person) (oauth.Grant, error) {
	domain := mustDomain(who.Domain, at.URL())
	return oauth.SignIn{
		Service: domain.Service(), Domain: domain, Scopes: []string{"Egnyte.filesystem"}, Timeout: 20 * time.Second,
		Key:     oauth.Key{ID: at.Key().ID, Secret: oauth.NewSecret(at.Key().Secret)},
		Browser: visitor{at, who}, Listen: redirect.Listen,
	}.Run(ctx)
}

// wallClock is a store's clock that a test moves, as a sleep of the machine does:
// timers and the process's own clock know nothing of it.
type wallClock struct {
	mu    sync.Mutex
	moved time.Duration
}

func (c *wallClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.moved).Round(0)
}

func (c *wallClock) set(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved = d
}

// egnyte is a store whose one account lives at a practice service.
type egnyte struct {
	*practice.Server
	store   *Store
	keyring *fileKeyring
	clock   *wallClock
	client  *http.Client
	name    string
}

func atEgnyte(t *testing.T, expiresIn string) *egnyte {
	t.Helper()
	at := practice.Start(t)
	at.ExpiresIn(expiresIn)
	store, keyring := newStore(t)
	a := mustAdd(t, store, signIn(t, at, 0))
	clock := &wallClock{}
	store.now = clock.now
	return &egnyte{at, store, keyring, clock, oauth.NewHTTPClient(), a.Name}
}

// pass lets time pass, here and at Egnyte.
func (e *egnyte) pass(d time.Duration) {
	e.clock.mu.Lock()
	e.clock.moved += d
	e.clock.mu.Unlock()
	e.Advance(d)
}

// dropRefreshToken makes the account one of an older key.
func (e *egnyte) dropRefreshToken(t *testing.T) {
	t.Helper()
	i, err := e.store.readItem(t.Context(), e.name)
	if err != nil {
		t.Fatal(err)
	}
	i.RefreshToken = ""
	secret, err := i.pack()
	if err == nil {
		err = e.keyring.Set(t.Context(), e.name, secret)
	}
	if err != nil {
		t.Fatal(err)
	}
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
	return e.store.Fresh(t.Context(), e.client, e.account(t), 5*time.Minute)
}

// mustWork fails unless Egnyte takes the token.
func (e *egnyte) mustWork(t *testing.T, token oauth.Token, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	domain, _ := e.account(t).OAuthDomain()
	if _, err := oauth.UserInfo(t.Context(), e.client, domain, token.Access); err != nil {
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

// memoryKeyring is quick, for many accounts.
type memoryKeyring struct{ items sync.Map }

func (k *memoryKeyring) Get(_ context.Context, user string) (oauth.Secret, error) {
	if secret, ok := k.items.Load(user); ok {
		return secret.(oauth.Secret), nil
	}
	return oauth.Secret{}, ErrNoSecret
}

func (k *memoryKeyring) Set(_ context.Context, user string, secret oauth.Secret) error {
	k.items.Store(user, secret)
	return nil
}

func (k *memoryKeyring) Delete(_ context.Context, user string) error {
	k.items.Delete(user)
	return nil
}
