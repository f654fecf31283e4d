package settings

import (
	"context"
	"errors"
	"fmt"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring"
)

// WithSecret fills in the key's secret from where the key came from, so that no
// secret is ever sent along with somebody else's key: policy and build bring
// their own; for a key from a flag or the environment it is
// EGNYTE_CLIENT_SECRET, else the keyring's for that key; for one from settings
// the keyring's. A key without a secret is no error.
func (e Effective) WithSecret(ctx context.Context, secrets Secrets) (Effective, error) {
	e.Key.Secret = e.secret
	from := e.From["client_id"]
	if e.Key.ID == "" || !e.secret.IsZero() || from == LockedPolicy || from == Policy || from == BuiltIn {
		return e, nil
	}
	secret, err := secrets.Get(ctx, secretUser(e.Service, e.Key.ID))
	if err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return e, fmt.Errorf("reading the secret of the API key: %w", err)
	}
	e.Key.Secret = secret
	return e, nil
}

// secretUser is the keyring item of a key's secret.
func secretUser(service oauth.Service, clientID string) string {
	return "client_secret:" + clientID + "@" + service.Host()
}
