package account

import "time"

// leastLead is the shortest time before its expiry that a token is renewed.
const leastLead = 5 * time.Minute

// clockSlack is how far apart two readings of the wall clock may be.
const clockSlack = time.Minute

// renewAt is when a token is due: at 20 % of its life left, at least 5 minutes
// before its end, but never before half of its life is over.
func renewAt(issued, expiry time.Time) time.Time {
	life := expiry.Sub(issued)
	at := expiry.Add(-max(life/5, leastLead))
	if half := issued.Add(life / 2); at.Before(half) {
		return half
	}
	return at
}

// left is how much of the token's life is left. Without an expiry it has no end.
func (i item) left(now time.Time) (left time.Duration, ends bool) {
	return i.Expiry.Sub(now), !i.Expiry.IsZero()
}

// enough reports whether the token need not be renewed for somebody who wants
// minLeft. It never has to be in the first half of its life. One that was issued
// in the future says that the clock was set back: nobody knows what is left.
func (i item) enough(now time.Time, minLeft time.Duration) bool {
	left, ends := i.left(now)
	switch {
	case !ends:
		return true
	case left <= 0, now.Before(i.Issued.Add(-clockSlack)):
		return false
	}
	return left > min(minLeft, i.Expiry.Sub(i.Issued)/2)
}

// due reports whether the token's time to be renewed has come.
func (i item) due(now time.Time) bool {
	_, ends := i.left(now)
	return ends && (now.Before(i.Issued.Add(-clockSlack)) || !now.Before(renewAt(i.Issued, i.Expiry)))
}
