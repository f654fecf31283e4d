package refresher

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/practice"
)

// Given an account that is well, then it is checked at the start and every six hours.
func TestARefresherChecksAtStartAndThenRarely(t *testing.T) {
	keeping(t, "2592000", func(t *testing.T, k *kept) {
		k.wait(time.Minute)
		if a := k.account(t); k.net.Count() != 1 || a.Checked == nil || a.Trouble != "" {
			t.Fatalf("at start: %d calls, %+v", k.net.Count(), a)
		}
		k.wait(5 * time.Hour)
		if n := k.net.Count(); n != 1 {
			t.Errorf("%d calls within 5 hours", n)
		}
		k.wait(19 * time.Hour)
		if n := k.net.Count(); n < 4 || n > 5 {
			t.Errorf("%d calls in a day", n)
		}
	})
}

// Given a password change, then one check turns the account to Reconnect, and it is not
// checked any more.
func TestARefresherTurnsADeadAccountToReconnectWithinOneCheck(t *testing.T) {
	keeping(t, "2592000", func(t *testing.T, k *kept) {
		k.wait(time.Minute)
		k.ChangePassword("acme", "jsmith", "another")
		k.wait(10 * time.Minute)
		k.wake <- struct{}{}
		k.wait(10 * time.Second)
		if a := k.account(t); a.State != account.Reconnect || a.Reason != oauth.RefusedUnauthorized {
			t.Errorf("%+v", a)
		}
		n := k.net.Count()
		k.wait(48 * time.Hour)
		if k.net.Count() != n {
			t.Error("a dead account is still asked for")
		}
	})
}

// Given no network for a day, then the account says Offline and few calls are made; when the
// network is back, all is well again.
func TestARefresherSaysThatEgnyteIsAwayAndComesBack(t *testing.T) {
	keeping(t, "2592000", func(t *testing.T, k *kept) {
		k.wait(time.Minute)
		k.net.SetOffline(true)
		k.wait(10 * time.Minute)
		before := k.net.Count()
		k.wake <- struct{}{}
		k.wait(24 * time.Hour)
		a := k.account(t)
		if a.State != account.Ready || a.Trouble != account.Offline || a.Since == nil {
			t.Fatalf("%+v", a)
		}
		if n := k.net.Count() - before; n < 10 || n > 100 {
			t.Errorf("%d tries in a day without a network", n)
		}
		k.net.SetOffline(false)
		k.wake <- struct{}{}
		k.wait(2 * time.Minute)
		if a := k.account(t); a.Trouble != "" || a.Since != nil {
			t.Errorf("with the network back: %+v", a)
		}
	})
}

// After a sleep the network comes later than the wake.
func TestANetworkThatComesSoonAfterAFailedCheckIsUsedAtOnce(t *testing.T) {
	keeping(t, "2592000", func(t *testing.T, k *kept) {
		k.wait(10 * time.Minute)
		k.net.SetOffline(true)
		k.wake <- struct{}{}
		k.wait(wakeGapOffline)
		if a := k.account(t); a.Trouble != account.Offline {
			t.Fatalf("%+v", a)
		}
		k.net.SetOffline(false)
		k.wake <- struct{}{}
		k.wait(10 * time.Second)
		if a := k.account(t); a.Trouble != "" {
			t.Errorf("%+v", a)
		}
	})
}

// Given an Egnyte that asks to wait, then no call is made until then, whatever happens.
func TestARefresherKeepsToRetryAfter(t *testing.T) {
	keeping(t, "2592000", func(t *testing.T, k *kept) {
		k.wait(10 * time.Minute)                    // the check at the start is over
		k.Fault("userinfo", practice.FaultOverRate) // for an hour
		k.wake <- struct{}{}
		k.wait(time.Minute)
		if a := k.account(t); a.Trouble != account.Throttled || a.Until == nil || a.State != account.Ready {
			t.Fatalf("%+v", a)
		}
		n := k.net.Count()
		for range 5 { // a network that comes and goes changes nothing
			k.wake <- struct{}{}
			k.wait(10 * time.Minute)
		}
		if k.net.Count() != n {
			t.Errorf("%d calls within the wait", k.net.Count()-n)
		}
		k.ClearFault("userinfo")
		k.wait(time.Hour)
		if a := k.account(t); a.Trouble != "" || a.Until != nil {
			t.Errorf("%+v", a)
		}
	})
}

// Given tokens that live an hour, then each is renewed before its end.
func TestARefresherRenewsBeforeExpiry(t *testing.T) {
	keeping(t, "3600", func(t *testing.T, k *kept) {
		before := k.Requests("token")
		k.wait(time.Minute)
		for range 24 {
			k.wait(time.Hour)
			if a := k.account(t); a.State != account.Ready || a.Trouble != "" {
				t.Fatalf("%+v", a)
			}
		}
		if n := k.Requests("token") - before; n < 20 || n > 32 {
			t.Errorf("%d renewals in a day of tokens that live an hour", n)
		}
		k.mustHoldNewest(t)
	})
}

// Given an account that is renewed, can't be reached and dies, then the log says
// each by name, and no token.
func TestARefresherLogsWhatItDoesAndNoToken(t *testing.T) {
	keeping(t, "3600", func(t *testing.T, k *kept) {
		issued := k.Tokens("acme", "jsmith")
		k.wait(2 * time.Hour)
		issued = append(issued, k.Tokens("acme", "jsmith")...)
		k.net.SetOffline(true)
		k.wait(24 * time.Hour)
		k.net.SetOffline(false)
		k.ChangePassword("acme", "jsmith", "another")
		k.wake <- struct{}{}
		k.wait(time.Hour)
		said := k.log.String()
		for _, want := range []string{"level=DEBUG msg=checked", "level=INFO msg=renewed", `level=INFO msg="could not be checked"`,
			`level=WARN msg="is no longer signed in"`} {
			if !strings.Contains(said, want+" account="+k.name) {
				t.Errorf("%q is missing in\n%s", want, said)
			}
		}
		if len(issued) < 2 {
			t.Errorf("%d tokens", len(issued))
		}
		for _, pair := range issued {
			if strings.Contains(said, pair.Access) || strings.Contains(said, pair.Refresh) {
				t.Error("a token stands in the log")
			}
		}
	})
}

// Given tokens that live for a second, then few calls are made.
func TestTokensThatDieAtOnceMakeNoBusyLoop(t *testing.T) {
	keeping(t, "3600", func(t *testing.T, k *kept) {
		k.ExpiresIn("1")
		k.wait(24 * time.Hour)
		if n := k.net.Count(); n > 300 {
			t.Errorf("%d calls in a day", n)
		}
		if a := k.account(t); a.State != account.Ready {
			t.Errorf("%+v", a)
		}
	})
}

// Given tokens that live for 4 s and a check that takes 3, which leaves each due
// again at its end, then the refresher catches up as soon as checks are quick again.
func TestATokenThatIsDueAgainWhenItsCheckEndsIsNotForgotten(t *testing.T) {
	keeping(t, "4", func(t *testing.T, k *kept) {
		k.net.SetSlow("userinfo", 2500*time.Millisecond)
		k.wait(6 * time.Second)
		k.net.SetSlow("", 0)
		k.ExpiresIn("3600")
		k.wait(15 * time.Second)
		if a := k.account(t); a.State != account.Ready || a.Expires == nil || a.Expires.Sub(k.clock.Now()) < 50*time.Minute {
			t.Errorf("it is %s and ends in %s", a.State, a.Expires.Sub(k.clock.Now()))
		}
		k.mustHoldNewest(t)
	})
}

// Given checks that always outlast their tokens, then they do not follow each
// other for ever.
func TestTokensTooShortToKeepUpWithMakeNoBusyLoop(t *testing.T) {
	keeping(t, "4", func(t *testing.T, k *kept) {
		k.net.SetSlow("userinfo", 2500*time.Millisecond)
		k.wait(24 * time.Hour)
		if n := k.net.Count(); n > 300 {
			t.Errorf("%d calls in a day", n)
		}
		if a := k.account(t); a.State != account.Ready {
			t.Errorf("%+v", a)
		}
	})
}

// Given a token that nothing can renew, then its person is told when it is over.
func TestTheEndOfATokenWithoutARefreshTokenIsNoticedWhenItComes(t *testing.T) {
	keepingPrepared(t, "3600", func(k *kept) { k.dropRefreshToken(t) }, func(t *testing.T, k *kept) {
		k.wait(59 * time.Minute)
		if a := k.account(t); a.State != account.Ready || k.net.Count() != 1 {
			t.Fatalf("after %d calls: %+v", k.net.Count(), a)
		}
		k.wait(1*time.Minute + clockSlack + 5*time.Second)
		if a := k.account(t); a.State != account.Reconnect {
			t.Errorf("%+v", a)
		}
	})
}

// Given a key that Egnyte asked to wait, and an account of it that has no refresh
// token, then the end of that one's token is told when it was refused twice, a minute
// apart: that takes no token request.
func TestAWaitOfTheKeyHidesNoDeadAccountThatCannotBeRenewed(t *testing.T) {
	t.Parallel()
	k := atEgnyte(t, "3600")
	k.dropRefreshToken(t)
	k.RevokeAll("acme", "jsmith")
	a := k.account(t)
	r := newRun(Refresher{Store: k.store})
	r.pauses[keyOf(a)] = pause{k.clock.Now(), k.clock.Now().Add(time.Hour)}
	before := k.Requests("token")
	if _, err := r.check(t.Context(), a); !oauth.Passing(err) || k.account(t).State != account.Ready {
		t.Errorf("refused once: %v", err)
	}
	k.clock.Move(time.Minute)
	_, err := r.check(t.Context(), a)
	if a := k.account(t); !errors.Is(err, account.ErrReconnect) || a.State != account.Reconnect || a.Reason != oauth.RefusedUnauthorized {
		t.Errorf("%v: %+v", err, a)
	}
	if n := k.Requests("token") - before; n != 0 {
		t.Errorf("%d token requests", n)
	}
}

// Given a clock that jumps by a day, in either direction, then the account stays alive.
func TestClockJumpsAndSuspendsEndWell(t *testing.T) {
	for name, jump := range map[string]time.Duration{"a day on": 24 * time.Hour, "a day back": -24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			keeping(t, "3600", func(t *testing.T, k *kept) {
				k.wait(time.Minute)
				k.clock.Move(jump) // nobody signals it
				if jump > 0 {
					k.Advance(jump) // as in a sleep of the machine
				}
				for range 30 {
					k.wait(time.Hour)
				}
				a := k.account(t)
				if a.State != account.Ready || a.Trouble != "" {
					t.Errorf("%+v", a)
				}
				k.mustHoldNewest(t)
				if n := k.net.Count(); n > 200 {
					t.Errorf("%d calls", n)
				}
			})
		})
	}
}

// Given a thousand accounts, then they are checked one a second.
func TestAThousandAccountsAreCheckedOneASecond(t *testing.T) {
	at := practice.Start(t)
	m := newMachine(t, t.TempDir())
	const many = 1000
	m.put(t, time.Now(), people(egnytetest.SignIn(t, at), many)...)
	m.inBubble(t, at, func(t *testing.T) {
		stop := m.run(t)
		m.wait(20 * time.Minute)
		stop()
		times := m.net.Times("")
		if len(times) != many {
			t.Errorf("%d calls for the first check of %d", len(times), many)
		}
		for n := 1; n < len(times); n++ {
			if gap := times[n].Sub(times[n-1]); gap < callEvery {
				t.Fatalf("calls %s apart", gap)
			}
		}
		for _, a := range m.mustList(t) {
			if a.Checked == nil {
				t.Fatalf("%s was not checked", a.Name)
			}
		}
	})
}

// Given a token, then it is due late in its life, and never in the first half of it.
func TestWhenATokenIsDue(t *testing.T) {
	t.Parallel()
	for life, lead := range map[time.Duration]time.Duration{
		720 * time.Hour:  144 * time.Hour,
		time.Hour:        12 * time.Minute,
		20 * time.Minute: 5 * time.Minute,
		10 * time.Minute: 5 * time.Minute,
		6 * time.Minute:  3 * time.Minute, // not in the first half
		time.Second:      500 * time.Millisecond,
		0:                0,
	} {
		issued := time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)
		if got := issued.Add(life).Sub(renewAt(issued, issued.Add(life))); got != lead {
			t.Errorf("a life of %s is renewed %s before its end, want %s", life, got, lead)
		}
		token := oauth.Token{Issued: issued, Expiry: issued.Add(life)}
		if at := renewAt(issued, token.Expiry); !isDue(token, at) || life > 0 && isDue(token, at.Add(-time.Nanosecond)) {
			t.Errorf("a life of %s is not due just when it is", life)
		}
	}
	set := time.Now()
	if !isDue(oauth.Token{Issued: set, Expiry: set.Add(time.Hour)}, set.Add(-24*time.Hour)) || isDue(oauth.Token{Issued: set}, set) {
		t.Error("a clock that was set back makes a token due; one without an end is never due")
	}
}

// Given an account whose token turns out to be another user's, then one check says so.
func TestARefresherNoticesTheTokenOfAnotherUser(t *testing.T) {
	prepare := func(k *kept) {
		path := filepath.Join(k.dir, "accounts.json")
		text, err := os.ReadFile(path)
		id := fmt.Sprint(`"user_id":`, k.account(t).UserID)
		if err = errors.Join(err, os.WriteFile(path, bytes.Replace(text, []byte(id), []byte(`"user_id":99`), 1), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	keepingPrepared(t, "2592000", prepare, func(t *testing.T, k *kept) {
		k.wait(time.Minute)
		if a := k.account(t); a.State != account.Reconnect || a.Reason != account.ReasonOtherUser {
			t.Errorf("%+v", a)
		}
	})
}
