package account

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"egnyte-accounts/oauth"
)

const (
	// refreshLimit bounds one token request: others wait for its lock.
	refreshLimit = 20 * time.Second
	// refreshGrace is what somebody who gives up still waits for a renewal under
	// way: were the program to end between Egnyte's answer and the keyring, the
	// account would be lost.
	refreshGrace = 3 * time.Second
	// renewWait is how long a program waits for others who renew the same token
	// or wait for that. Then it looks whether one of them has done it, or the token
	// in hand will do; else it waits for as long again as a token request may take.
	renewWait = 10 * time.Second
	// unsaidPause is kept where Egnyte asks to wait and does not say how long.
	unsaidPause = time.Minute
)

// saveRetries are the waits between tries to keep a pair that is the only one
// that works by then.
var saveRetries = []time.Duration{0, 100 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second}

// Fresh returns the account's token, renewed first if no more than minLeft of
// its life is left (never in the first half of it). However many goroutines and
// processes ask at once, one token request is made. A token without an expiry
// or a refresh token is left alone.
//
// Passing trouble gives the old token while that still lives, else the error.
// A refusal for good marks the account and gives ErrReconnect; so does
// *LostPairError.
func (s *Store) Fresh(ctx context.Context, client *http.Client, account Account, minLeft time.Duration) (oauth.Token, error) {
	return s.fresh(ctx, client, account, "fresh "+minLeft.String(), func(i item) bool { return i.enough(s.now(), minLeft) })
}

func (s *Store) fresh(ctx context.Context, client *http.Client, account Account, why string, enough func(item) bool) (oauth.Token, error) {
	i, err := s.liveItem(ctx, account)
	if err != nil {
		return oauth.Token{}, err
	}
	switch {
	case enough(i):
		return i.token(account.Scopes), nil
	case i.RefreshToken == "" && i.expired(s.now()):
		return oauth.Token{}, &ReconnectError{account.Name, ReasonExpired, errExpired}
	case i.RefreshToken == "":
		return i.token(account.Scopes), nil
	}
	token, err := s.renew(ctx, renewal{client: client, name: account.Name, why: why, enough: enough})
	if err == nil || errors.Is(err, ErrReconnect) || errors.Is(err, ErrNoAccount) {
		return token, err
	}
	// Somebody else may have renewed it meanwhile, which ends the one in hand.
	if now, readErr := s.liveItem(ctx, account); readErr == nil {
		i = now
	}
	if i.expired(s.now()) {
		return oauth.Token{}, err
	}
	return i.token(account.Scopes), nil
}

// Renew is for a token that Egnyte has just answered with 401, whatever its
// expiry says. If the keyring holds another one by now, that is returned and no
// request is made. A token that can't be renewed turns the account to
// Reconnect, and the error is ErrReconnect.
func (s *Store) Renew(ctx context.Context, client *http.Client, account Account, rejected oauth.Secret) (oauth.Token, error) {
	return s.renew(ctx, renewal{
		client: client, name: account.Name, why: "rejected " + rejected.Reveal(), rejected: true,
		enough: func(i item) bool { return i.AccessToken != rejected.Reveal() },
	})
}

// renewal is one wish for another token.
type renewal struct {
	client   *http.Client
	name     string
	why      string // equal wishes share one flight
	enough   func(item) bool
	rejected bool // Egnyte refuses the token in hand
}

// renew joins the flight of this wish in this process. The flight goes on when
// its callers give up: see refreshGrace.
func (s *Store) renew(ctx context.Context, r renewal) (oauth.Token, error) {
	flight := s.flights.DoChan(r.name+"\x00"+r.why, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), accountWait+refreshLimit+keyringWait)
		defer cancel()
		return s.renewLocked(ctx, r)
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
			return oauth.Token{}, fmt.Errorf("renewing %s: %w", r.name, context.Cause(ctx))
		}
	}
}

// renewLocked holds the account's lock, so that of all processes one asks; what
// the keyring holds is read again then, since somebody may have been faster.
func (s *Store) renewLocked(ctx context.Context, r renewal) (oauth.Token, error) {
	held, done, err := s.lockToRenew(ctx, r)
	if held == nil {
		return done, err
	}
	defer held.release()
	e, i, err := s.entryAndItem(ctx, r.name)
	if err != nil {
		return oauth.Token{}, err
	}
	if r.enough(i) {
		s.catchUp(ctx, e, i)
		return i.token(e.Scopes), nil
	}
	if i.RefreshToken == "" {
		if r.rejected {
			return oauth.Token{}, s.giveUp(ctx, e.Name, oauth.RefusedUnauthorized, errors.New("its token is refused"))
		}
		return i.token(e.Scopes), nil
	}
	if wait := e.Pause.left(s.now()); wait > 0 {
		return oauth.Token{}, &oauth.Refusal{Kind: oauth.RefusedTokenLimit, Host: e.Domain, RetryAfter: wait}
	}
	token, err := s.ask(ctx, r.client, e.Account, i)
	reached("token request answered")
	if err != nil {
		return oauth.Token{}, s.refused(ctx, e.Name, err, r.rejected)
	}
	if err := s.keepPair(ctx, e.Name, i, token); err != nil {
		return oauth.Token{}, err
	}
	return token, nil
}

// lockToRenew takes the account's lock, or without it gives the token that
// another program has renewed meanwhile. Who has a token that still works gives
// up sooner than who has none: a slow Egnyte takes up to refreshLimit to answer.
func (s *Store) lockToRenew(ctx context.Context, r renewal) (*fileLock, oauth.Token, error) {
	var err error
	for _, wait := range s.renewWaits {
		var held *fileLock
		waiting, cancel := context.WithTimeout(ctx, wait)
		held, err = s.lockKnown(waiting, r.name)
		cancel()
		if err == nil || !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
			return held, oauth.Token{}, err
		}
		e, i, readErr := s.entryAndItem(ctx, r.name)
		switch {
		case readErr != nil:
			return nil, oauth.Token{}, errors.Join(err, readErr)
		case r.enough(i):
			return nil, i.token(e.Scopes), nil
		case !r.rejected && !i.expired(s.now()):
			return nil, oauth.Token{}, err
		}
	}
	return nil, oauth.Token{}, err
}

// ask makes the token request. Its times are those of this store's clock.
func (s *Store) ask(ctx context.Context, client *http.Client, a Account, i item) (oauth.Token, error) {
	domain, err := a.OAuthDomain()
	if err != nil {
		return oauth.Token{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, refreshLimit)
	defer cancel()
	reached("token request")
	token, err := oauth.Refresh(ctx, client, domain, i.key(a), oauth.NewSecret(i.RefreshToken), a.Scopes)
	if err != nil {
		return oauth.Token{}, err
	}
	now := s.now()
	if !token.Expiry.IsZero() {
		token.Expiry = now.Add(token.Expiry.Sub(token.Issued))
	}
	token.Issued = now
	return token, nil
}

// keepPair writes what is now the only pair that works: the keyring first, as
// often as it takes, then what the index tells of it.
func (s *Store) keepPair(ctx context.Context, name string, old item, token oauth.Token) error {
	next := newItem(oauth.Grant{Token: token, Key: oauth.Key{Secret: oauth.NewSecret(old.ClientSecret)}})
	secret, err := next.pack()
	if err == nil {
		err = s.save(attended(ctx), name, next.Stamp, secret)
	}
	if err != nil {
		lost := &LostPairError{name, err}
		if err := s.markReconnect(context.WithoutCancel(ctx), name, ReasonUnsaved); err != nil {
			return errors.Join(lost, err)
		}
		return lost
	}
	reached("pair kept")
	// The pair is safe. An index that can't be written tells an old expiry, and
	// the next renewal mends that.
	_ = s.updateEntry(ctx, name, func(e *entry) { e.renewed(next, token.Scopes, s.now()) })
	reached("renewal told")
	return nil
}

// save tries a few times. A keyring that gave no answer may have written all the
// same: what it holds counts.
func (s *Store) save(ctx context.Context, name, stamp string, secret oauth.Secret) error {
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
		if held, readErr := s.readItem(ctx, name); readErr == nil && held.Stamp == stamp {
			return nil
		}
	}
	return err
}

// renewed is what the index tells of a new pair.
func (e *entry) renewed(i item, scopes []string, now time.Time) {
	e.State, e.Reason, e.Told, e.Pause = Ready, "", false, nil
	e.Expires, e.Renewed = i.expires(), now.UTC().Truncate(time.Second)
	e.Scopes = append([]string{}, scopes...)
	e.calm()
}

// calm ends a trouble.
func (e *entry) calm() { e.Trouble, e.Since, e.Until = "", nil, nil }

// catchUp corrects an index that a crash kept from learning of a renewal. If it
// can't be written, the next one tries.
func (s *Store) catchUp(ctx context.Context, e entry, i item) {
	if (e.Expires == nil) == i.Expiry.IsZero() && (e.Expires == nil || e.Expires.Equal(i.Expiry)) {
		return
	}
	_ = s.updateEntry(ctx, e.Name, func(e *entry) { e.renewed(i, e.Scopes, i.Issued) })
}

// verdicts are the refusals of a token request after which no further one can
// succeed. Any other answer says nothing about the account.
var verdicts = map[oauth.RefusalKind]bool{
	oauth.RefusedInvalidGrant: true, oauth.RefusedClient: true, oauth.RefusedUnauthorized: true,
	oauth.RefusedInactive: true, oauth.RefusedKey: true, oauth.RefusedKeyKind: true,
	oauth.RefusedOtherDomain: true, oauth.RefusedParameters: true,
}

// refused sorts out what a failed token request means for the account.
func (s *Store) refused(ctx context.Context, name string, err error, rejected bool) error {
	var refusal *oauth.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	if verdicts[refusal.Kind] {
		reason := refusal.Kind
		if rejected && reason == oauth.RefusedInvalidGrant {
			reason = oauth.RefusedUnauthorized // both tokens died: a password was changed, or somebody revoked them
		}
		return s.giveUp(ctx, name, reason, err)
	}
	if wait := pauseOf(refusal); wait > 0 {
		p := pauseFrom(s.now(), wait)
		_ = s.updateEntry(ctx, name, func(e *entry) { e.Pause = &p }) // else the next one asks, and is told again
	}
	return err
}

// pauseOf is how long Egnyte wants to be left alone.
func pauseOf(refusal *oauth.Refusal) time.Duration {
	switch {
	case refusal.RetryAfter > 0:
		return refusal.RetryAfter
	case refusal.Kind == oauth.RefusedTokenLimit, refusal.Kind == oauth.RefusedOverQPS, refusal.Kind == oauth.RefusedOverRate:
		return unsaidPause
	}
	return 0
}

// giveUp turns the account to Reconnect. Its caller holds the account's lock.
func (s *Store) giveUp(ctx context.Context, name string, reason oauth.RefusalKind, cause error) error {
	return errors.Join(&ReconnectError{name, reason, cause}, s.markReconnect(ctx, name, reason))
}

// entryAndItem are what the index and the keyring say of an account that need
// not sign in again.
func (s *Store) entryAndItem(ctx context.Context, name string) (entry, item, error) {
	e, err := s.entryOf(name)
	if err != nil {
		return entry{}, item{}, err
	}
	i, err := s.liveItem(ctx, e.Account)
	return e, i, err
}

func (s *Store) entryOf(name string) (entry, error) {
	x, err := s.readIndex()
	if err != nil {
		return entry{}, err
	}
	e := x.find(name)
	if e == nil {
		return entry{}, fmt.Errorf("%w: %s", ErrNoAccount, name)
	}
	return *e, nil
}
