package account

import "time"

// wallNow reads the clock on the wall alone. time.Now also carries the process's
// own clock, by which two times are compared where both have it: that one stands
// still while a machine sleeps, so that a check of last night would seem to have
// been just now.
func wallNow() time.Time { return time.Now().Round(0) }

// moment is one moment by both clocks.
type moment struct{ wall, own time.Time }

// moment is now. Own is for timers and paces, which stand still with the machine.
func (k Keeper) moment() moment { return moment{k.Now(), time.Now()} }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// jumpedSince reports that the two clocks disagree about how long ago m was: the
// machine has slept, or somebody has set the clock.
func (k Keeper) jumpedSince(m moment) bool {
	now := k.moment()
	return (now.wall.Sub(m.wall) - k.told(now.own.Sub(m.own))).Abs() > clockSlack
}
