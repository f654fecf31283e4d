package window

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"egnyte-accounts/gui/advice"
	"egnyte-accounts/oauth/account"
)

// row is what the list says of one account.
type row struct {
	account account.Account
	title   string // Jane Smith
	who     string // jsmith · acme.egnyte.com
	state   string // Ready, Needs you, Checking
	line    string // what the state means for the person
	needs   bool
}

// rowsOf says each account in words.
func rowsOf(accounts []account.Account, now time.Time) []row {
	rows := make([]row, 0, len(accounts))
	for _, a := range accounts {
		r := row{account: a, title: titleOf(a), who: a.Username + " · " + a.Domain}
		if a.Default && len(accounts) > 1 {
			r.who += " · default"
		}
		switch {
		case a.State == account.Pending:
			r.state, r.line = "Checking", "Being set up"
		case a.State == account.Reconnect:
			r.state, r.line, r.needs = "Needs you", "Sign in again to go on", true
			if a.Reason != "" {
				r.line = advice.ForCode(string(a.Reason), r.title).What
			}
		case a.Expires != nil && !a.Expires.After(now):
			r.state, r.line, r.needs = "Needs you", "The sign-in has run out", true
		case a.Expires != nil:
			r.state, r.line = "Ready", "Signed in, expires "+in(a.Expires.Sub(now))
		default:
			r.state, r.line = "Ready", "Stays signed in"
		}
		rows = append(rows, r)
	}
	return rows
}

func (r row) mark() fyne.Resource {
	switch r.state {
	case "Ready":
		return markReady
	case "Checking":
		return markChecking
	}
	return markNeeds
}

// in says a time to come as people say it, rounded to the nearest unit.
func in(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 36*time.Hour:
		return fmt.Sprintf("in %d days", int((d+day/2)/day))
	case d >= day:
		return "in a day"
	case d >= 90*time.Minute:
		return fmt.Sprintf("in %d hours", int((d+30*time.Minute)/time.Hour))
	case d >= time.Hour:
		return "in an hour"
	}
	return "within the hour"
}

// left says a countdown, 4:32.
func left(d time.Duration) string {
	seconds := max(0, int(d.Round(time.Second)/time.Second))
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}
