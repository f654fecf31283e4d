package refresher

import (
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

// schedule says when an account is to be checked.
type schedule struct {
	tried    time.Time // the last check; zero: never
	every    time.Duration
	failures int       // in a row
	retry    time.Time // with failures: when to try again
	asked    bool      // with failures: Egnyte said when
	away     bool      // with failures: nobody answered
	soon     bool      // something happened that calls for a check

	renewed  time.Time // as the index had it when it was last read
	seen     bool      // due is from the token itself, not from the index
	due      time.Time // with seen: when the token needs a check; zero: never
	tooShort int       // checks in a row that ended with a token that was due again
}

// mostTooShort is how many checks may follow each other because the token was due
// again before its check was over: a check can take long on a busy machine. After
// more, the tokens live too short a time to keep up with.
const mostTooShort = 3

// next is when to check the account.
func (s *schedule) next(a account.Account, now time.Time) time.Time {
	switch {
	case s.soon:
		return now
	case s.failures > 0:
		return s.retry
	}
	next := s.tried.Add(s.every)
	if due, ends := s.dueOf(a); ends && due.Before(next) {
		return due
	}
	return next
}

func (s *schedule) dueOf(a account.Account) (due time.Time, ends bool) {
	switch {
	case s.seen:
		return s.due, !s.due.IsZero()
	case a.Expires == nil:
		return time.Time{}, false
	}
	return renewAt(a.Renewed, *a.Expires), true
}

// plan sets when the token of a check needs the next one. A token that can't be renewed
// needs it after its end, which the user has to be told.
func (s *schedule) plan(token oauth.Token, now time.Time) {
	s.seen, s.due = true, time.Time{}
	switch {
	case token.Expiry.IsZero():
	case token.Refresh.IsZero() && token.Expiry.Add(clockSlack).After(now):
		s.due = token.Expiry.Add(clockSlack)
	case token.Refresh.IsZero(): // expired, and Egnyte accepts it anyway
	default:
		s.due = renewAt(token.Issued, token.Expiry)
	}
	if s.due.IsZero() || s.due.After(now) {
		s.tooShort = 0
		return
	}
	if s.tooShort++; s.tooShort >= mostTooShort {
		s.due = now.Add(min(longestBackoff, firstBackoff<<min(s.tooShort-mostTooShort, 10)))
	}
}

// leastLead is the shortest time before its expiry that a token is renewed.
const leastLead = 5 * time.Minute

// leadOf is how long before its expiry a token is due. account.TokenOptions.MinLeft
// adds that it is never in the first half of the token's life.
func leadOf(issued, expiry time.Time) time.Duration { return max(expiry.Sub(issued)/5, leastLead) }

// renewAt is when a token is due: at 20 % of its life, at least 5 minutes before its
// end, but never in the first half of its life.
func renewAt(issued, expiry time.Time) time.Time {
	at, half := expiry.Add(-leadOf(issued, expiry)), issued.Add(expiry.Sub(issued)/2)
	if at.Before(half) {
		return half
	}
	return at
}

// isDue also reports a token that was issued in the future: the clock was set back, and
// what is left of it is unknown.
func isDue(token oauth.Token, now time.Time) bool {
	return !token.Expiry.IsZero() && (now.Before(token.Issued.Add(-clockSlack)) || !now.Before(renewAt(token.Issued, token.Expiry)))
}

// dueAt reports whether the token is due, as far as the index knows.
func dueAt(a account.Account, now time.Time) bool {
	return a.Expires != nil && !now.Before(renewAt(a.Renewed, *a.Expires))
}
