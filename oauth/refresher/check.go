package refresher

import (
	"context"
	"errors"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/keyring"
)

// checkLimit limits one call of a check.
const checkLimit = 15 * time.Second

// checkAccount checks one account and schedules its next check.
func (r *run) checkAccount(ctx context.Context, a account.Account) {
	begin := read(r.clock)
	token, err := r.check(ctx, a)
	if ctx.Err() != nil {
		return
	}
	s := r.schedules[a.Name]
	if _, away := errors.AsType[*oauth.Unreachable](err); away && jumpedSince(r.clock, begin) {
		s.soon = true // a sleep cut the call off, which says nothing about the network
		return
	}
	if trouble, ok := errors.AsType[*keyring.Error](err); ok && !errors.Is(err, account.ErrReconnect) {
		r.keyringFailed(trouble)
		return
	}
	r.keyringWorks()
	s.tried, s.every, s.soon, s.asked, s.away = r.clock.Now(), jitter(checkEvery), false, false, false
	switch {
	case err == nil:
		r.Log.Debug("checked", "account", a.Name)
		s.failures = 0
		r.add(a.Name, account.Status{Checked: true})
		if dueAt(a, s.tried) {
			r.reload(ctx) // its new expiry
		}
		s.plan(token, s.tried)
	case errors.Is(err, account.ErrReconnect), errors.Is(err, account.ErrNoAccount):
		r.Log.Warn("is no longer signed in", "account", a.Name, "error", err)
		s.failures = 0
		r.reload(ctx)
	default:
		r.failed(a, s, err)
		r.Log.Info("could not be checked", "account", a.Name, "error", err, "again", s.retry.Round(time.Second))
	}
}

// check asks Egnyte whether the account's token works, and renews it first if it is
// due. A token that is refused is renewed, and Egnyte's answer to that decides. If its
// gateway then refuses the new token too, by a code of its own, the account turns to
// Reconnect, unless the new token had expired before it was used. The token returned is
// the last one that was tried.
func (r *run) check(ctx context.Context, a account.Account) (oauth.Token, error) {
	domain, err := a.OAuthDomain()
	if err != nil {
		return oauth.Token{}, err
	}
	token, err := r.token(ctx, a)
	if err != nil {
		return token, err
	}
	user, err := r.userInfo(ctx, domain, token)
	if err == nil {
		return token, r.Store.Judge(ctx, a, user, nil)
	}
	if !oauth.TokenRefused(err) {
		return token, err
	}
	if !token.Refresh.IsZero() { // else no request is made
		if err := r.mayRequest(ctx, a); err != nil {
			return token, err
		}
	}
	if token, err = r.renew(ctx, a, account.TokenOptions{Rejected: token.Access}, "Egnyte refused the old token"); err != nil {
		return token, err
	}
	user, err = r.userInfo(ctx, domain, token)
	if oauth.TokenRefused(err) && !token.Expiry.IsZero() && !r.clock.Now().Before(token.Expiry) {
		return token, err
	}
	return token, r.Store.Judge(ctx, a, user, err)
}

// token is the account's token, renewed if it is due. A token that can't be renewed is
// used as it is.
func (r *run) token(ctx context.Context, a account.Account) (oauth.Token, error) {
	token, err := r.Store.Token(ctx, a, account.TokenOptions{NoRenewal: true})
	if cause, ok := errors.AsType[*account.ReconnectError](err); ok && cause.Reason != account.ReasonExpired {
		return token, r.Store.SignedOut(ctx, cause)
	} else if err != nil && !ok {
		return token, err
	}
	if token.Refresh.IsZero() || !isDue(token, r.clock.Now()) {
		return token, nil
	}
	if err := r.mayRequest(ctx, a); err != nil {
		return oauth.Token{}, err
	}
	return r.renew(ctx, a, account.TokenOptions{MinLeft: leadOf(token.Issued, token.Expiry), Strict: true}, "due")
}

// renew renews the token. If Egnyte asks to wait, the other accounts of the key wait as
// well: the limit is the key's.
func (r *run) renew(ctx context.Context, a account.Account, want account.TokenOptions, why string) (oauth.Token, error) {
	token, err := r.Store.Token(ctx, a, want)
	if refusal, ok := errors.AsType[*oauth.Refusal](err); ok && refusal.Kind == oauth.RefusedTokenLimit {
		now := r.clock.Now()
		r.pauses[keyOf(a)] = pause{now, now.Add(refusal.Wait())}
	}
	if err == nil {
		r.Log.Info("renewed", "account", a.Name, "why", why)
	}
	return token, err
}

// userInfo is one call with the token.
func (r *run) userInfo(ctx context.Context, domain oauth.Domain, token oauth.Token) (oauth.User, error) {
	if err := r.pace(ctx); err != nil {
		return oauth.User{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	return oauth.UserInfo(ctx, r.Store.HTTP, domain, token.Access)
}

// failed schedules the next try after a temporary problem: when Egnyte said, or after
// ever longer pauses. If nobody answers, the other accounts of that domain wait too.
func (r *run) failed(a account.Account, s *schedule, err error) {
	status := account.Status{Trouble: account.Unwell}
	s.failures++
	wait := jitter(min(longestBackoff, firstBackoff<<min(s.failures-1, 10)))
	refusal, isRefusal := errors.AsType[*oauth.Refusal](err)
	_, away := errors.AsType[*oauth.Unreachable](err)
	switch {
	case isRefusal && refusal.Wait() > 0:
		s.asked = true
		wait = max(wait, refusal.Wait()+jitter(time.Second))
		until := r.clock.Now().Add(wait).UTC().Truncate(time.Second)
		status.Trouble, status.Until = account.Throttled, &until
	case away:
		s.away, status.Trouble = true, account.Offline
	case !isRefusal: // a file or a lock, so not Egnyte's fault
		s.retry = r.clock.Now().Add(wait)
		return
	}
	s.retry = r.clock.Now().Add(wait)
	r.add(a.Name, status)
	if away {
		r.othersAway(a, *s)
	}
}

func (r *run) othersAway(a account.Account, like schedule) {
	for _, other := range r.accounts {
		if s := r.schedules[other.Name]; other.Domain == a.Domain && other.Name != a.Name && other.State == account.Ready && !s.asked {
			s.failures, s.retry, s.soon, s.away = like.failures, like.retry, false, true
			r.add(other.Name, account.Status{Trouble: account.Offline})
		}
	}
}

// add keeps the result of a check until the next flush.
func (r *run) add(name string, s account.Status) {
	if r.found == nil {
		r.found, r.foundAt = map[string]account.Status{}, r.clock.Uptime()
	}
	s.At = r.clock.Now()
	r.found[name] = s
}

// shouldFlush: results are written in a quiet moment, or when they get old. With many
// accounts, writing each at once would be most of the work.
func (r *run) shouldFlush(next time.Time) bool {
	return len(r.found) > 0 && (next.IsZero() || next.Sub(r.clock.Now()) > 2*callEvery || r.clock.Uptime()-r.foundAt >= flushDelay)
}

// flush writes results to the index. If it can't be written, the tokens were renewed
// nevertheless, so the error doesn't matter.
func (r *run) flush(ctx context.Context) {
	if len(r.found) > 0 {
		_ = r.Store.Record(ctx, r.found)
		r.found = nil
	}
}
