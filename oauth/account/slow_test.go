package account

import (
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/keyringtest"
)

// sluggish makes a keyring slow: calls that take longer than a keyring may are given
// up, and the write comes about late.
type sluggish struct {
	*keyringtest.Keyring
	mu     sync.Mutex
	reads  time.Duration
	writes time.Duration
	done   int // late writes that have come about
}

func (s *sluggish) be(reads, writes time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads, s.writes = reads, writes
}

func (s *sluggish) intercept(c keyringtest.Call) error {
	s.mu.Lock()
	takes := s.reads
	if c.Op == keyringtest.Set {
		takes = s.writes
	}
	s.mu.Unlock()
	if c.Done || c.Op == keyringtest.Locked {
		return nil
	}
	if takes <= keyring.Limit {
		time.Sleep(takes) // a bubble's
		return nil
	}
	if c.Op == keyringtest.Set {
		time.AfterFunc(takes, func() {
			_ = s.Put(c.User, c.Secret)
			s.mu.Lock()
			defer s.mu.Unlock()
			s.done++
		})
	}
	time.Sleep(keyring.Limit)
	return trouble(keyring.Silent)
}

func (s *sluggish) written() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done
}

// slowly runs test in a bubble, on an account whose keyring is sluggish.
func slowly(t *testing.T, test func(*testing.T, *egnyte, *sluggish)) {
	t.Helper()
	slowlyOn(t, atEgnyte(t, "3600"), test)
}

func slowlyOn(t *testing.T, e *egnyte, test func(*testing.T, *egnyte, *sluggish)) {
	t.Helper()
	now := time.Now()
	synctest.Test(t, func(t *testing.T) {
		shift := time.Until(now)
		e.pass(shift)
		e.store.HTTP = &http.Client{Transport: &egnytetest.Network{Handler: e.Handler()}}
		slow := &sluggish{Keyring: e.keyring}
		e.keyring.Intercept(slow.intercept)
		test(t, e, slow)
		time.Sleep(time.Hour) // what was given up ends, inside of the bubble
	})
}

const tooLong = keyring.Limit + 10*time.Second

func mustBeSilent(t *testing.T, err error) {
	t.Helper()
	var silent *keyring.Error
	if !errors.As(err, &silent) || silent.Kind != keyring.Silent {
		t.Errorf("got %v", err)
	}
}

// Given a keyring that takes as long as it may, then all is done, slowly.
func TestAKeyringThatTakes29SecondsIsWaitedFor(t *testing.T) {
	slowly(t, func(t *testing.T, e *egnyte, slow *sluggish) {
		slow.be(keyring.Limit-time.Second, 0)
		token, err := e.fresh(t)
		e.mustWork(t, token, err)
		slow.be(0, keyring.Limit-time.Second)
		e.pass(2 * time.Hour)
		token, err = e.fresh(t)
		e.mustWork(t, token, err)
		e.mustHoldNewest(t)
	})
}

// Given one that takes longer, then Egnyte is asked nothing and nothing changes.
func TestAReadThatComesTooLateChangesNothing(t *testing.T) {
	slowly(t, func(t *testing.T, e *egnyte, slow *sluggish) {
		before := e.Requests("token")
		e.pass(2 * time.Hour)
		slow.be(tooLong, 0)
		_, err := e.fresh(t)
		mustBeSilent(t, err)
		if a := e.account(t); a.State != Ready || e.Requests("token") != before {
			t.Errorf("%+v", a)
		}
		slow.be(0, 0)
		token, err := e.fresh(t)
		e.mustWork(t, token, err)
	})
}

// Given a renewed pair whose write comes about after it was given up, then that
// counts: the account works.
func TestAPairThatIsWrittenLateIsKept(t *testing.T) {
	slowly(t, func(t *testing.T, e *egnyte, slow *sluggish) {
		e.pass(2 * time.Hour)
		slow.be(0, tooLong)
		token, err := e.fresh(t)
		e.mustWork(t, token, err)
		e.mustHoldNewest(t)
	})
}

// Given a write that comes about after all tries, then the account says reconnect,
// and a person who signs in again has an account that works.
func TestAPairThatIsWrittenFarTooLateIsSaidToBeLost(t *testing.T) {
	e := atEgnyte(t, "3600")
	again := egnytetest.SignIn(t, e.Server) // there is no network inside of the bubble
	slowlyOn(t, e, func(t *testing.T, e *egnyte, slow *sluggish) {
		e.pass(2 * time.Hour)
		slow.be(0, 10*time.Minute)
		_, err := e.fresh(t)
		mustReconnect(t, e, err, ReasonUnsaved)
		time.Sleep(time.Hour)
		slow.be(0, 0)
		again.Token.Issued, again.Token.Expiry = e.clock.Now(), e.clock.Now().Add(time.Hour)
		if _, err := e.store.Save(t.Context(), e.name, again); err != nil {
			t.Fatal(err)
		}
		if i, err := e.store.readItem(t.Context(), e.name); err != nil || i.AccessToken != again.Token.Access.Reveal() || e.account(t).State != Ready {
			t.Errorf("it holds another token, or %v", err)
		}
	})
}

// Given a reconnect whose write comes about after it was given up and ended at
// Egnyte, then the account is whole until then; afterwards its token is a dead
// one, which the next check finds.
func TestAReconnectThatIsWrittenLateIsFoundOut(t *testing.T) {
	e := atEgnyte(t, "3600")
	again := egnytetest.SignIn(t, e.Server) // there is no network inside of the bubble
	slowlyOn(t, e, func(t *testing.T, e *egnyte, slow *sluggish) {
		slow.be(0, keyring.Limit+time.Minute)
		_, err := e.saveOrDiscard(t.Context(), again)
		mustBeSilent(t, err)
		token, err := e.fresh(t)
		e.mustWork(t, token, err)
		slow.be(0, 0)
		time.Sleep(10 * time.Minute)
		if n := slow.written(); n != 1 {
			t.Fatalf("%d writes", n)
		}
		a := e.account(t)
		_, err = e.store.Token(t.Context(), a, TokenOptions{Rejected: tokenOf(t, e.store, a)})
		mustReconnect(t, e, err, oauth.RefusedUnauthorized)
	})
}
