package account

import "time"

// pause is a time in which Egnyte asked to be left alone.
type pause struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

func pauseFrom(now time.Time, wait time.Duration) pause {
	return pause{now.UTC().Truncate(time.Second), now.Add(wait).UTC()}
}

// left is what is left of it. One that begins in the future was made before the
// clock was set back, so that nobody knows, and counts as over.
func (p *pause) left(now time.Time) time.Duration {
	if p == nil || now.Before(p.From.Add(-clockSlack)) {
		return 0
	}
	return max(0, p.Until.Sub(now))
}
