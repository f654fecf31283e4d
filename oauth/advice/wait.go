package advice

import (
	"strings"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/words"
)

// comeBack is when Egnyte said to come back; zero where it named no time.
func comeBack(refusal *oauth.Refusal, now time.Time) time.Time {
	if refusal.RetryAfter <= 0 {
		return time.Time{}
	}
	return now.Add(refusal.RetryAfter)
}

// waiting makes a button that tries again one that says when, so that a press
// can't break what Egnyte asked for.
func (a Advice) waiting(until, now time.Time) Advice {
	if a.Action != TryAgain || !until.After(now) {
		return a
	}
	a.Until = until
	a.Button = words.Say("Try again {at}", "at", At(until.Add(time.Minute-time.Nanosecond), now)) // never too early
	return a
}

// Handover is err in a word, for another process to advise on: its code, and
// the time to come back where Egnyte named one.
func Handover(err error, now time.Time) string {
	code := Code(err)
	if refusal, ok := as[*oauth.Refusal](err); ok {
		if until := comeBack(refusal, now); !until.IsZero() {
			code += "@" + until.Add(time.Second-time.Nanosecond).UTC().Format(time.RFC3339)
		}
	}
	return code
}

// HandedOver reads a Handover, met with the account of the person called name:
// the code, and its advice.
func HandedOver(word, name string, now time.Time) (code string, a Advice) {
	code, at, _ := strings.Cut(word, "@")
	a = ForCode(code, name)
	until, err := time.Parse(time.RFC3339, at)
	if err != nil || !until.After(now) {
		return code, a
	}
	details := a.Details
	a = fill(entryOf(code), facts{"want": name, "when": when(until.Sub(now), now)})
	a.Details = details
	return code, a.waiting(until, now)
}

// resets says when a limit that Egnyte's documentation gives begins anew, for a
// refusal that names no time: 1,000 calls a day, 10 passwords an hour.
func resets(kind oauth.RefusalKind) string {
	switch kind {
	case oauth.RefusedOverRate:
		return words.Say("tomorrow")
	case oauth.RefusedPasswords:
		return words.Say("in an hour")
	}
	return ""
}
