package advice

import (
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/words"
)

// Status is an account's state in the words of the windows, untranslated.
type Status string

// The statuses. StatusNeedsYou is the only one that needs the user, except for an
// account that is paused because the keyring is locked (account.IsLocked).
const (
	StatusReady    Status = "Ready"
	StatusChecking Status = "Checking"
	StatusNeedsYou Status = "Needs you"
	StatusPaused   Status = "Paused"
)

// String is the status in the user's language.
func (s Status) String() string {
	switch s {
	case StatusReady:
		return words.Say("Ready")
	case StatusChecking:
		return words.Say("Checking")
	case StatusPaused:
		return words.Say("Paused")
	}
	return words.Say("Needs you")
}

// Row is an account as list, tray and window show it.
type Row struct {
	account.Account        // as it is now, see account.Account.At
	Title           string // Jane Smith
	Who             string // jsmith · acme.egnyte.com
	Status          Status
	Short           string // why it is paused: offline since 11:00
	Line            string // what the status means, in sentences
}

// RowOf describes an account as it is now.
func RowOf(a account.Account, now time.Time) Row {
	a = a.At(now)
	r := Row{Account: a, Title: Title(a), Who: Who(a)}
	r.Short, r.Line = paused(a, now)
	switch {
	case a.State == account.Pending:
		r.Status, r.Line = StatusChecking, words.Say("Being set up")
	case a.State == account.Reconnect:
		r.Status, r.Line = StatusNeedsYou, Needed(a.Reason, r.Title).What
	case a.Known() != nil:
		r.Status, r.Short, r.Line = StatusPaused, words.Say("update this app"), ForCode(codeNewer, "").Sentences()
	case r.Line != "":
		r.Status = StatusPaused
	case a.Expires != nil && a.Flow == oauth.FlowImplicit:
		r.Status, r.Line = StatusReady, words.Say("Ends {in}, can't be renewed", "in", In(a.Expires.Sub(now)))
	case a.Expires != nil && !a.Expires.After(now):
		r.Status, r.Line = StatusChecking, words.Say("The sign-in is being renewed")
	default: // the details say when it expires: it is renewed before
		r.Status, r.Line = StatusReady, stays(a, now)
	}
	return r
}

// Title is the name of an account's user.
func Title(a account.Account) string {
	if name := oauth.Plain(a.DisplayName); name != "" {
		return name
	}
	return oauth.Plain(a.Username)
}

// Who is an account in Egnyte's terms.
func Who(a account.Account) string { return oauth.Plain(a.Username) + " · " + oauth.Plain(a.Domain) }

// stays describes a sign-in that doesn't need the user.
func stays(a account.Account, now time.Time) string {
	text := words.Say("Stays signed in")
	switch {
	case IsRenewed(a):
		return text + " · " + words.Say("renewed {ago}", "ago", ago(a.Renewed, now))
	case a.Checked != nil:
		return text + " · " + words.Say("checked {at}", "at", At(*a.Checked, now))
	}
	return text
}

// IsRenewed reports whether the token is a later one than that of the sign-in.
func IsRenewed(a account.Account) bool { return a.Renewed.After(a.Added.Add(time.Minute)) }

// In is a time to come, rounded to the nearest unit: in 5 hours.
func In(d time.Duration) string {
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

// ago is a day in the past: 3 days ago.
func ago(when, now time.Time) string {
	switch days := int(midnight(now).Sub(midnight(when.In(now.Location()))) / (24 * time.Hour)); {
	case days <= 0:
		return words.Say("today")
	case days == 1:
		return words.Say("yesterday")
	default:
		return words.Count(days, "{n} day ago", "{n} days ago")
	}
}
