package refresher

import (
	"testing"
	"time"

	"egnyte-accounts/oauth/account"
)

// night is a sleep of the machine: the clock on the wall goes on, timers do not.
const night = 9 * time.Hour

func (k *kept) sleepThroughTheNight() {
	k.clock.Move(night)
	k.Advance(night)
}

// Given a check at 22:00 and a lid that is shut at 22:03, when it is opened in the
// morning, then the accounts are checked at once, and once.
func TestAMachineThatWakesInTheMorningChecksItsAccountsAtOnce(t *testing.T) {
	keeping(t, "2592000", func(t *testing.T, k *kept) {
		k.wait(3 * time.Minute)
		if n := k.net.Count(); n != 1 {
			t.Fatalf("%d calls at the start", n)
		}
		k.sleepThroughTheNight()
		k.wake <- struct{}{}
		k.wait(10 * time.Second)
		a := k.account(t)
		if n := k.net.Count(); n != 2 {
			t.Errorf("%d calls after the wake", n-1)
		}
		k.wait(time.Hour)
		if a = k.account(t); a.Checked == nil || k.clock.Now().Sub(*a.Checked) > 2*time.Hour || k.net.Count() != 2 {
			t.Errorf("an hour later, after %d calls: %+v", k.net.Count(), a)
		}
	})
}

// Given a sleep whose end the system does not signal, then the accounts are checked within
// ten waking minutes.
func TestAWakeThatNobodySignalsIsNoticedWithinTenWakingMinutes(t *testing.T) {
	keeping(t, "2592000", func(t *testing.T, k *kept) {
		k.wait(3 * time.Minute)
		k.sleepThroughTheNight()
		k.wait(longestSleep + time.Second)
		if n := k.net.Count(); n != 2 {
			t.Errorf("%d calls after the night", n-1)
		}
	})
}

// Given a night in the middle of a check, which cuts its call off, then the call
// is made again at once and the account is not called offline.
func TestACheckThatASleepCutsOffIsRepeatedAtOnce(t *testing.T) {
	keeping(t, "2592000", func(t *testing.T, k *kept) {
		k.wait(10 * time.Minute)
		k.net.SetSlow("userinfo", time.Minute) // longer than a call may take
		k.wake <- struct{}{}
		k.wait(time.Second)
		k.sleepThroughTheNight()
		k.net.SetSlow("", 0)
		k.wait(checkLimit + 2*time.Second)
		if a := k.account(t); k.net.Count() != 3 || a.Trouble != "" || a.Checked == nil {
			t.Errorf("%d calls, %+v", k.net.Count(), a)
		}
	})
}

// Given an Egnyte that asks for an hour, then a night counts as one.
func TestAWaitThatEgnyteAskedForIsOverAfterANight(t *testing.T) {
	keeping(t, "3600", func(t *testing.T, k *kept) {
		k.wait(time.Minute)
		k.Throttle(2 * time.Hour)
		k.wait(time.Hour)
		if a := k.account(t); a.Trouble != account.Throttled {
			t.Fatalf("%+v", a)
		}
		k.sleepThroughTheNight()
		k.wake <- struct{}{}
		k.wait(longestSleep + 10*time.Second)
		if a := k.account(t); a.Trouble != "" || a.Checked == nil {
			t.Errorf("after the night: %+v", a)
		}
	})
}
