package account

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/settings"
)

const (
	// sourceMinLeft is the least time that a TokenSource's token lives, so that a long
	// upload ends before its token does.
	sourceMinLeft = 5 * time.Minute
	// sourceKeeps is how long a TokenSource returns the same token without asking the
	// keyring, as long as the index doesn't change.
	sourceKeeps = 30 * time.Second
	// sourceAgain is when to ask a TokenSource again. The clients of x/oauth2 keep a
	// token until 10 s before its expiry, so they then ask every second.
	sourceAgain = 11 * time.Second
)

// TokenSource returns the tokens of an account of this user, for
// golang.org/x/oauth2. Query is an account, a domain or its first label, as in
// Store.Find; "" is the default account. The tokens come from the system keyring and
// are renewed there, together with every other program that uses the account. No
// browser is ever opened: if the user has to sign in again, Token returns
// ErrReconnect.
//
// All errors come from Token, including that there is no such account. The source is
// safe for concurrent use and works until ctx ends.
func TokenSource(ctx context.Context, query string) oauth2.TokenSource {
	dir, err := settings.Dir()
	if err != nil {
		return brokenSource{err}
	}
	return Open(dir, keyring.System()).TokenSource(ctx, query)
}

type brokenSource struct{ err error }

func (s brokenSource) Token() (*oauth2.Token, error) { return nil, s.err }

// TokenSource is like the function TokenSource, for the accounts of this store.
func (s *Store) TokenSource(ctx context.Context, query string) oauth2.TokenSource {
	return &tokenSource{ctx: ctx, store: s, query: query}
}

type tokenSource struct {
	ctx   context.Context
	store *Store
	query string

	mu    sync.Mutex
	token oauth.Token
	of    Account   // the account at that time
	read  time.Time // zero: there is no token
}

// Token implements oauth2.TokenSource. The token has no refresh token, because Egnyte
// replaces that with every use. Its Expiry is when to ask again, not the end of its
// life: another program may renew the account, which ends this token, and
// oauth2.NewClient would go on using it.
func (t *tokenSource) Token() (*oauth2.Token, error) {
	if t.ctx.Err() != nil {
		return nil, fmt.Errorf("asking for a token: %w", context.Cause(t.ctx))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	a, err := t.store.Find(t.ctx, t.query, nil)
	if err != nil {
		return nil, fmt.Errorf("asking for a token: %w", err)
	}
	if !t.holds(a) {
		t.read = time.Time{}
		if t.token, err = t.store.Token(t.ctx, a, TokenOptions{MinLeft: sourceMinLeft}); err != nil {
			return nil, fmt.Errorf("asking for a token: %w", err)
		}
		t.of, t.read = a, t.store.Now()
	}
	again := time.Now().Add(sourceAgain)
	if end := t.token.Expiry; !end.IsZero() && end.Before(again) {
		again = end
	}
	return &oauth2.Token{AccessToken: t.token.Access.Reveal(), TokenType: "Bearer", Expiry: again}, nil
}

// holds reports whether the last token is still the account's. The index changes when
// the account is renewed or signed in again.
func (t *tokenSource) holds(a Account) bool {
	now := t.store.Now()
	if t.read.IsZero() || now.Sub(t.read) >= sourceKeeps || now.Before(t.read) || !reflect.DeepEqual(a, t.of) {
		return false
	}
	return t.token.Expiry.IsZero() || now.Add(sourceMinLeft).Before(t.token.Expiry)
}
