package account

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring"
)

const (
	// refreshLimit limits one token request, as others wait for its lock.
	refreshLimit = 20 * time.Second
	// refreshGrace is how long a cancelled caller still waits for a renewal. If the
	// program ended between Egnyte's answer and the keyring, the account would be
	// lost.
	refreshGrace = 3 * time.Second
	// renewWait is how long a program waits for others that renew the same token.
	// Then it looks whether they have done it, or whether the old token will do. If
	// not, it waits once more, for as long as a token request may take.
	renewWait = 10 * time.Second
)

// saveRetries are the pauses before each try to save a renewed pair. By then it is
// the only one that works.
var saveRetries = []time.Duration{0, 100 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second}

// renew renews the token unless want accepts it by then. The renewal goes on for a
// while if its callers give up: see refreshGrace.
func (s *Store) renew(ctx context.Context, name string, want TokenOptions) (oauth.Token, error) {
	flight := s.flights.DoChan(want.flight(name), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), accountWait+refreshLimit+keyring.Limit)
		defer cancel()
		return s.renewLocked(ctx, name, want)
	})
	var over <-chan time.Time
	done := ctx.Done()
	for {
		select {
		case result := <-flight:
			token, _ := result.Val.(oauth.Token)
			return token, result.Err
		case <-done:
			done, over = nil, time.After(refreshGrace)
		case <-over:
			return oauth.Token{}, fmt.Errorf("renewing %s: %w", name, context.Cause(ctx))
		}
	}
}

// renewLocked renews the token under the account's lock. It reads the keyring again,
// as another process may have been faster.
func (s *Store) renewLocked(ctx context.Context, name string, want TokenOptions) (oauth.Token, error) {
	held, done, err := s.lockToRenew(ctx, name, want)
	if held == nil {
		return done, err
	}
	defer held.release()
	e, stored, err := s.entryAndItem(ctx, name)
	if err != nil {
		return oauth.Token{}, err
	}
	if want.accepts(stored, s.Now()) {
		s.catchUp(ctx, e, stored)
		return stored.token(e.Scopes), nil
	}
	rejected := !want.Rejected.IsZero()
	if stored.RefreshToken == "" {
		if rejected {
			return oauth.Token{}, s.rejected(ctx, e, stored)
		}
		return stored.token(e.Scopes), nil
	}
	if wait := e.Pause.left(s.Now()); wait > 0 {
		return oauth.Token{}, &oauth.Refusal{Kind: oauth.RefusedTokenLimit, Host: e.Domain, RetryAfter: wait}
	}
	token, err := s.requestToken(ctx, e.Account, stored)
	if err != nil {
		return oauth.Token{}, s.refused(ctx, e.Name, err, rejected)
	}
	if err := s.savePair(ctx, e.Name, stored, token); err != nil {
		return oauth.Token{}, err
	}
	return token, nil
}

// lockToRenew takes the account's lock, or returns the token that another process has
// renewed. A caller whose token still works gives up sooner than one without, because
// Egnyte may take up to refreshLimit to answer.
func (s *Store) lockToRenew(ctx context.Context, name string, want TokenOptions) (*fileLock, oauth.Token, error) {
	var err error
	for _, wait := range s.renewWaits {
		var held *fileLock
		waiting, cancel := context.WithTimeout(ctx, wait)
		held, err = s.lockSettled(waiting, name)
		cancel()
		if err == nil || !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
			return held, oauth.Token{}, err
		}
		e, stored, readErr := s.entryAndItem(ctx, name)
		switch {
		case readErr != nil:
			return nil, oauth.Token{}, errors.Join(err, readErr)
		case want.accepts(stored, s.Now()):
			return nil, stored.token(e.Scopes), nil
		case want.Rejected.IsZero() && !stored.expired(s.Now()):
			return nil, oauth.Token{}, err
		}
	}
	return nil, oauth.Token{}, err
}

// requestToken asks Egnyte for a new pair. Its times are those of the store's clock.
func (s *Store) requestToken(ctx context.Context, a Account, old item) (oauth.Token, error) {
	domain, err := a.OAuthDomain()
	if err != nil {
		return oauth.Token{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, refreshLimit)
	defer cancel()
	token, err := oauth.Refresh(ctx, s.HTTP, domain, old.key(a), oauth.NewSecret(old.RefreshToken), a.Scopes)
	if err != nil {
		return oauth.Token{}, err
	}
	now := s.Now()
	if !token.Expiry.IsZero() {
		token.Expiry = now.Add(token.Expiry.Sub(token.Issued))
	}
	token.Issued = now
	return token, nil
}

// savePair saves what is now the only pair that works: first in the keyring, with
// retries, then in the index.
func (s *Store) savePair(ctx context.Context, name string, old item, token oauth.Token) error {
	next := newItem(oauth.Grant{Token: token, Key: oauth.Key{Secret: oauth.NewSecret(old.ClientSecret)}})
	next.Account = name
	secret, err := next.pack()
	if err == nil {
		err = s.saveSecret(ctx, name, next.Stamp, secret)
	}
	if err != nil {
		lost := &LostPairError{name, err}
		if err := s.markReconnect(context.WithoutCancel(ctx), name, ReasonUnsaved); err != nil {
			return errors.Join(lost, err)
		}
		return lost
	}
	// The pair is safe. If the index can't be written it shows an old expiry, which the
	// next renewal corrects.
	_ = s.updateEntry(ctx, name, func(_ *index, e *entry) { e.renewed(next, token.Scopes, s.Now()) })
	return nil
}

// saveSecret tries a few times. A keyring that returned an error may have written
// anyway, so it reads the item back.
func (s *Store) saveSecret(ctx context.Context, name, stamp string, secret oauth.Secret) error {
	var err error
	for _, wait := range saveRetries {
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return errors.Join(err, context.Cause(ctx))
		}
		if err = s.keyring.Set(ctx, name, secret); err == nil {
			return nil
		}
		if stored, readErr := s.readItem(ctx, name); readErr == nil && stored.Stamp == stamp {
			return nil
		}
	}
	return err
}

// renewed sets what the index says about a new pair.
func (e *entry) renewed(it item, scopes []string, now time.Time) {
	e.State, e.Reason, e.Notified, e.Pause = Ready, "", false, nil
	e.Expires, e.Renewed = it.expires(), now.UTC().Truncate(time.Second)
	e.Scopes = append([]string{}, scopes...)
	e.clearTrouble()
}

// catchUp corrects an index that misses a renewal because of a crash. If it can't be
// written, the next renewal does it.
func (s *Store) catchUp(ctx context.Context, e entry, it item) {
	if (e.Expires == nil) == it.Expiry.IsZero() && (e.Expires == nil || e.Expires.Equal(it.Expiry)) {
		return
	}
	_ = s.updateEntry(ctx, e.Name, func(_ *index, e *entry) { e.renewed(it, e.Scopes, it.Issued) })
}

// refused records what a failed token request means for the account.
func (s *Store) refused(ctx context.Context, name string, err error, rejected bool) error {
	var refusal *oauth.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	if !refusal.Passing() { // a verdict: no further request can succeed
		reason := refusal.Kind
		if rejected && reason == oauth.RefusedInvalidGrant {
			reason = oauth.RefusedUnauthorized // both tokens are dead: the password was changed, or they were revoked
		}
		return s.giveUp(ctx, name, reason, err)
	}
	if wait := refusal.Wait(); wait > 0 {
		// If this can't be written, the next request gets the same answer.
		_ = s.updateEntry(ctx, name, func(_ *index, e *entry) { e.Pause = pauseFrom(s.Now(), wait) })
	}
	return err
}

// rejected records that Egnyte refused a token that nothing can renew. A proxy may have
// answered 401 as well, so a token that has not expired gets a second chance: the account
// ends if it is refused a minute later, and no check succeeded in between.
func (s *Store) rejected(ctx context.Context, e entry, stored item) error {
	now, first := s.Now(), e.Pause
	if first == nil || now.Before(first.From) || e.Checked != nil && e.Checked.After(first.From) {
		first = pauseFrom(now, time.Minute)
		// If this can't be written, the next refusal counts as the first.
		_ = s.updateEntry(ctx, e.Name, func(_ *index, e *entry) { e.Pause = first })
	}
	if wait := first.left(now); wait > 0 && !stored.expired(now) {
		return &oauth.Refusal{Kind: oauth.RefusedUnreadable, Host: e.Domain, Status: http.StatusUnauthorized, RetryAfter: wait}
	}
	return s.giveUp(ctx, e.Name, oauth.RefusedUnauthorized, errors.New("its token is refused"))
}

// giveUp turns the account to Reconnect. The caller must hold the account lock.
func (s *Store) giveUp(ctx context.Context, name string, reason oauth.RefusalKind, cause error) error {
	return errors.Join(&ReconnectError{name, reason, cause}, s.markReconnect(ctx, name, reason))
}

// entryAndItem are the index entry and the keyring item of an account that doesn't
// have to sign in again.
func (s *Store) entryAndItem(ctx context.Context, name string) (entry, item, error) {
	e, err := s.entryOf(name)
	if err != nil {
		return entry{}, item{}, err
	}
	stored, err := s.liveItem(ctx, e.Account)
	return e, stored, err
}
