package window

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"egnyte-accounts/gui/advice"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

// row is what the list says of one account.
type row struct {
	account account.Account
	title   string // Jane Smith
	who     string // jsmith · acme.egnyte.com
	state   string // Ready, Needs you, Paused, Checking
	line    string // what the state means for the person
	needs   bool
}

// rowsOf says each account in words.
func rowsOf(accounts []account.Account, now time.Time) []row {
	rows := make([]row, 0, len(accounts))
	for _, a := range accounts {
		r := row{account: a, title: titleOf(a), who: whoOf(a)}
		if isPractice(a) {
			r.who += " · practice"
		}
		if a.Default && len(accounts) > 1 {
			r.who += " · default"
		}
		r.state, r.line = stateOf(a, r.title, now)
		r.needs = r.state == stateNeeds
		rows = append(rows, r)
	}
	return rows
}

// The states' words. Each has a shape of its own besides.
const (
	stateReady    = "Ready"
	stateChecking = "Checking"
	stateNeeds    = "Needs you"
	statePaused   = "Paused"
)

// stateOf says how an account is, and what that means for its person. One that
// has run out is renewed by the tray, which says so if it can't be.
func stateOf(a account.Account, title string, now time.Time) (state, line string) {
	_, paused := advice.Paused(a, now)
	switch {
	case a.State == account.Pending:
		return stateChecking, "Being set up"
	case a.State == account.Reconnect:
		return stateNeeds, advice.Needed(a.Reason, title).What
	case paused != "":
		return statePaused, paused
	case a.Expires == nil:
		return stateReady, "Stays signed in" + checked(a, now)
	case a.Flow == oauth.FlowImplicit: // there is nothing to renew it with
		return endingState(a, now)
	case !a.Expires.After(now):
		return stateChecking, "The sign-in is being renewed"
	}
	return stateReady, "Signed in, expires " + in(a.Expires.Sub(now)) + checked(a, now)
}

// endingState is that of a sign-in that nobody can renew.
func endingState(a account.Account, now time.Time) (state, line string) {
	if !a.Expires.After(now) {
		return stateNeeds, "The sign-in has run out"
	}
	return stateReady, "Ends " + in(a.Expires.Sub(now)) + ", can't be renewed"
}

// checked tells the last time that Egnyte took the sign-in.
func checked(a account.Account, now time.Time) string {
	if a.Checked == nil {
		return ""
	}
	return " · checked " + advice.At(*a.Checked, now)
}

func (r row) mark() fyne.Resource {
	switch r.state {
	case stateReady:
		return markReady
	case stateChecking:
		return markChecking
	case statePaused:
		return markPaused
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

// whoOf is the account in Egnyte's words.
func whoOf(a account.Account) string { return oauth.Plain(a.Username) + " · " + oauth.Plain(a.Domain) }
