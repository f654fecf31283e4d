package refresher

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
)

// direct carries requests to a handler without a network, so that time in a
// synctest bubble can pass; it counts them, and notes when they came.
type direct struct {
	handler http.Handler
	mu      sync.Mutex
	calls   []call
	offline bool
	slow    string        // the endpoint whose answers take
	takes   time.Duration // so long: a handler's own wait is no bubble's
}

type call struct {
	path string
	at   time.Time
}

func (c call) of(endpoint string) bool {
	return endpoint != "" && strings.HasSuffix(c.path, "/"+endpoint)
}

func (d *direct) RoundTrip(r *http.Request) (reply *http.Response, err error) {
	this := call{r.URL.Path, time.Now()}
	d.mu.Lock()
	d.calls = append(d.calls, this)
	offline, takes := d.offline, time.Duration(0)
	if this.of(d.slow) {
		takes = d.takes
	}
	d.mu.Unlock()
	if offline {
		return nil, fmt.Errorf("no network")
	}
	select {
	case <-time.After(takes):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	r = r.Clone(r.Context())
	r.Host, r.RequestURI = r.URL.Host, r.URL.RequestURI()
	w := httptest.NewRecorder()
	defer func() {
		if cause := recover(); cause != nil { // the handler cuts the connection
			reply, err = nil, io.ErrUnexpectedEOF
		}
	}()
	d.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

func (d *direct) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.calls)
}

// times are when an endpoint was called.
func (d *direct) times(endpoint string) []time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	var times []time.Time
	for _, c := range d.calls {
		if c.of(endpoint) {
			times = append(times, c.at)
		}
	}
	return times
}

func (d *direct) setSlow(endpoint string, takes time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.slow, d.takes = endpoint, takes
}

func (d *direct) setOffline(offline bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.offline = offline
}

// kept is an account that a keeper keeps, inside a bubble.
type kept struct {
	*egnyte
	net  *direct
	wake chan struct{}
	said *bytes.Buffer // to the log; read it when the bubble is at rest
}

// keeping runs test in a bubble, with a keeper at work. The sign-in is outside of
// it, as it needs a network, so Egnyte's clock is moved to the bubble's.
func keeping(t *testing.T, expiresIn string, test func(*testing.T, *kept)) {
	t.Helper()
	keepingPrepared(t, expiresIn, func(*egnyte) {}, test)
}

func keepingPrepared(t *testing.T, expiresIn string, prepare func(*egnyte), test func(*testing.T, *kept)) {
	t.Helper()
	e := atEgnyte(t, expiresIn)
	prepare(e)
	now := time.Now()
	synctest.Test(t, func(t *testing.T) {
		shift := time.Until(now) // the bubble's clock begins in 2000
		e.clock.set(shift)
		e.Advance(shift)
		k := &kept{e, &direct{handler: e.Handler()}, make(chan struct{}, 1), &bytes.Buffer{}}
		e.client = &http.Client{Transport: k.net}
		if err := e.store.updateEntry(t.Context(), e.name, func(e *entry) { e.Checked = nil }); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			log := slog.New(slog.NewTextHandler(k.said, &slog.HandlerOptions{Level: slog.LevelDebug}))
			Keeper{Store: e.store, HTTP: e.client, Now: e.clock.now, Wake: k.wake, Log: log}.Run(ctx)
		}()
		test(t, k)
		cancel()
		<-ended
	})
}

// wait lets time pass for everybody.
func (k *kept) wait(d time.Duration) {
	time.Sleep(d) // a bubble's: it takes no time
	synctest.Wait()
}

func TestAKeeperChecksAtStartAndThenRarely(t *testing.T) {
	keeping(t, "2592000", func(t *testing.T, k *kept) {
		k.wait(time.Minute)
		if a := k.account(t); k.net.count() != 1 || a.Checked == nil || a.Trouble != "" {
			t.Fatalf("at start: %d calls, %+v", k.net.count(), a)
		}
		k.wait(5 * time.Hour)
		if n := k.net.count(); n != 1 {
			t.Errorf("%d calls within 5 hours", n)
		}
		k.wait(19 * time.Hour)
		if n := k.net.count(); n < 4 || n > 5 {
			t.Errorf("%d calls in a day", n)
		}
	})
}

func TestAKeeperTurnsADeadAccountToReconnectWithinOneCheck(t *testing.T) {
	keeping(t, "2592000", func(t *testing.T, k *kept) {
		k.wait(time.Minute)
		k.ChangePassword("acme", "jsmith", "another")
		k.wait(10 * time.Minute)
		k.wake <- struct{}{}
		k.wait(10 * time.Second)
		if a := k.account(t); a.State != Reconnect || a.Reason != oauth.RefusedUnauthorized {
			t.Errorf("%+v", a)
		}
		n := k.net.count()
		k.wait(48 * time.Hour)
		if k.net.count() != n {
			t.Error("a dead account is still asked for")
		}
	})
}

func TestAKeeperSaysThatEgnyteIsAwayAndComesBack(t *testing.T) {
	keeping(t, "2592000", func(t *testing.T, k *kept) {
		k.wait(time.Minute)
		k.net.setOffline(true)
		k.wait(10 * time.Minute)
		before := k.net.count()
		k.wake <- struct{}{}
		k.wait(24 * time.Hour)
		a := k.account(t)
		if a.State != Ready || a.Trouble != Offline || a.Since == nil {
			t.Fatalf("%+v", a)
		}
		if n := k.net.count() - before; n < 10 || n > 100 {
			t.Errorf("%d tries in a day without a network", n)
		}
		k.net.setOffline(false)
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
		k.net.setOffline(true)
		k.wake <- struct{}{}
		k.wait(wakeGapOffline)
		if a := k.account(t); a.Trouble != Offline {
			t.Fatalf("%+v", a)
		}
		k.net.setOffline(false)
		k.wake <- struct{}{}
		k.wait(10 * time.Second)
		if a := k.account(t); a.Trouble != "" {
			t.Errorf("%+v", a)
		}
	})
}

func TestAKeeperKeepsToRetryAfter(t *testing.T) {
	keeping(t, "2592000", func(t *testing.T, k *kept) {
		k.wait(10 * time.Minute)                    // the check at the start is over
		k.Fault("userinfo", practice.FaultOverRate) // for an hour
		k.wake <- struct{}{}
		k.wait(time.Minute)
		if a := k.account(t); a.Trouble != Throttled || a.Until == nil || a.State != Ready {
			t.Fatalf("%+v", a)
		}
		n := k.net.count()
		for range 5 { // a network that comes and goes changes nothing
			k.wake <- struct{}{}
			k.wait(10 * time.Minute)
		}
		if k.net.count() != n {
			t.Errorf("%d calls within the wait", k.net.count()-n)
		}
		k.ClearFault("userinfo")
		k.wait(time.Hour)
		if a := k.account(t); a.Trouble != "" || a.Until != nil {
			t.Errorf("%+v", a)
		}
	})
}

func TestAKeeperRenewsBeforeExpiry(t *testing.T) {
	keeping(t, "3600", func(t *testing.T, k *kept) {
		before := k.Requests("token")
		k.wait(time.Minute)
		for range 24 {
			k.wait(time.Hour)
			if a := k.account(t); a.State != Ready || a.Trouble != "" {
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
func TestAKeeperLogsWhatItDoesAndNoToken(t *testing.T) {
	keeping(t, "3600", func(t *testing.T, k *kept) {
		issued := k.Tokens("acme", "jsmith")
		k.wait(2 * time.Hour)
		issued = append(issued, k.Tokens("acme", "jsmith")...)
		k.net.setOffline(true)
		k.wait(24 * time.Hour)
		k.net.setOffline(false)
		k.ChangePassword("acme", "jsmith", "another")
		k.wake <- struct{}{}
		k.wait(time.Hour)
		said := k.said.String()
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

func TestTokensThatDieAtOnceMakeNoBusyLoop(t *testing.T) {
	keeping(t, "3600", func(t *testing.T, k *kept) {
		k.ExpiresIn("0")
		k.wait(24 * time.Hour)
		if n := k.net.count(); n > 200 {
			t.Errorf("%d calls in a day", n)
		}
		if a := k.account(t); a.State != Ready {
			t.Errorf("%+v", a)
		}
	})
}

// Given tokens that live for 4 s and a check that takes 3, which leaves each due
// again at its end, then the keeper catches up as soon as checks are quick again.
func TestATokenThatIsDueAgainWhenItsCheckEndsIsNotForgotten(t *testing.T) {
	keeping(t, "4", func(t *testing.T, k *kept) {
		k.net.setSlow("userinfo", 2500*time.Millisecond)
		k.wait(6 * time.Second)
		k.net.setSlow("", 0)
		k.ExpiresIn("3600")
		k.wait(15 * time.Second)
		if a := k.account(t); a.State != Ready || a.Expires == nil || a.Expires.Sub(k.clock.now()) < 50*time.Minute {
			t.Errorf("it is %s and ends in %s", a.State, a.Expires.Sub(k.clock.now()))
		}
		k.mustHoldNewest(t)
	})
}

// Given checks that always outlast their tokens, then they do not follow each
// other for ever.
func TestTokensTooShortToKeepUpWithMakeNoBusyLoop(t *testing.T) {
	keeping(t, "4", func(t *testing.T, k *kept) {
		k.net.setSlow("userinfo", 2500*time.Millisecond)
		k.wait(24 * time.Hour)
		if n := k.net.count(); n > 300 {
			t.Errorf("%d calls in a day", n)
		}
		if a := k.account(t); a.State != Ready {
			t.Errorf("%+v", a)
		}
	})
}

// Given a token that nothing can renew, then its person is told when it is over.
func TestTheEndOfATokenWithoutARefreshTokenIsNoticedWhenItComes(t *testing.T) {
	keepingPrepared(t, "3600", func(e *egnyte) { e.dropRefreshToken(t) }, func(t *testing.T, k *kept) {
		k.wait(59 * time.Minute)
		if a := k.account(t); a.State != Ready || k.net.count() != 1 {
			t.Fatalf("after %d calls: %+v", k.net.count(), a)
		}
		k.wait(1*time.Minute + clockSlack + 5*time.Second)
		if a := k.account(t); a.State != Reconnect {
			t.Errorf("%+v", a)
		}
	})
}

// Given a key that Egnyte asked to wait, and an account of it that has no refresh
// token, then the end of that one's token is told at once: that takes no request.
func TestAWaitOfTheKeyHidesNoDeadAccountThatCannotBeRenewed(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	e.dropRefreshToken(t)
	e.RevokeAll("acme", "jsmith")
	a := e.account(t)
	waiting := pauseFrom(e.clock.now(), time.Hour)
	r := &rounds{Keeper: Keeper{Store: e.store, HTTP: e.client, Now: e.clock.now},
		asked: map[string][]time.Time{}, holds: map[string]*pause{a.KeyID + " " + a.Service: &waiting}}
	before := e.Requests("token")
	_, err := r.check(t.Context(), a)
	mustReconnect(t, e, err, oauth.RefusedUnauthorized)
	if n := e.Requests("token") - before; n != 0 {
		t.Errorf("%d token requests", n)
	}
}

func TestClockJumpsAndSuspendsEndWell(t *testing.T) {
	for name, jump := range map[string]time.Duration{"a day on": 24 * time.Hour, "a day back": -24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			keeping(t, "3600", func(t *testing.T, k *kept) {
				k.wait(time.Minute)
				k.clock.set(k.clock.moved + jump) // nobody signals it
				if jump > 0 {
					k.Advance(jump) // as in a sleep of the machine
				}
				for range 30 {
					k.wait(time.Hour)
				}
				a := k.account(t)
				if a.State != Ready || a.Trouble != "" {
					t.Errorf("%+v", a)
				}
				k.mustHoldNewest(t)
				if n := k.net.count(); n > 200 {
					t.Errorf("%d calls", n)
				}
			})
		})
	}
}

func TestAThousandAccountsAreCheckedOneASecond(t *testing.T) {
	at := practice.Start(t)
	grant := signIn(t, at, 0)
	dir := t.TempDir()
	now := time.Now() // outside of the bubble
	synctest.Test(t, func(t *testing.T) {
		clock := &wallClock{}
		clock.set(time.Until(now))
		store := Open(dir, &memoryKeyring{})
		store.now = clock.now
		const many = 1000
		addMany(t, store, now, people(grant, many)...)
		net := &direct{handler: at.Handler()}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			Keeper{Store: store, HTTP: &http.Client{Transport: net}, Now: clock.now}.Run(ctx)
		}()
		time.Sleep(20 * time.Minute)
		synctest.Wait()
		cancel()
		<-ended
		if net.count() != many {
			t.Errorf("%d calls for the first check of %d", net.count(), many)
		}
		for n := 1; n < len(net.calls); n++ {
			if gap := net.calls[n].at.Sub(net.calls[n-1].at); gap < callEvery {
				t.Fatalf("calls %s apart", gap)
			}
		}
		accounts, _ := store.List(context.Background())
		for _, a := range accounts {
			if a.Checked == nil {
				t.Fatalf("%s was not checked", a.Name)
			}
		}
	})
}
