package account

import "time"

// pause is a time in which Egnyte wants no token requests for an account.
type pause struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

func pauseFrom(now time.Time, wait time.Duration) *pause {
	return &pause{now.UTC().Truncate(time.Second), now.Add(wait).UTC()}
}

// left is how much of the pause is left. A pause that begins in the future was
// recorded before the clock was set back, and counts as over.
func (p *pause) left(now time.Time) time.Duration {
	if p == nil || now.Before(p.From.Add(-clockSlack)) {
		return 0
	}
	return max(0, p.Until.Sub(now))
}
