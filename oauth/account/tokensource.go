package account

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/settings"
)

const (
	// sourceMinLeft is what is left of the life of a token that a TokenSource
	// gives, so that a long upload ends before its token does.
	sourceMinLeft = 5 * time.Minute
	// sourceKeeps is how long a TokenSource gives the same token without asking
	// the keyring, while the index tells of no change.
	sourceKeeps = 30 * time.Second
	// sourceAgain is when to ask a TokenSource again. x/oauth2, whose clients keep
	// a token until 10 s before its expiry, then asks every second.
	sourceAgain = 11 * time.Second
)

// TokenSource gives the tokens of an account of this person, for
// golang.org/x/oauth2: query names the account as Store.Find reads it, and ""
// is the default one. The tokens come from the system keyring, and are renewed
// there, together with every other program that uses the account. No browser is
// ever opened: where the account has to sign in again, Token says ErrReconnect.
//
// What goes wrong, a missing account included, Token says. The source is safe
// for concurrent use and works until ctx ends.
func TokenSource(ctx context.Context, query string) oauth2.TokenSource {
	dir, err := settings.Dir()
	if err != nil {
		return brokenSource{err}
	}
	return Open(dir, SystemKeyring()).TokenSource(ctx, query)
}

type brokenSource struct{ err error }

func (s brokenSource) Token() (*oauth2.Token, error) { return nil, s.err }

// TokenSource is the function of that name, for the accounts of this store.
func (s *Store) TokenSource(ctx context.Context, query string) oauth2.TokenSource {
	return &tokenSource{ctx: ctx, store: s, query: query, client: oauth.NewHTTPClient()}
}

type tokenSource struct {
	ctx    context.Context
	store  *Store
	query  string
	client *http.Client

	mu    sync.Mutex
	token oauth.Token
	of    Account   // as the index told of it then
	read  time.Time // zero: there is no token
}

// Token implements oauth2.TokenSource. The token holds no refresh token: that
// one is the store's, as Egnyte replaces it with every use. Its Expiry is not
// the end of its life but when to ask again: a renewal by whichever program
// ends the token before its time, and oauth2.NewClient would go on using it.
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
		if t.token, err = t.store.Fresh(t.ctx, t.client, a, sourceMinLeft); err != nil {
			return nil, fmt.Errorf("asking for a token: %w", err)
		}
		t.of, t.read = a, t.store.now()
	}
	again := time.Now().Add(sourceAgain)
	if end := t.token.Expiry; !end.IsZero() && end.Before(again) {
		again = end
	}
	return &oauth2.Token{AccessToken: t.token.Access.Reveal(), TokenType: "Bearer", Expiry: again}, nil
}

// holds reports whether the token in hand is still the one to give. Renewed and
// signed in again, an account has another one, and the index tells of both.
func (t *tokenSource) holds(a Account) bool {
	now := t.store.now()
	if t.read.IsZero() || now.Sub(t.read) >= sourceKeeps || now.Before(t.read) || !reflect.DeepEqual(a, t.of) {
		return false
	}
	return t.token.Expiry.IsZero() || now.Add(sourceMinLeft).Before(t.token.Expiry)
}
