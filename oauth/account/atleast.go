package account

import (
	"context"
	"net/http"
	"time"

	"egnyte-accounts/oauth"
)

// AtLeast is Fresh for somebody who says how much they need, such as a job that
// runs that long: a token with no more than minLeft of its life left is renewed
// in the first half of that life too. Where a whole life is no longer than
// minLeft a new token would not have that much either, and Fresh's rule counts.
func (s *Store) AtLeast(ctx context.Context, client *http.Client, account Account, minLeft time.Duration) (oauth.Token, error) {
	return s.fresh(ctx, client, account, "at least "+minLeft.String(), func(i item) bool { return i.holds(s.now(), minLeft) })
}

// holds is enough without the rule of the first half, where a new token could
// have minLeft.
func (i item) holds(now time.Time, minLeft time.Duration) bool {
	left, ends := i.left(now)
	reachable := ends && i.Expiry.Sub(i.Issued) > minLeft
	return i.enough(now, minLeft) && (!reachable || left > minLeft)
}
