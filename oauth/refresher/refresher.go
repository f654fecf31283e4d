// Package refresher keeps accounts alive: it checks each of them with Egnyte and
// renews their tokens before they expire, for as long as a program runs.
package refresher

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

const (
	checkEvery = 6 * time.Hour // unless something else asks for a check; give or take a tenth
	callEvery  = time.Second   // over all accounts
	// After a wake from sleep or a network change an account is checked, unless the
	// last check was this short ago: a bad network changes often. In the worst case
	// this is well below the 1,000 calls a day that Egnyte allows for each token.
	wakeGap        = 5 * time.Minute
	wakeGapTrouble = time.Minute
	wakeGapOffline = 10 * time.Second // a call that nobody answered doesn't count
	firstBackoff   = time.Minute
	longestBackoff = 30 * time.Minute
	// longestSleep limits a timer, as timers stand still while the machine sleeps: a
	// wake that the system doesn't signal is noticed after this much waking time.
	longestSleep = 10 * time.Minute
	// tokenRequests is how many renewals one key may ask for in an hour. Egnyte allows
	// 100, and the user signs in as well.
	tokenRequests = 80
	// flushDelay is how long the results of checks may wait to be written together.
	flushDelay = 15 * time.Second
)

// Refresher keeps all accounts of a store alive. It checks each account at the start,
// after a wake or a network change, and every 6 hours, and renews tokens before they
// expire. What it finds is in the list of accounts: Checked, Trouble, or State
// Reconnect. Between checks it sleeps on one timer.
type Refresher struct {
	Store *account.Store

	// Wake reports the end of a sleep and network changes; Changed is Store.Watch's.
	// Either may be nil.
	Wake, Changed <-chan struct{}

	Log *slog.Logger // checks and renewals, by account; nil: no log

	clock clock // nil: the machine's
}

// Run keeps the accounts alive until ctx ends.
func (r Refresher) Run(ctx context.Context) {
	run := newRun(r)
	ctx = account.WithoutPrompt(ctx)
	defer func() { run.flush(context.WithoutCancel(ctx)) }()
	run.reload(ctx)
	for ctx.Err() == nil {
		a, at := run.next()
		if run.shouldFlush(at) {
			run.flush(ctx)
		}
		if run.sleep(ctx, at) && a != nil && !at.After(run.clock.Now()) {
			run.checkAccount(ctx, *a)
		}
	}
}

// run is the state of Refresher.Run, in one goroutine.
type run struct {
	Refresher
	accounts  []account.Account
	stale     bool // the list could not be read
	schedules map[string]*schedule
	last      reading                // of both clocks
	called    time.Duration          // uptime of the last call to Egnyte
	requests  map[string][]time.Time // token requests of the last hour, by key
	pauses    map[string]pause       // in which Egnyte wants no token requests, by key
	keyring   keyringPause
	found     map[string]account.Status // not written yet
	foundAt   time.Duration             // uptime when the first of found was added
}

func newRun(r Refresher) *run {
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	if r.clock == nil {
		r.clock = machineClock{r.Store, time.Now()}
	}
	return &run{Refresher: r, last: read(r.clock), called: -callEvery, schedules: map[string]*schedule{},
		requests: map[string][]time.Time{}, pauses: map[string]pause{}}
}

// reload reads the accounts. An account that was checked recently, by another
// refresher or a sign-in, is not checked again at once.
func (r *run) reload(ctx context.Context) {
	accounts, err := r.Store.List(ctx)
	r.stale = err != nil
	if r.stale {
		return
	}
	schedules := make(map[string]*schedule, len(accounts))
	for _, a := range accounts {
		s := r.schedules[a.Name]
		if s == nil {
			s = &schedule{every: jitter(checkEvery)}
			s.soon = a.Checked == nil || !r.recent(*a.Checked, wakeGap)
		}
		if a.Checked != nil && a.Checked.After(s.tried) && !a.Checked.After(r.clock.Now()) {
			s.tried, s.failures = *a.Checked, 0
		}
		if !s.renewed.Equal(a.Renewed) { // by any process, so the keyring is open
			s.renewed, s.seen = a.Renewed, false
			r.keyring = keyringPause{}
		}
		schedules[a.Name] = s
	}
	r.accounts, r.schedules = accounts, schedules
	if r.keyring.locked && !r.anySaysLocked() { // Store.Unlock was called
		r.keyring = keyringPause{}
	}
}

// recent reports a time no longer ago than d, by a clock that may have been set.
func (r *run) recent(t time.Time, d time.Duration) bool {
	ago := r.clock.Now().Sub(t)
	return ago > -clockSlack && ago < d
}

// woken schedules a check of all accounts that were not checked just now. Pauses that
// Egnyte asked for go on.
func (r *run) woken() {
	r.keyring.woken()
	for _, s := range r.schedules {
		switch {
		case s.failures == 0:
			s.soon = s.soon || !r.recent(s.tried, wakeGap)
		case s.asked && !s.tried.After(r.clock.Now().Add(clockSlack)):
		case s.away && r.recent(s.tried, wakeGapOffline): // the network often comes later than the wake
			s.retry = earlier(s.retry, s.tried.Add(wakeGapOffline))
		case s.away:
			s.soon = true
		default:
			s.soon = s.soon || !r.recent(s.tried, wakeGapTrouble)
		}
	}
}

// next is the account to check next, and when. Tokens that are due come first.
func (r *run) next() (*account.Account, time.Time) {
	var first *account.Account
	var at time.Time
	urgent := false
	now := r.clock.Now()
	for i := range r.accounts {
		a := &r.accounts[i]
		if a.State != account.Ready {
			continue
		}
		when := r.schedules[a.Name].next(*a, now)
		renews := !when.After(now) && dueAt(*a, now)
		if first == nil || renews && !urgent || renews == urgent && when.Before(at) {
			first, at, urgent = a, when, renews
		}
	}
	if at.Before(r.keyring.until) {
		at = r.keyring.until
	}
	return first, at
}

// sleep waits until at and reports whether it got there: news end it early.
func (r *run) sleep(ctx context.Context, at time.Time) bool {
	wait := longestSleep
	if !at.IsZero() {
		wait = max(0, min(wait, at.Sub(r.clock.Now())))
	}
	timer, stop := r.clock.Timer(wait)
	defer stop()
	there := false
	select {
	case <-ctx.Done():
		return false
	case <-timer:
		there = true
	case _, open := <-r.Wake:
		if r.woken(); !open {
			r.Wake = nil
		}
	case _, open := <-r.Changed:
		if r.reload(ctx); !open {
			r.Changed = nil
		}
	}
	if r.stale {
		if r.reload(ctx); !r.stale {
			return false
		}
	}
	return !r.jumped() && there
}

// jumped notices a sleep of the machine that the system didn't signal, or a clock that
// was set.
func (r *run) jumped() bool {
	jumped := jumpedSince(r.clock, r.last)
	r.last = read(r.clock)
	if jumped {
		r.woken()
	}
	return jumped
}

// pace keeps calls apart.
func (r *run) pace(ctx context.Context) error {
	if wait := r.called + callEvery - r.clock.Uptime(); wait > 0 {
		timer, stop := r.clock.Timer(wait)
		defer stop()
		select {
		case <-timer:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	r.called = r.clock.Uptime()
	return nil
}

// mayRequest counts a token request against what Egnyte allows a key in an hour. One
// too many is refused here, as Egnyte would.
func (r *run) mayRequest(ctx context.Context, a account.Account) error {
	now, key := r.clock.Now(), keyOf(a)
	recent := r.requests[key]
	for len(recent) > 0 && !(now.Sub(recent[0]).Abs() < time.Hour) {
		recent = recent[1:]
	}
	wait := r.pauses[key].left(now)
	if len(recent) >= tokenRequests {
		wait = max(wait, recent[0].Add(time.Hour).Sub(now))
	}
	r.requests[key] = recent
	if wait > 0 {
		return &oauth.Refusal{Kind: oauth.RefusedTokenLimit, Host: a.Domain, RetryAfter: wait}
	}
	r.requests[key] = append(recent, now)
	return r.pace(ctx)
}

// keyOf is the API key of an account, which Egnyte's limit of token requests is for.
func keyOf(a account.Account) string { return a.KeyID + " " + a.Service }

// pause is a time in which Egnyte wants no token requests for a key.
type pause struct{ from, until time.Time }

// left is how much of the pause is left. A pause that begins in the future was made
// before the clock was set back, and counts as over.
func (p pause) left(now time.Time) time.Duration {
	if now.Before(p.from.Add(-clockSlack)) {
		return 0
	}
	return max(0, p.until.Sub(now))
}

// jitter keeps accounts, and machines, from doing the same at the same time.
func jitter(d time.Duration) time.Duration {
	return d - d/10 + rand.N(d/5+1)
}
