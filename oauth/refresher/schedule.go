package account

import (
	"time"

	"egnyte-accounts/oauth"
)

// mind is what the keeper remembers of an account.
type mind struct {
	tried    time.Time // the last check; zero: never
	every    time.Duration
	failures int       // in a row
	retry    time.Time // with failures: when to try again
	asked    bool      // with failures: Egnyte named the time
	away     bool      // with failures: nobody answered
	soon     bool      // something happened that calls for a check

	renewed time.Time // as the index had it when it was last read
	seen    bool      // due is of the token itself, not of the index
	due     time.Time // with seen: when the token wants attention; zero: never
	hasty   int       // checks in a row whose token was due again at their end
}

// hastyChecks is how many checks may follow each other because the token was
// due again before its check was over: a check can take long, while the
// machine is busy or the process stopped. More say that tokens live too shortly
// to keep up with.
const hastyChecks = 3

// next is when the account wants to be attended to.
func (m *mind) next(a Account, now time.Time) time.Time {
	switch {
	case m.soon:
		return now
	case m.failures > 0:
		return m.retry
	}
	next := m.tried.Add(m.every)
	if due, ends := m.dueOf(a); ends && due.Before(next) {
		return due
	}
	return next
}

func (m *mind) dueOf(a Account) (due time.Time, ends bool) {
	switch {
	case m.seen:
		return m.due, !m.due.IsZero()
	case a.Expires == nil:
		return time.Time{}, false
	}
	return renewAt(a.Renewed, *a.Expires), true
}

// plan notes when the token that a check ended with wants attention. One that
// can't be renewed does after its end, which its person has to be told of.
func (m *mind) plan(token oauth.Token, now time.Time) {
	m.seen, m.due = true, time.Time{}
	switch {
	case token.Expiry.IsZero():
	case token.Refresh.IsZero() && token.Expiry.Add(clockSlack).After(now):
		m.due = token.Expiry.Add(clockSlack)
	case token.Refresh.IsZero(): // over, and Egnyte takes it all the same
	case lived(token):
		m.due = renewAt(token.Issued, token.Expiry)
	}
	if m.due.IsZero() || m.due.After(now) {
		m.hasty = 0
		return
	}
	if m.hasty++; m.hasty >= hastyChecks {
		m.due = now.Add(min(longestBackoff, firstBackoff<<min(m.hasty-hastyChecks, 10)))
	}
}

// lived is false of a token that was over when it was issued: renewing one
// brings another such.
func lived(token oauth.Token) bool {
	return token.Expiry.IsZero() || token.Expiry.After(token.Issued)
}
