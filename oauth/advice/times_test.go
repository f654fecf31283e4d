package advice

import (
	"testing"
	"time"

	"egnyte-accounts/oauth/account"
)

var tuesday = time.Date(2026, time.March, 3, 14, 20, 0, 0, time.UTC)

func TestTimesAreSaidAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at        time.Time
		since, is string
	}{
		{tuesday, "since 14:20", "at 14:20"},
		{tuesday.Add(-14 * time.Hour), "since 00:20", "at 00:20"},
		{tuesday.Add(-15 * time.Hour), "since yesterday 23:20", "yesterday at 23:20"},
		{tuesday.Add(10 * time.Hour), "since 4 March", "tomorrow at 00:20"},
		{tuesday.Add(-48 * time.Hour), "since Sunday 14:20", "on Sunday at 14:20"},
		{tuesday.Add(72 * time.Hour), "since Friday 14:20", "on Friday at 14:20"},
		{tuesday.AddDate(0, 0, -7), "since 24 February", "on 24 February"},
		{tuesday.AddDate(-1, 0, 0), "since 3 March", "on 3 March"},
	} {
		if got := since.say(c.at, tuesday); got != c.since {
			t.Errorf("got %q, want %q", got, c.since)
		}
		if got := At(c.at, tuesday); got != c.is {
			t.Errorf("got %q, want %q", got, c.is)
		}
	}
	east := tuesday.In(time.FixedZone("", 12*3600)) // the reader's day counts: it is Wednesday there
	if got := since.say(tuesday.Add(-3*time.Hour), east); got != "since yesterday 23:20" {
		t.Errorf("in the east: %q", got)
	}
}

func TestAPauseIsSaidWithItsTime(t *testing.T) {
	t.Parallel()
	before, soon := tuesday.Add(-time.Hour), tuesday.Add(10*time.Minute+30*time.Second)
	for name, c := range map[string]struct {
		account         account.Account
		short, sentence string
	}{
		"offline":   {account.Account{Trouble: account.Offline, Since: &before}, "offline since 13:20", "No connection to Egnyte since 13:20. It goes on by itself."},
		"throttled": {account.Account{Trouble: account.Throttled, Since: &before, Until: &soon}, "waiting until 14:31", "Egnyte is asking us to wait. We will try again at 14:31."},
		"its end is over": {account.Account{Trouble: account.Throttled, Until: &before},
			"waiting", "Egnyte is asking us to wait. It goes on by itself."},
		"unwell": {account.Account{Trouble: account.Unwell, Since: &before}, "Egnyte has trouble since 13:20", "Egnyte has trouble since 13:20. It goes on by itself."},
		"locked": {account.Account{Trouble: account.Locked, Since: &before},
			"password store locked", "The system's password store is locked. This sign-in goes on once it is open."},
		"well":      {account.Account{}, "", ""},
		"reconnect": {account.Account{State: account.Reconnect, Trouble: account.Offline}, "", ""},
	} {
		if c.account.State == "" {
			c.account.State = account.Ready
		}
		if short, sentence := paused(c.account, tuesday); short != c.short || sentence != c.sentence {
			t.Errorf("%s: %q, %q", name, short, sentence)
		}
	}
}
