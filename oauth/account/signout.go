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

// SignOut ends the account at Egnyte, then forgets it here. If its token could
// not be revoked, because Egnyte did not answer or because the keyring has no
// token that can be read, nothing is removed and the error is *NotRevokedError:
// Remove then forgets the account here only. An account that is dead at Egnyte
// already counts as revoked. The lock is held throughout, so no other process
// renews the tokens in the meantime.
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
		err = s.revoke(ctx, client, e)
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

// revoke ends the account's tokens. An access token takes its refresh token with
// it; but one that is over may be taken for no token at all, and the refresh
// token would live on: then the pair is renewed first, and the new one revoked.
func (s *Store) revoke(ctx context.Context, client *http.Client, e entry) error {
	i, err := s.readItem(ctx, e.Name)
	switch {
	case errors.Is(err, ErrNoSecret), errors.Is(err, ErrBrokenItem):
		return &NotRevokedError{e.Name, err}
	case err != nil:
		return err
	}
	domain, err := e.OAuthDomain()
	if err != nil {
		return &NotRevokedError{e.Name, err}
	}
	over := i.RefreshToken != "" && (i.expired(s.now()) || e.State == Reconnect)
	if !over {
		err = revokeOne(ctx, client, domain, i.key(e.Account), oauth.NewSecret(i.AccessToken))
		over = isDead(err) && i.RefreshToken != ""
	}
	if over {
		err = s.renewAndRevoke(ctx, client, domain, e, i)
	}
	switch {
	case err == nil, isDead(err):
		return nil
	case errors.Is(err, ErrReconnect): // the new pair is lost, and the account says so
		return err
	}
	return &NotRevokedError{e.Name, err}
}

// renewAndRevoke keeps the new pair before it revokes it: should that fail, it is
// the one that lives. Where no new pair is to be had for good, what is left is
// the old access token.
func (s *Store) renewAndRevoke(ctx context.Context, client *http.Client, domain oauth.Domain, e entry, i item) error {
	if wait := e.Pause.left(s.now()); wait > 0 {
		return &oauth.Refusal{Kind: oauth.RefusedTokenLimit, Host: e.Domain, RetryAfter: wait}
	}
	key := i.key(e.Account)
	token, err := s.ask(ctx, client, e.Account, i)
	if refusal := (*oauth.Refusal)(nil); errors.As(err, &refusal) && verdicts[refusal.Kind] {
		return revokeOne(ctx, client, domain, key, oauth.NewSecret(i.AccessToken))
	}
	if err != nil {
		return err
	}
	notKept := s.keepPair(ctx, e.Name, i, token)
	if err = revokeOne(ctx, client, domain, key, token.Access); err != nil && !isDead(err) && notKept != nil {
		return notKept
	}
	return err
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
