package account

import (
	"context"
	"errors"
	"net/http"
	"time"

	"egnyte-accounts/oauth"
)

// revokeLimit bounds each call to Egnyte of a sign-out.
const revokeLimit = 10 * time.Second

// SignOut ends the account at Egnyte, then forgets it here. Where Egnyte could
// not be told, nothing is removed and the error is *NotRevokedError: Remove is
// the way to forget it all the same. An account that is dead at Egnyte already
// counts as revoked. The lock is held throughout, so that nobody renews the
// tokens meanwhile.
func (s *Store) SignOut(ctx context.Context, client *http.Client, name string) error {
	held, err := s.lockEntry(ctx, name)
	if err != nil {
		return err
	}
	e, err := s.entryOf(name)
	if err == nil {
		err = s.checkFolder() // else the account would stay, with dead tokens
	}
	if err == nil {
		err = s.revoke(ctx, client, e.Account)
	}
	if err != nil {
		held.release()
		return err
	}
	if err = s.remove(ctx, held, e.Name); err != nil {
		// Its tokens are dead: what is left here must not say that it works.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpWait)
		defer cancel()
		_ = s.MarkReconnect(ctx, e.Name, oauth.RefusedUnauthorized)
	}
	return err
}

func (s *Store) revoke(ctx context.Context, client *http.Client, a Account) error {
	i, err := s.readItem(ctx, a.Name)
	switch {
	case errors.Is(err, ErrNoSecret), errors.Is(err, errBrokenItem):
		return nil // there is nothing that could be revoked
	case err != nil:
		return err
	}
	domain, err := a.OAuthDomain()
	if err != nil {
		return &NotRevokedError{a.Name, err}
	}
	// An access token takes its refresh token with it, unless it is dead itself.
	tokens := []string{i.AccessToken}
	if i.RefreshToken != "" && (i.expired(s.now()) || a.State == Reconnect) {
		tokens = append(tokens, i.RefreshToken)
	}
	for n := 0; n < len(tokens); n++ {
		err := revokeOne(ctx, client, domain, i.key(a), oauth.NewSecret(tokens[n]))
		if err != nil && !isDead(err) {
			return &NotRevokedError{a.Name, err}
		}
		if err != nil && len(tokens) == 1 && i.RefreshToken != "" {
			tokens = append(tokens, i.RefreshToken)
		}
	}
	return nil
}

func revokeOne(ctx context.Context, client *http.Client, domain oauth.Domain, key oauth.Key, token oauth.Secret) error {
	ctx, cancel := context.WithTimeout(ctx, revokeLimit)
	defer cancel()
	return oauth.Revoke(ctx, client, domain, key, token)
}

// isDead reports the answers that a token meets which is none any more.
func isDead(err error) bool {
	var refusal *oauth.Refusal
	return oauth.TokenRefused(err) || errors.As(err, &refusal) && refusal.Kind == oauth.RefusedInvalidGrant
}
