package advice

import (
	"time"

	"egnyte-accounts/oauth/account"
)

// Since says a time that has gone by as people say it: 14:20, yesterday 14:20,
// Monday 14:20, 3 March.
func Since(at, now time.Time) string {
	day, clock := dayAndClock(at, now)
	return join(day, clock)
}

// At says when something was or will be: at 14:20, tomorrow at 14:20, on Monday
// at 14:20, on 3 March.
func At(at, now time.Time) string {
	day, clock := dayAndClock(at, now)
	if day != "" && day != "yesterday" && day != "tomorrow" {
		day = "on " + day
	}
	if clock != "" {
		clock = "at " + clock
	}
	return join(day, clock)
}

// dayAndClock is the day, "" for today, and the time of day where the day is
// near enough for it to matter.
func dayAndClock(at, now time.Time) (day, clock string) {
	at, clock = at.In(now.Location()), at.In(now.Location()).Format("15:04")
	switch days := midnight(at).Sub(midnight(now)) / (24 * time.Hour); {
	case days == 0:
		return "", clock
	case days == -1:
		return "yesterday", clock
	case days == 1:
		return "tomorrow", clock
	case days > -7 && days < 7:
		return at.Format("Monday"), clock
	}
	return at.Format("2 January"), ""
}

// midnight is the day as a day of 24 hours, whatever the clocks there do.
func midnight(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func join(day, clock string) string {
	if day != "" && clock != "" {
		return day + " " + clock
	}
	return day + clock
}

// Paused says what keeps a Ready account waiting: in short for the end of a
// menu's row, and in sentences. Both are empty where nothing does. It passes by
// itself, so there is nothing to do.
func Paused(a account.Account, now time.Time) (short, sentences string) {
	const goesOn = " It goes on by itself."
	since := ""
	if a.Since != nil {
		since = " since " + Since(*a.Since, now)
	}
	switch {
	case a.State != account.Ready || a.Trouble == "":
		return "", ""
	case a.Trouble == account.Throttled && a.Until != nil && a.Until.After(now):
		until := a.Until.Add(time.Minute - time.Nanosecond) // so that the time said is never too early
		return "waiting until " + Since(until, now), "Egnyte is asking us to wait. We will try again " + At(until, now) + "."
	case a.Trouble == account.Throttled:
		return "waiting", "Egnyte is asking us to wait." + goesOn
	case a.Trouble == account.Offline:
		return "offline" + since, "No connection to Egnyte" + since + "." + goesOn
	}
	return "Egnyte has trouble" + since, "Egnyte has trouble" + since + "." + goesOn
}
