package account

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring"
)

const itemVersion = 1

// item is an account's keyring item: all that is secret about it. The client secret
// is the one that the token was issued for. Refresh and revoke need it later, even if
// the settings have another one by then.
type item struct {
	Version      int       `json:"v"`
	Stamp        string    `json:"stamp"`             // new with every write; see change
	Account      string    `json:"account,omitempty"` // whose tokens these are; empty in items of version 0.1.0
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

// pack is the item as the keyring stores it.
func (it item) pack() (oauth.Secret, error) {
	data, err := json.Marshal(it)
	if err != nil {
		return oauth.Secret{}, errors.New("packing the tokens for the keyring failed")
	}
	return oauth.NewSecret(string(data)), nil
}

func unpack(secret oauth.Secret) (item, error) {
	var it item
	err := json.Unmarshal([]byte(secret.Reveal()), &it)
	if err == nil && it.Version > itemVersion {
		return item{}, &NewerError{"the keyring item of the account"}
	}
	if err != nil || it.Version != itemVersion || it.AccessToken == "" {
		return item{}, ErrBrokenItem
	}
	return it, nil
}

// expires is the expiry as the index writes it.
func (it item) expires() *time.Time {
	if it.Expiry.IsZero() {
		return nil
	}
	return &it.Expiry
}

func (it item) token(scopes []string) oauth.Token {
	return oauth.Token{
		Access:  oauth.NewSecret(it.AccessToken),
		Refresh: oauth.NewSecret(it.RefreshToken),
		Type:    it.TokenType,
		Issued:  it.Issued,
		Expiry:  it.Expiry,
		Scopes:  scopes,
	}
}

// key is the API key that the item's tokens belong to.
func (it item) key(a Account) oauth.Key {
	return oauth.Key{ID: a.KeyID, Secret: oauth.NewSecret(it.ClientSecret), RedirectURI: a.RedirectURI}
}

func (it item) expired(now time.Time) bool { return !it.Expiry.IsZero() && !now.Before(it.Expiry) }

func (s *Store) readItem(ctx context.Context, name string) (item, error) {
	err := s.mayAskKeyring(ctx)
	var secret oauth.Secret
	if err == nil {
		secret, err = s.keyring.Get(ctx, name)
	}
	if err != nil {
		return item{}, fmt.Errorf("reading the tokens of %s: %w", name, err)
	}
	stored, err := unpack(secret)
	if err == nil && stored.Account != "" && !strings.EqualFold(stored.Account, name) {
		return item{}, fmt.Errorf("%w: it belongs to %s, not to %s", ErrBrokenItem, stored.Account, name)
	}
	return stored, err
}

// liveItem is the item of an account that doesn't have to sign in again.
func (s *Store) liveItem(ctx context.Context, account Account) (item, error) {
	if err := account.Known(); err != nil {
		return item{}, err
	}
	if account.State == Reconnect {
		return item{}, &ReconnectError{account.Name, account.Reason, nil}
	}
	stored, err := s.readItem(ctx, account.Name)
	if errors.Is(err, keyring.ErrNotFound) || errors.Is(err, ErrBrokenItem) {
		return item{}, &ReconnectError{account.Name, ReasonGone, err}
	}
	return stored, err
}
