package main

import (
	"fmt"
	"time"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
)

// expiryWords says when an account's token ends; "-" where there is none that
// works, whatever time it had left.
func expiryWords(a account.Account, now time.Time) string {
	switch {
	case a.State != account.Ready:
		return "-"
	case a.Expires == nil:
		return "never"
	case !a.Expires.After(now):
		return "over"
	}
	left := a.Expires.Sub(now)
	if left < time.Hour {
		left += time.Minute - time.Nanosecond // never 0
	}
	return "in " + amount(left)
}

func checkedWords(checked *time.Time, now time.Time) string {
	switch {
	case checked == nil:
		return "never"
	case now.Sub(*checked) < time.Minute:
		return "just now"
	}
	return amount(now.Sub(*checked)) + " ago"
}

// amount says a duration in its largest unit, rounded down; days from the second on.
func amount(d time.Duration) string {
	switch {
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return count(int(d.Hours()), "hour")
	}
	return count(int(d.Hours()/24), "day")
}

func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// reasonWords explains why an account doesn't work now, in the words of the windows;
// "" if it works.
func reasonWords(r advice.Row) string {
	if r.Status == advice.StatusNeedsYou || r.Status == advice.StatusPaused {
		return r.Line
	}
	return ""
}
