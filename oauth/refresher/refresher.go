package account

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	checkEvery = 6 * time.Hour // where nothing else calls for a check, give or take a tenth
	callEvery  = time.Second   // over all accounts
	// A wake from sleep or a network change, of which a bad network brings many,
	// leads to a check unless the last one was this short ago. It keeps the worst
	// case well inside 1,000 calls a day for each token.
	wakeGap        = 5 * time.Minute
	wakeGapTrouble = time.Minute
	wakeGapOffline = 10 * time.Second // a call that nobody answered counts nowhere
	firstBackoff   = time.Minute
	longestBackoff = 30 * time.Minute
	// longestSleep bounds a timer, as timers stand still while a machine sleeps:
	// a wake that nobody signals is noticed after this much waking time.
	longestSleep = 10 * time.Minute
	// tokenRequests is how many renewals one key may ask for in an hour; Egnyte
	// allows 100, and people sign in besides.
	tokenRequests = 80
	// noteDelay is how long what checks found may wait to be written together.
	noteDelay = 15 * time.Second
)

// Keeper keeps all accounts of a store alive: it checks each at start, after a
// wake or a network change, renews before expiry, and looks again every 6 hours.
// Between checks it sleeps on one timer. What it finds stands in the index:
// Checked, Trouble, or Reconnect.
type Keeper struct {
	Store *Store
	HTTP  *http.Client
	Now   func() time.Time // the wall clock; nil: the machine's

	// Wake hears of the end of a sleep and of network changes; Changed is
	// Store.Watch's. Either may be nil.
	Wake, Changed <-chan struct{}

	Log *slog.Logger // of checks and renewals, by account; nil: nobody is told

	speed time.Duration // how many times faster Now is than timers; 0 means 1. A soak lives months with it
}

// real is how long a timer takes for d of Now's time; told is the other way.
func (k Keeper) real(d time.Duration) time.Duration { return d / max(1, k.speed) }
func (k Keeper) told(d time.Duration) time.Duration { return d * max(1, k.speed) }

// Run keeps the accounts until ctx ends.
func (k Keeper) Run(ctx context.Context) {
	now := k.Now
	if now == nil {
		now = wallNow
	}
	if k.Log == nil {
		k.Log = slog.New(slog.DiscardHandler)
	}
	k.Now = func() time.Time { return now().Round(0) } // see wallNow
	r := &rounds{Keeper: k, mark: k.moment(), minds: map[string]*mind{}, asked: map[string][]time.Time{}, holds: map[string]*pause{}}
	ctx = Unattended(ctx)
	defer func() { r.writeNotes(context.WithoutCancel(ctx)) }()
	r.learn(ctx)
	for ctx.Err() == nil {
		a, at := r.next()
		if r.mustWrite(at) {
			r.writeNotes(ctx)
		}
		if r.sleep(ctx, at) && a != nil && !at.After(r.Now()) {
			r.attend(ctx, *a)
		}
	}
}

// rounds is a Keeper at work, in one goroutine.
type rounds struct {
	Keeper
	accounts []Account
	stale    bool // the list could not be read
	minds    map[string]*mind
	mark     moment                 // when both clocks were last compared
	called   time.Time              // the last call to Egnyte
	asked    map[string][]time.Time // token requests of the last hour, by key
	holds    map[string]*pause      // keys that Egnyte refuses token requests, until when
	keyring  keyringHold
	notes    map[string]note
	noted    time.Time // when the first of notes was made
}

// learn reads the accounts. One that was checked lately, by an earlier keeper or
// a sign-in, is not checked again at once.
func (r *rounds) learn(ctx context.Context) {
	accounts, err := r.Store.List(ctx)
	r.stale = err != nil
	if r.stale {
		return
	}
	minds := make(map[string]*mind, len(accounts))
	for _, a := range accounts {
		m := r.minds[a.Name]
		if m == nil {
			m = &mind{every: jitter(checkEvery)}
			m.soon = a.Checked == nil || !r.lately(*a.Checked, wakeGap)
		}
		if a.Checked != nil && a.Checked.After(m.tried) && !a.Checked.After(r.Now()) {
			m.tried, m.failures = *a.Checked, 0
		}
		if !m.renewed.Equal(a.Renewed) { // by whomever
			m.renewed, m.seen = a.Renewed, false
			r.keyring.lift()
		}
		minds[a.Name] = m
	}
	r.accounts, r.minds = accounts, minds
	if r.unlocked() {
		r.keyring.lift()
	}
}

// lately reports a time no longer ago than d, by a clock that may have been set.
func (r *rounds) lately(t time.Time, d time.Duration) bool {
	ago := r.Now().Sub(t)
	return ago > -clockSlack && ago < d
}

// woken plans a check of all that have not been checked just now. Who was asked
// to wait goes on waiting.
func (r *rounds) woken() {
	r.keyring.woken()
	for _, m := range r.minds {
		switch {
		case m.failures == 0:
			m.soon = m.soon || !r.lately(m.tried, wakeGap)
		case m.asked && !m.tried.After(r.Now().Add(clockSlack)):
		case m.away && r.lately(m.tried, wakeGapOffline): // a network often comes later than the wake
			m.retry = earlier(m.retry, m.tried.Add(wakeGapOffline))
		case m.away:
			m.soon = true
		default:
			m.soon = m.soon || !r.lately(m.tried, wakeGapTrouble)
		}
	}
}

// next is the account to attend to next, and when: what has to be renewed first.
func (r *rounds) next() (*Account, time.Time) {
	var first *Account
	var at time.Time
	urgent := false
	now := r.Now()
	for i := range r.accounts {
		a := &r.accounts[i]
		if a.State != Ready {
			continue
		}
		when := r.minds[a.Name].next(*a, now)
		renews := !when.After(now) && a.dueAt(now)
		if first == nil || renews && !urgent || renews == urgent && when.Before(at) {
			first, at, urgent = a, when, renews
		}
	}
	if at.Before(r.keyring.until) {
		at = r.keyring.until
	}
	return first, at
}

// dueAt reports whether the token's time to be renewed has come, as far as the
// index knows.
func (a Account) dueAt(now time.Time) bool {
	return a.Expires != nil && !now.Before(renewAt(a.Renewed, *a.Expires))
}

// sleep waits until at, and reports whether it got there: news ends it early.
func (r *rounds) sleep(ctx context.Context, at time.Time) bool {
	wait := longestSleep
	if !at.IsZero() {
		wait = max(0, min(wait, at.Sub(r.Now())))
	}
	timer := time.NewTimer(r.real(wait))
	defer timer.Stop()
	there := false
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		there = true
	case _, open := <-r.Wake:
		if r.woken(); !open {
			r.Wake = nil
		}
	case _, open := <-r.Changed:
		if r.learn(ctx); !open {
			r.Changed = nil
		}
	}
	if r.stale {
		if r.learn(ctx); !r.stale {
			return false
		}
	}
	return !r.jumped() && there
}

// jumped notices a sleep of the machine, or a clock that was set, since it was
// last asked: a wake that nobody signals.
func (r *rounds) jumped() bool {
	jumped := r.jumpedSince(r.mark)
	r.mark = r.moment()
	if jumped {
		r.woken()
	}
	return jumped
}

// pace keeps calls apart.
func (r *rounds) pace(ctx context.Context) error {
	if wait := r.real(callEvery) - time.Since(r.called); !r.called.IsZero() && wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	r.called = time.Now()
	return nil
}

// jitter keeps accounts, and machines, from doing the same at the same time.
func jitter(d time.Duration) time.Duration {
	return d - d/10 + rand.N(d/5+1)
}
