package main

import (
	"context"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

// freshToken is the account's token with at least minLeft of its life left,
// where Egnyte still renews it.
func freshToken(ctx context.Context, store *account.Store, a account.Account, minLeft time.Duration) (oauth.Token, error) {
	return store.Fresh(ctx, oauth.NewHTTPClient(), a, minLeft)
}

// tokenFor is freshToken for a life that somebody may have asked for by name:
// that counts in the first half of the token's life too.
func (f bearerFlags) tokenFor(ctx context.Context, store *account.Store, a account.Account) (oauth.Token, error) {
	if f.asked {
		return store.AtLeast(ctx, oauth.NewHTTPClient(), a, f.minValid)
	}
	return freshToken(ctx, store, a, f.minValid)
}

// renewedToken is the account's token after Egnyte did not accept the one that
// is given.
func renewedToken(ctx context.Context, store *account.Store, a account.Account, rejected oauth.Secret) (oauth.Token, error) {
	return store.Renew(ctx, oauth.NewHTTPClient(), a, rejected)
}
