package advice

import (
	"strconv"
	"time"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/words"
)

// timeWords say a point in time as people say it, with its preposition: other
// languages bend a day's name behind it. A day that can't be is empty.
type timeWords struct {
	today, yesterday, tomorrow string
	weekdays                   [7]string // from Sunday; less than a week away
	date                       string
}

var at = timeWords{
	"at {clock}", "yesterday at {clock}", "tomorrow at {clock}",
	[7]string{
		"on Sunday at {clock}", "on Monday at {clock}", "on Tuesday at {clock}", "on Wednesday at {clock}",
		"on Thursday at {clock}", "on Friday at {clock}", "on Saturday at {clock}",
	},
	"on {date}",
}

var since = timeWords{
	"since {clock}", "since yesterday {clock}", "",
	[7]string{
		"since Sunday {clock}", "since Monday {clock}", "since Tuesday {clock}", "since Wednesday {clock}",
		"since Thursday {clock}", "since Friday {clock}", "since Saturday {clock}",
	},
	"since {date}",
}

var until = timeWords{
	"until {clock}", "", "until tomorrow {clock}",
	[7]string{
		"until Sunday {clock}", "until Monday {clock}", "until Tuesday {clock}", "until Wednesday {clock}",
		"until Thursday {clock}", "until Friday {clock}", "until Saturday {clock}",
	},
	"until {date}",
}

// dates are in the order of the months.
var dates = [12]string{
	"{day} January", "{day} February", "{day} March", "{day} April", "{day} May", "{day} June",
	"{day} July", "{day} August", "{day} September", "{day} October", "{day} November", "{day} December",
}

// At says when something was or will be: at 14:20, tomorrow at 14:20, on Monday
// at 14:20, on 3 March.
func At(when, now time.Time) string { return at.say(when, now) }

// say picks the words by the day where now is.
func (w timeWords) say(when, now time.Time) string {
	when = when.In(now.Location())
	text := ""
	switch days := midnight(when).Sub(midnight(now)) / (24 * time.Hour); {
	case days == 0:
		text = w.today
	case days == -1:
		text = w.yesterday
	case days == 1:
		text = w.tomorrow
	case days > -7 && days < 7:
		text = w.weekdays[when.Weekday()]
	}
	if text == "" {
		date := words.Say(dates[when.Month()-1], "day", strconv.Itoa(when.Day()))
		return words.Say(w.date, "date", date)
	}
	return words.Say(text, "clock", clockOf(when))
}

func (w timeWords) sentences() []string {
	return append(w.weekdays[:], w.today, w.yesterday, w.tomorrow, w.date)
}

// clockOf is a time of day, 24 hours in every language.
func clockOf(t time.Time) string { return t.Format("15:04") }

// midnight is the day as a day of 24 hours, whatever the clocks there do.
func midnight(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// paused explains what a Ready account waits for, in short and in sentences; both are
// empty if it doesn't wait. All but a locked keyring resume without the user.
func paused(a account.Account, now time.Time) (short, sentences string) {
	from := ""
	if a.Since != nil {
		from = since.say(*a.Since, now)
	}
	switch {
	case a.State != account.Ready || a.Trouble == "":
		return "", ""
	case a.IsLocked():
		return words.Say("password store locked"), words.Say("The system's password store is locked. This sign-in goes on once it is open.")
	case a.Trouble == account.Throttled && a.Until != nil && a.Until.After(now):
		end := a.Until.Add(time.Minute - time.Nanosecond) // so that the time said is never too early
		return words.Say("waiting {until}", "until", until.say(end, now)),
			words.Say("Egnyte is asking us to wait. We will try again {at}.", "at", At(end, now))
	case a.Trouble == account.Throttled:
		return words.Say("waiting"), words.Say("Egnyte is asking us to wait. It goes on by itself.")
	case a.Trouble == account.Offline && from == "":
		return words.Say("offline"), words.Say("No connection to Egnyte. It goes on by itself.")
	case a.Trouble == account.Offline:
		return words.Say("offline {since}", "since", from), words.Say("No connection to Egnyte {since}. It goes on by itself.", "since", from)
	case from == "":
		return words.Say("Egnyte has trouble"), words.Say("Egnyte has trouble. It goes on by itself.")
	}
	return words.Say("Egnyte has trouble {since}", "since", from), words.Say("Egnyte has trouble {since}. It goes on by itself.", "since", from)
}
