package refresher

import (
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/practice"
)

// nasty is every answer of passing's, and what else a refresher may meet in a day.
func nasty() map[string]practice.Fault {
	faults := map[string]practice.Fault{
		"hangs for 60 s": {Hang: time.Minute}, "cut off": {Status: 200, Body: `{"id":1}`, CloseMidBody: true},
		"the wrong content type": practice.Fault503.XML(), "JSON null": {Status: 200, Body: "null"},
		"10 MB of a refusal": {Status: 400, Body: strings.Repeat("y", 10<<20)},
	}
	for name, fault := range egnytetest.Passing() {
		faults[name] = fault
	}
	return faults
}

// mostADay is how many calls one account may cost in a day of nothing but
// trouble: Egnyte lets 1,000 pass. A try that meets a bare 401 takes three.
const mostADay = 200

// Given a day on which Egnyte answers badly, with a token that lives an hour,
// then the account is kept, few calls are made, none before Egnyte wants one, and
// when the day is over all is well.
func TestADayOfBadAnswersLosesNoAccount(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{"userinfo", "token"} {
		for name, fault := range nasty() {
			t.Run(endpoint+", "+name, func(t *testing.T) {
				t.Parallel()
				keeping(t, "3600", func(t *testing.T, k *kept) {
					k.wait(time.Minute)
					if k.net.SetSlow(endpoint, fault.Hang); fault.Hang == 0 {
						k.Fault(endpoint, fault)
					}
					k.aBadDay(t, endpoint, fault)
					k.ClearFault(endpoint)
					k.net.SetSlow("", 0)
					k.wait(2 * time.Hour)
					if a := k.account(t); a.State != account.Ready || a.Trouble != "" {
						t.Errorf("when all is well again: %+v", a)
					}
					k.mustHoldNewest(t)
				})
			})
		}
	}
}

func (k *kept) aBadDay(t *testing.T, endpoint string, fault practice.Fault) {
	t.Helper()
	first, before := len(k.net.Times(endpoint)), k.net.Count()
	k.wait(24 * time.Hour)
	if a := k.account(t); a.State != account.Ready || a.Trouble == "" || a.Since == nil {
		t.Errorf("after a day: %+v", a)
	}
	if n := k.net.Count() - before; n > mostADay || n < 10 {
		t.Errorf("%d calls in a day", n)
	}
	asked, _ := time.ParseDuration(fault.Header.Get("Retry-After") + "s")
	times := k.net.Times(endpoint)[first:]
	for n := 1; n < len(times); n++ {
		if gap := times[n].Sub(times[n-1]); gap < asked {
			t.Fatalf("calls %s apart, Egnyte asked for %s", gap, asked)
		}
	}
}
