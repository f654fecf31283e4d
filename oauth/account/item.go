package account

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"egnyte-accounts/oauth"
)

// maxItem is what every system's keyring takes, in bytes: Windows' limit for
// one credential (CRED_MAX_CREDENTIAL_BLOB_SIZE).
const maxItem = 2560

const itemVersion = 1

// item is the content of an account's keyring item: all that is secret of it.
// The client secret is the one that the token was got with: refresh and revoke
// need it later, whatever settings say by then.
type item struct {
	Version      int       `json:"v"`
	Stamp        string    `json:"stamp"` // new with every write; see change
	AccessToken  string    `json:"access_token"`
	RefreshToken string    `json:"refresh_token,omitempty"`
	TokenType    string    `json:"token_type,omitempty"`
	Issued       time.Time `json:"issued,omitzero"`
	Expiry       time.Time `json:"expiry,omitzero"`
	ClientSecret string    `json:"client_secret,omitempty"`
}

func newItem(grant oauth.Grant) item {
	return item{
		Version:      itemVersion,
		Stamp:        rand.Text()[:12],
		AccessToken:  grant.Token.Access.Reveal(),
		RefreshToken: grant.Token.Refresh.Reveal(),
		TokenType:    grant.Token.Type,
		Issued:       grant.Token.Issued.UTC().Truncate(time.Second),
		Expiry:       grant.Token.Expiry.UTC().Truncate(time.Second),
		ClientSecret: grant.Key.Secret.Reveal(),
	}
}

// pack is the item as the keyring takes it.
func (i item) pack() (oauth.Secret, error) {
	data, err := json.Marshal(i)
	if err != nil {
		return oauth.Secret{}, errors.New("packing the tokens for the keyring failed")
	}
	if err := checkSize(len(data)); err != nil {
		return oauth.Secret{}, err
	}
	return oauth.NewSecret(string(data)), nil
}

func checkSize(bytes int) error {
	if bytes <= maxItem {
		return nil
	}
	return &KeyringError{KeyringFailed, fmt.Errorf("the tokens take %d bytes, a keyring item has room for %d", bytes, maxItem)}
}

// ErrBrokenItem: the account's keyring item is damaged or from a newer version.
// The error never quotes the item.
var ErrBrokenItem = errors.New("the keyring item of the account can't be read")

func unpack(secret oauth.Secret) (item, error) {
	var i item
	err := json.Unmarshal([]byte(secret.Reveal()), &i)
	if err == nil && i.Version > itemVersion {
		return item{}, fmt.Errorf("%w: it is from a newer version of this app", ErrBrokenItem)
	}
	if err != nil || i.Version != itemVersion || i.AccessToken == "" {
		return item{}, ErrBrokenItem
	}
	return i, nil
}

// expires is the expiry as the index writes it.
func (i item) expires() *time.Time {
	if i.Expiry.IsZero() {
		return nil
	}
	return &i.Expiry
}

func (i item) token(scopes []string) oauth.Token {
	return oauth.Token{
		Access:  oauth.NewSecret(i.AccessToken),
		Refresh: oauth.NewSecret(i.RefreshToken),
		Type:    i.TokenType,
		Issued:  i.Issued,
		Expiry:  i.Expiry,
		Scopes:  scopes,
	}
}

// expired reports that the access token's time is over.
func (i item) expired(now time.Time) bool { return !i.Expiry.IsZero() && !now.Before(i.Expiry) }

func (s *Store) readItem(ctx context.Context, name string) (item, error) {
	secret, err := s.keyring.Get(ctx, name)
	if err != nil {
		return item{}, fmt.Errorf("reading the tokens of %s: %w", name, err)
	}
	return unpack(secret)
}
