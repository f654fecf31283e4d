package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring"
)

// revokeLimit limits each call to Egnyte of a sign-out.
const revokeLimit = 10 * time.Second

// SignOut ends the account at Egnyte and removes it here. If its token can't be revoked,
// because Egnyte doesn't answer or because the keyring has no token that can be read,
// nothing is removed and the error is *NotRevokedError; Remove removes it anyway. An
// account that is dead at Egnyte counts as revoked. The account lock is held all the
// time, so that no other process renews the tokens.
func (s *Store) SignOut(ctx context.Context, name string) error {
	held, err := s.lockEntry(ctx, name)
	if err != nil {
		return err
	}
	e, err := s.entryOf(name)
	if err == nil {
		err = s.CheckFolder() // else the account would stay, with dead tokens
	}
	if err == nil {
		err = s.revoke(ctx, e)
	}
	if err != nil {
		held.release()
		return err
	}
	if err = s.remove(ctx, held, e.Name); err != nil {
		// Its tokens are dead, so what is left must not say that it works.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpWait)
		defer cancel()
		if held, lockErr := s.lockSettled(ctx, e.Name); lockErr == nil {
			_ = s.markReconnect(ctx, e.Name, oauth.RefusedUnauthorized)
			held.release()
		}
	}
	return err
}

// revoke ends the account's tokens. Revoking an access token ends its refresh token
// too. But Egnyte may not know an expired access token any more, and the refresh token
// would live on: then the pair is renewed first, and the new one revoked.
func (s *Store) revoke(ctx context.Context, e entry) error {
	stored, err := s.readItem(ctx, e.Name)
	if err == nil && e.State == Reconnect && e.Reason == ReasonOtherUser {
		err = fmt.Errorf("%w: it belongs to another user", ErrBrokenItem) // who stays signed in
	}
	switch {
	case errors.Is(err, keyring.ErrNotFound), errors.Is(err, ErrBrokenItem), errors.As(err, new(*NewerError)):
		return &NotRevokedError{e.Name, err}
	case err != nil:
		return err
	}
	domain, err := e.OAuthDomain()
	if err != nil {
		return &NotRevokedError{e.Name, err}
	}
	over := stored.RefreshToken != "" && (stored.expired(s.Now()) || e.State == Reconnect)
	if !over {
		err = s.revokeToken(ctx, domain, stored.key(e.Account), oauth.NewSecret(stored.AccessToken))
		over = isDead(err) && stored.RefreshToken != ""
	}
	if over {
		err = s.renewAndRevoke(ctx, domain, e, stored)
	}
	switch {
	case err == nil, isDead(err):
		return nil
	case errors.Is(err, ErrReconnect): // the new pair is lost, and the account says so
		return err
	}
	return &NotRevokedError{e.Name, err}
}

// renewAndRevoke saves the new pair before it revokes it: if revoking fails, that is
// the one that lives. If there is no new pair, it revokes the old access token.
func (s *Store) renewAndRevoke(ctx context.Context, domain oauth.Domain, e entry, stored item) error {
	if wait := e.Pause.left(s.Now()); wait > 0 {
		return &oauth.Refusal{Kind: oauth.RefusedTokenLimit, Host: e.Domain, RetryAfter: wait}
	}
	key := stored.key(e.Account)
	token, err := s.requestToken(ctx, e.Account, stored)
	if refusal := (*oauth.Refusal)(nil); errors.As(err, &refusal) && !refusal.Passing() {
		return s.revokeToken(ctx, domain, key, oauth.NewSecret(stored.AccessToken))
	}
	if err != nil {
		return err
	}
	notSaved := s.savePair(ctx, e.Name, stored, token)
	if err = s.revokeToken(ctx, domain, key, token.Access); err != nil && !isDead(err) && notSaved != nil {
		return notSaved
	}
	return err
}

func (s *Store) revokeToken(ctx context.Context, domain oauth.Domain, key oauth.Key, token oauth.Secret) error {
	ctx, cancel := context.WithTimeout(ctx, revokeLimit)
	defer cancel()
	return oauth.Revoke(ctx, s.HTTP, domain, key, token)
}

// isDead reports an answer that says that the token no longer works.
func isDead(err error) bool {
	var refusal *oauth.Refusal
	return oauth.TokenRefused(err) || errors.As(err, &refusal) && refusal.Kind == oauth.RefusedInvalidGrant
}

// Remove removes an account from this machine: keyring item, index entry, lock. If
// the keyring is absent or locked, nothing is removed. If it does not answer, the
// removal is completed by the next List.
func (s *Store) Remove(ctx context.Context, name string) error {
	held, err := s.lockEntry(ctx, name)
	if err != nil {
		return err
	}
	return s.remove(ctx, held, name)
}

// remove releases the account lock, which the caller must hold.
func (s *Store) remove(ctx context.Context, held *fileLock, name string) error {
	err := s.updateEntry(ctx, name, func(_ *index, e *entry) {
		name = e.Name
		if e.Change != nil && e.Change.Removing {
			return // as a crash left it
		}
		before := e.Account
		e.State, e.Change = Pending, &change{Before: &before, Removing: true}
	})
	if err != nil {
		held.release()
		return err
	}
	if err := s.forget(ctx, name); err != nil {
		if untouched(err) {
			s.takeBack(ctx, name, err)
		}
		held.release()
		return fmt.Errorf("removing %s: %w", name, err)
	}
	held.releaseAndRemove()
	return nil
}

// forget completes a removal: first the secret, then the entry.
func (s *Store) forget(ctx context.Context, name string) error {
	if err := s.mayAskKeyring(ctx); err != nil {
		return err
	}
	if err := s.keyring.Delete(ctx, name); err != nil {
		return err
	}
	return s.updateIndex(ctx, func(x *index) error {
		x.drop(name)
		return nil
	})
}
