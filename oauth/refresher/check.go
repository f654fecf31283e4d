package account

import (
	"context"
	"errors"
	"time"

	"egnyte-accounts/oauth"
)

// checkLimit bounds one call of a check.
const checkLimit = 15 * time.Second

// attend checks one account and remembers what came of it.
func (r *rounds) attend(ctx context.Context, a Account) {
	begin := r.moment()
	token, err := r.check(ctx, a)
	if ctx.Err() != nil {
		return
	}
	m := r.minds[a.Name]
	if _, away := errors.AsType[*oauth.Unreachable](err); away && r.jumpedSince(begin) {
		m.soon = true // a sleep cut the call off: that says nothing of the network
		return
	}
	if trouble, ok := errors.AsType[*KeyringError](err); ok && !errors.Is(err, ErrReconnect) {
		r.shut(trouble)
		return
	}
	r.opened()
	m.tried, m.every, m.soon, m.asked, m.away = r.Now(), jitter(checkEvery), false, false, false
	switch {
	case err == nil:
		r.Log.Debug("checked", "account", a.Name)
		m.failures = 0
		r.note(a.Name, note{checked: true})
		if a.dueAt(m.tried) {
			r.learn(ctx) // its new expiry
		}
		m.plan(token, m.tried)
	case errors.Is(err, ErrReconnect), errors.Is(err, ErrNoAccount):
		r.Log.Warn("is no longer signed in", "account", a.Name, "error", err)
		m.failures = 0
		r.learn(ctx)
	default:
		r.failed(a, m, err)
		r.Log.Info("could not be checked", "account", a.Name, "error", err, "again", m.retry.Round(time.Second))
	}
}

// check asks Egnyte whether the account's token works, after renewing it if its
// time has come. A token that Egnyte refuses is renewed; if that fails, or if
// Egnyte refuses the new one too, the account turns to Reconnect; but not where
// that one was over before it was used. The token is the one that was tried last.
func (r *rounds) check(ctx context.Context, a Account) (oauth.Token, error) {
	domain, err := a.OAuthDomain()
	if err != nil {
		return oauth.Token{}, err
	}
	token, err := r.token(ctx, a)
	if err != nil {
		return token, err
	}
	err = r.try(ctx, domain, token)
	if !oauth.TokenRefused(err) || !lived(token) {
		return token, err
	}
	old := token.Access
	if !token.Refresh.IsZero() { // else no request will be made
		if err := r.mayAsk(ctx, a); err != nil {
			return token, err
		}
	}
	if token, err = r.Store.Renew(ctx, r.HTTP, a, old); err != nil {
		r.hold(a, err)
		return token, err
	}
	r.Log.Info("renewed", "account", a.Name, "why", "Egnyte refused the old token")
	err = r.try(ctx, domain, token)
	if !oauth.TokenRefused(err) || !token.Expiry.IsZero() && !r.Now().Before(token.Expiry) {
		return token, err
	}
	refusal, _ := errors.AsType[*oauth.Refusal](err)
	return token, errors.Join(&ReconnectError{a.Name, refusal.Kind, err}, r.Store.MarkReconnect(ctx, a.Name, refusal.Kind))
}

// token is the account's token, renewed if it is due. What has no refresh token
// is taken as it is.
func (r *rounds) token(ctx context.Context, a Account) (oauth.Token, error) {
	i, err := r.Store.liveItem(ctx, a)
	if gone, ok := errors.AsType[*ReconnectError](err); ok {
		return oauth.Token{}, errors.Join(err, r.Store.MarkReconnect(ctx, a.Name, gone.Reason))
	}
	if err != nil {
		return oauth.Token{}, err
	}
	if i.RefreshToken == "" || !i.due(r.Now()) {
		return i.token(a.Scopes), nil
	}
	if err := r.mayAsk(ctx, a); err != nil {
		return oauth.Token{}, err
	}
	token, err := r.Store.renew(ctx, renewal{
		client: r.HTTP, name: a.Name, why: "due", enough: func(i item) bool { return !i.due(r.Now()) },
	})
	r.hold(a, err)
	if err == nil {
		r.Log.Info("renewed", "account", a.Name, "why", "due")
	}
	return token, err
}

// try is one call with the token.
func (r *rounds) try(ctx context.Context, domain oauth.Domain, token oauth.Token) error {
	if err := r.pace(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	_, err := oauth.UserInfo(ctx, r.HTTP, domain, token.Access)
	return err
}

// mayAsk counts a token request against what Egnyte allows a key in an hour. One
// too many is refused here, as Egnyte would.
func (r *rounds) mayAsk(ctx context.Context, a Account) error {
	now, key := r.Now(), a.KeyID+" "+a.Service
	recent := r.asked[key]
	for len(recent) > 0 && !(now.Sub(recent[0]).Abs() < time.Hour) {
		recent = recent[1:]
	}
	wait := r.holds[key].left(now)
	if len(recent) >= tokenRequests {
		wait = max(wait, recent[0].Add(time.Hour).Sub(now))
	}
	r.asked[key] = recent
	if wait > 0 {
		return &oauth.Refusal{Kind: oauth.RefusedTokenLimit, Host: a.Domain, RetryAfter: wait}
	}
	r.asked[key] = append(recent, now)
	return r.pace(ctx)
}

// hold keeps a key's other accounts from asking when Egnyte has asked to wait:
// the limit is the key's.
func (r *rounds) hold(a Account, err error) {
	if refusal, ok := errors.AsType[*oauth.Refusal](err); ok && refusal.Kind == oauth.RefusedTokenLimit {
		p := pauseFrom(r.Now(), pauseOf(refusal))
		r.holds[a.KeyID+" "+a.Service] = &p
	}
}

// failed plans the next try after passing trouble: when Egnyte said, else ever
// later. Where nobody answers, the other accounts there are not tried meanwhile.
func (r *rounds) failed(a Account, m *mind, err error) {
	n := note{trouble: Unwell}
	m.failures++
	wait := jitter(min(longestBackoff, firstBackoff<<min(m.failures-1, 10)))
	refusal, isRefusal := errors.AsType[*oauth.Refusal](err)
	_, away := errors.AsType[*oauth.Unreachable](err)
	switch {
	case isRefusal && pauseOf(refusal) > 0:
		m.asked = true
		wait = max(wait, pauseOf(refusal)+jitter(time.Second))
		until := r.Now().Add(wait).UTC().Truncate(time.Second)
		n.trouble, n.until = Throttled, &until
	case away:
		m.away, n.trouble = true, Offline
	case !isRefusal: // a file, or a lock: nothing of Egnyte's
		m.retry = r.Now().Add(wait)
		return
	}
	m.retry = r.Now().Add(wait)
	r.note(a.Name, n)
	if away {
		r.alsoAway(a, *m)
	}
}

func (r *rounds) alsoAway(a Account, like mind) {
	for _, other := range r.accounts {
		if m := r.minds[other.Name]; other.Domain == a.Domain && other.Name != a.Name && other.State == Ready && !m.asked {
			m.failures, m.retry, m.soon, m.away = like.failures, like.retry, false, true
			r.note(other.Name, note{trouble: Offline})
		}
	}
}

// note is what a check found, for the index.
type note struct {
	checked bool
	trouble Trouble // "" without checked: what there was is over
	until   *time.Time
	at      time.Time
}

func (r *rounds) note(name string, n note) {
	if r.notes == nil {
		r.notes, r.noted = map[string]note{}, time.Now()
	}
	n.at = r.Now().UTC().Truncate(time.Second)
	r.notes[name] = n
}

// mustWrite: notes are written when there is a pause, or when they get old. With
// many accounts a write for each would be most of the work.
func (r *rounds) mustWrite(next time.Time) bool {
	return len(r.notes) > 0 && (next.IsZero() || next.Sub(r.Now()) > 2*callEvery || time.Since(r.noted) >= r.real(noteDelay))
}

func (r *rounds) writeNotes(ctx context.Context) {
	if len(r.notes) == 0 {
		return
	}
	notes := r.notes
	r.notes = nil
	// Should the index not be writable, the checks still have done their work.
	_ = r.Store.updateIndex(ctx, func(x *index) error {
		for i := range x.Accounts {
			if n, ok := notes[x.Accounts[i].Name]; ok {
				x.Accounts[i].take(n)
			}
		}
		return nil
	})
}

// take writes a note into an entry that is still what was checked.
func (e *entry) take(n note) {
	switch {
	case e.State != Ready:
	case n.checked:
		e.Checked = &n.at
		e.calm()
	case n.trouble == "":
		e.calm()
	default:
		if e.Trouble != n.trouble || e.Since == nil {
			e.Since = &n.at
		}
		e.Trouble, e.Until = n.trouble, n.until
	}
}
