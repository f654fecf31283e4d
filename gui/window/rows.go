package window

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
)

// row is what the list says of one account.
type row struct {
	account account.Account
	title   string // Jane Smith
	who     string // jsmith · acme.egnyte.com
	state   string // Ready, Needs you, Paused, Checking
	line    string // what the state means for the person
	needs   bool

	isDefault bool // among several
}

// rowsOf says each account in words.
func rowsOf(accounts []account.Account, now time.Time) []row {
	rows := make([]row, 0, len(accounts))
	for _, a := range accounts {
		r := row{account: a, title: titleOf(a), who: whoOf(a)}
		if isPractice(a) {
			r.who += " · " + words.Say("practice")
		}
		r.isDefault = a.Default && len(accounts) > 1
		r.state, r.line = stateOf(a, r.title, now)
		r.needs = r.state == stateNeeds
		rows = append(rows, r)
	}
	return rows
}

// The states. Each has a word, and a shape of its own besides.
const (
	stateReady    = "Ready"
	stateChecking = "Checking"
	stateNeeds    = "Needs you"
	statePaused   = "Paused"
)

func stateWord(state string) string {
	switch state {
	case stateReady:
		return words.Say("Ready")
	case stateChecking:
		return words.Say("Checking")
	case statePaused:
		return words.Say("Paused")
	}
	return words.Say("Needs you")
}

// stateOf says how an account is, and what that means for its person. One that
// has run out is renewed by the tray, which says so if it can't be.
func stateOf(a account.Account, title string, now time.Time) (state, line string) {
	_, paused := advice.Paused(a, now)
	switch {
	case a.State == account.Pending:
		return stateChecking, words.Say("Being set up")
	case a.State == account.Reconnect:
		return stateNeeds, advice.Needed(a.Reason, title).What
	case paused != "":
		return statePaused, paused
	case a.Expires == nil:
		return stateReady, stays(a, now)
	case a.Flow == oauth.FlowImplicit: // there is nothing to renew it with
		return endingState(a, now)
	case !a.Expires.After(now):
		return stateChecking, words.Say("The sign-in is being renewed")
	}
	return stateReady, stays(a, now) // when it expires says the view of its details: it is renewed before
}

// stays is for a sign-in that nobody has to think of.
func stays(a account.Account, now time.Time) string {
	if !isRenewed(a) {
		return words.Say("Stays signed in") + checked(a, now)
	}
	return words.Say("Stays signed in") + " · " + words.Say("renewed {ago}", "ago", ago(a.Renewed, now))
}

// isRenewed tells a token that was renewed from the one that the person got.
func isRenewed(a account.Account) bool { return a.Renewed.After(a.Added.Add(time.Minute)) }

// endingState is that of a sign-in that nobody can renew.
func endingState(a account.Account, now time.Time) (state, line string) {
	if !a.Expires.After(now) {
		return stateNeeds, words.Say("The sign-in has run out")
	}
	return stateReady, words.Say("Ends {in}, can't be renewed", "in", in(a.Expires.Sub(now)))
}

// checked tells the last time that Egnyte took the sign-in.
func checked(a account.Account, now time.Time) string {
	if a.Checked == nil {
		return ""
	}
	return " · " + words.Say("checked {at}", "at", advice.At(*a.Checked, now))
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
		return words.Count(int((d+day/2)/day), "in {n} day", "in {n} days")
	case d >= day:
		return words.Say("in a day")
	case d >= 90*time.Minute:
		return words.Count(int((d+30*time.Minute)/time.Hour), "in {n} hour", "in {n} hours")
	case d >= time.Hour:
		return words.Say("in an hour")
	}
	return words.Say("within the hour")
}

// ago says a day that is past as people say it.
func ago(when, now time.Time) string {
	day := func(t time.Time) time.Time {
		year, month, day := t.In(now.Location()).Date()
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	switch days := int(day(now).Sub(day(when)) / (24 * time.Hour)); {
	case days <= 0:
		return words.Say("today")
	case days == 1:
		return words.Say("yesterday")
	default:
		return words.Count(days, "{n} day ago", "{n} days ago")
	}
}

// left says a countdown, 4:32.
func left(d time.Duration) string {
	seconds := max(0, int(d.Round(time.Second)/time.Second))
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

// whoOf is the account in Egnyte's words.
func whoOf(a account.Account) string { return oauth.Plain(a.Username) + " · " + oauth.Plain(a.Domain) }

func titleOf(a account.Account) string {
	if name := oauth.Plain(a.DisplayName); name != "" {
		return name
	}
	return oauth.Plain(a.Username)
}
