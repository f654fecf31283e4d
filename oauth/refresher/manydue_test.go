package refresher

import (
	"fmt"
	"os"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/keyring/keyringtest"
	"egnyte-accounts/oauth/practice"
)

// Given many accounts of one key that are all due, as after a holiday, then Egnyte
// is never asked more often than it allows, and all are renewed as soon as that
// lets them.
func TestManyAccountsDueAtOnceKeepToTheLimitOfTheirKey(t *testing.T) {
	t.Parallel()
	many := 90
	if os.Getenv("ACCOUNT_TEST_ROUNDS") == "full" {
		many = 250
	}
	at := practice.Start(t)
	grants := make([]oauth.Grant, many)
	for n := range grants {
		grants[n] = egnytetest.SignIn(t, at)
		grants[n].User.Username = fmt.Sprintf("person%d", n)
	}
	m := newMachine(t, quickFolder(t))
	m.put(t, time.Now(), grants...)
	m.inBubble(t, at, func(t *testing.T) {
		const holiday = 25 * 24 * time.Hour // of 30 days
		m.clock.Move(holiday)
		at.Advance(holiday)
		stop := m.run(t)
		m.wait(time.Duration(many/tokenRequests)*time.Hour + 2*time.Hour)
		stop()
		asked := m.net.Times("token")
		for n := tokenRequests; n < len(asked); n++ {
			if in := asked[n].Sub(asked[n-tokenRequests]); in < time.Hour {
				t.Fatalf("%d token requests in %s", tokenRequests+1, in)
			}
		}
		for _, a := range m.mustList(t) {
			if a.State != account.Ready || a.Trouble != "" || a.Expires.Sub(m.clock.Now()) < holiday {
				t.Fatalf("%+v", a)
			}
		}
		reads := m.keyring.Calls(keyringtest.Get)
		if most := 15 * many; reads > most {
			t.Errorf("%d reads of the keyring", reads)
		}
		t.Logf("%d token requests, the last after %s; %d calls in all, %d reads of the keyring", len(asked), asked[len(asked)-1].Sub(asked[0]).Round(time.Minute), m.net.Count(), reads)
	})
}

// quickFolder is on a disk that flushes at once, where there is one.
func quickFolder(t *testing.T) string {
	t.Helper()
	base := "/dev/shm"
	if info, err := os.Stat(base); err != nil || !info.IsDir() {
		base = ""
	}
	folder, err := os.MkdirTemp(base, "accounts")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}
