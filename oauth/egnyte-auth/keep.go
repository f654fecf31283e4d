package main

import (
	"context"
	"fmt"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

// keepGrant keeps a grant as the account name's, or where that is "" as its
// person's, or ends it at Egnyte.
func keepGrant(ctx context.Context, store *account.Store, name string, grant oauth.Grant) (account.Account, error) {
	kept, err := store.Save(ctx, name, grant)
	if err != nil {
		_ = store.Discard(ctx, grant) // if it fails, the grant ends by itself in time
		return account.Account{}, fmt.Errorf("keeping the account: %w", err)
	}
	return kept, nil
}
