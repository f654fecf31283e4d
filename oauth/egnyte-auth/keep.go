package main

import (
	"context"
	"fmt"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

// keepGrant keeps a grant as the account name's, or where that is "" as its
// person's. One that nothing keeps is ended at Egnyte.
func keepGrant(ctx context.Context, store *account.Store, name string, grant oauth.Grant) (account.Account, error) {
	var kept account.Account
	var err error
	if name == "" {
		kept, err = store.Add(ctx, grant)
	} else {
		kept, err = store.Replace(ctx, name, grant)
	}
	if err == nil {
		return kept, nil
	}
	// A disk that was full at the last step leaves tokens that are found again.
	if !holds(ctx, store, grant) {
		discard(grant)
	}
	return account.Account{}, fmt.Errorf("keeping the account: %w", err)
}

// holds reports whether the keyring has the grant's token for an account.
func holds(ctx context.Context, store *account.Store, grant oauth.Grant) bool {
	accounts, err := store.List(ctx)
	if err != nil {
		return false
	}
	for _, a := range accounts {
		if a.Domain != grant.Domain.Host() {
			continue
		}
		if token, err := store.Token(ctx, a); err == nil && token.Access.Equal(grant.Token.Access) {
			return true
		}
	}
	return false
}

// discard ends a grant that nothing keeps.
func discard(grant oauth.Grant) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = oauth.Revoke(ctx, oauth.NewHTTPClient(), grant.Domain, grant.Key, grant.Token.Access)
}
