package account

import (
	"context"
	"net/http"

	"egnyte-accounts/oauth"
)

// KeepOrEnd keeps a grant as the account name's, or where that is "" as its
// person's: see Replace and Add. One that is not kept is ended at Egnyte, so that
// no sign-in lives on that nobody can end any more.
func (s *Store) KeepOrEnd(ctx context.Context, client *http.Client, name string, grant oauth.Grant) (Account, error) {
	var kept Account
	var err error
	if name == "" {
		kept, err = s.Add(ctx, grant)
	} else {
		kept, err = s.Replace(ctx, name, grant)
	}
	if err != nil {
		_ = s.End(ctx, client, grant) // what went wrong is err; the grant ends by itself in time
		return Account{}, err
	}
	return kept, nil
}

// End ends a grant at Egnyte that could not be kept or that nobody wants, also
// when ctx is over. Where an account holds it all the same nothing is done: see Holds.
func (s *Store) End(ctx context.Context, client *http.Client, grant oauth.Grant) error {
	ctx = context.WithoutCancel(ctx)
	looking, cancel := context.WithTimeout(ctx, cleanUpWait)
	defer cancel()
	if s.Holds(looking, grant) {
		return nil
	}
	return revokeOne(ctx, client, grant.Domain, grant.Key, grant.Token.Access)
}

// Holds reports whether the keyring has the grant's token for an account. A disk
// that was full at the last step of keeping it leaves tokens that are found
// again: they must not be ended.
func (s *Store) Holds(ctx context.Context, grant oauth.Grant) bool {
	accounts, err := s.List(ctx)
	if err != nil {
		return false
	}
	for _, a := range accounts {
		if a.Domain != grant.Domain.Host() {
			continue
		}
		if i, err := s.liveItem(ctx, a); err == nil && i.AccessToken == grant.Token.Access.Reveal() {
			return true
		}
	}
	return false
}
