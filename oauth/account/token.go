package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"egnyte-accounts/oauth"
)

// clockSlack is how far apart two readings of the wall clock may be.
const clockSlack = time.Minute

// TokenOptions say which token of an account is wanted. With the zero value, any that
// has not expired.
type TokenOptions struct {
	// MinLeft is how much of the token's life should be left; else it is renewed.
	// In the first half of its life a token is never renewed for this.
	MinLeft time.Duration
	// AtLeast is MinLeft also in the first half of the token's life, for a job that
	// takes so long. If even a new token would not live longer, it is MinLeft.
	AtLeast time.Duration
	// Rejected is a token that Egnyte has just answered with 401, whatever its expiry
	// says. Any other token will do. If it can't be renewed, the account's State
	// becomes Reconnect.
	Rejected oauth.Secret
	// Strict makes it an error if a renewal fails, even if the old token still works.
	Strict bool
	// NoRenewal returns the token that the keyring has. If it has expired, that is an
	// error, and the token is returned as well.
	NoRenewal bool
}

// accepts reports whether the token need not be renewed.
func (o TokenOptions) accepts(it item, now time.Time) bool {
	if !o.Rejected.IsZero() {
		return it.AccessToken != o.Rejected.Reveal()
	}
	if it.Expiry.IsZero() {
		return true
	}
	if now.Before(it.Issued.Add(-clockSlack)) { // the clock was set back: what is left is unknown
		return false
	}
	life, left := it.Expiry.Sub(it.Issued), it.Expiry.Sub(now)
	want := min(max(o.MinLeft, o.AtLeast), life/2)
	if o.AtLeast < life {
		want = max(want, o.AtLeast)
	}
	return left > max(0, want)
}

// Token returns the account's token, and renews it first if the options ask for it.
// However many goroutines and processes ask at once, one request is made. A token
// without an expiry or a refresh token is not renewed.
//
// If a renewal fails for now, the old token is returned while it works, else the
// error. If it fails for good, or if there is no token, the error is an ErrReconnect.
func (s *Store) Token(ctx context.Context, account Account, want TokenOptions) (oauth.Token, error) {
	stored, err := s.liveItem(ctx, account)
	if err != nil {
		return oauth.Token{}, err
	}
	rejected := !want.Rejected.IsZero()
	switch token := stored.token(account.Scopes); {
	case want.NoRenewal && stored.expired(s.Now()):
		return token, &ReconnectError{account.Name, ReasonExpired, errExpired}
	case want.NoRenewal, !rejected && want.accepts(stored, s.Now()):
		return token, nil
	case stored.RefreshToken != "" || rejected:
	case stored.expired(s.Now()):
		return oauth.Token{}, &ReconnectError{account.Name, ReasonExpired, errExpired}
	default:
		return token, nil
	}
	token, err := s.renew(ctx, account.Name, want)
	if err == nil || want.Strict || rejected || errors.Is(err, ErrReconnect) || errors.Is(err, ErrNoAccount) {
		return token, err
	}
	// Another process may have renewed the token, which ends the one we have.
	if now, readErr := s.liveItem(ctx, account); readErr == nil {
		stored = now
	}
	if stored.expired(s.Now()) {
		return oauth.Token{}, err
	}
	return stored.token(account.Scopes), nil
}

// flight names equal requests, which share one renewal in this process.
func (o TokenOptions) flight(name string) string {
	return fmt.Sprint(name, "\x00", o.MinLeft, o.AtLeast, "\x00", o.Rejected.Reveal())
}
