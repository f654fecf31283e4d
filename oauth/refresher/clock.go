package refresher

import (
	"time"

	"egnyte-accounts/oauth/account"
)

// clockSlack is how far apart two readings of the wall clock may be.
const clockSlack = time.Minute

// clock is the time as the refresher needs it, so that tests can move it.
type clock interface {
	Now() time.Time        // the wall clock
	Uptime() time.Duration // stands still while the machine sleeps, as timers do
	Timer(d time.Duration) (fires <-chan time.Time, stop func() bool)
}

// machineClock has the wall clock of the store.
type machineClock struct {
	store   *account.Store
	started time.Time
}

func (c machineClock) Now() time.Time        { return c.store.Now() }
func (c machineClock) Uptime() time.Duration { return time.Since(c.started) }

func (machineClock) Timer(d time.Duration) (<-chan time.Time, func() bool) {
	timer := time.NewTimer(d)
	return timer.C, timer.Stop
}

// reading is one moment by both clocks.
type reading struct {
	wall   time.Time
	uptime time.Duration
}

func read(c clock) reading { return reading{c.Now(), c.Uptime()} }

// jumpedSince reports that the clocks disagree about how long ago r was: the machine
// has slept, or the clock was set.
func jumpedSince(c clock, r reading) bool {
	now := read(c)
	return (now.wall.Sub(r.wall) - (now.uptime - r.uptime)).Abs() > clockSlack
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
