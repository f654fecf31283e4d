package account

import (
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"

	"egnyte-accounts/oauth"
)

// sluggish is a keyring whose answers take, and whose writes come about late.
type sluggish struct {
	mu     sync.Mutex
	items  map[string]string
	reads  time.Duration // what each takes
	writes time.Duration
	done   int // writes that have come about
}

func (s *sluggish) Get(_, user string) (string, error) {
	s.wait(&s.reads)
	s.mu.Lock()
	defer s.mu.Unlock()
	if text, there := s.items[user]; there {
		return text, nil
	}
	return "", keyring.ErrNotFound
}

func (s *sluggish) Set(_, user, secret string) error {
	s.wait(&s.writes)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[user] = secret
	s.done++
	return nil
}

func (s *sluggish) Delete(_, user string) error {
	s.wait(&s.writes)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.items, user)
	return nil
}

func (s *sluggish) wait(takes *time.Duration) {
	s.mu.Lock()
	d := *takes
	s.mu.Unlock()
	time.Sleep(d) // a bubble's
}

func (s *sluggish) written() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done
}

func (s *sluggish) be(reads, writes time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads, s.writes = reads, writes
}

// slowly runs test in a bubble, on an account whose keyring is sluggish.
func slowly(t *testing.T, test func(*testing.T, *egnyte, *sluggish)) {
	t.Helper()
	slowlyOn(t, atEgnyte(t, "3600"), test)
}

func slowlyOn(t *testing.T, e *egnyte, test func(*testing.T, *egnyte, *sluggish)) {
	t.Helper()
	secret, err := e.keyring.Get(t.Context(), e.name)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	synctest.Test(t, func(t *testing.T) {
		shift := time.Until(now)
		e.clock.set(shift)
		e.Advance(shift)
		e.client = &http.Client{Transport: &direct{handler: e.Handler()}}
		slow := &sluggish{items: map[string]string{e.name: secret.Reveal()}}
		e.store.keyring = newSystemKeyring(slow, reachable, keyringWait)
		test(t, e, slow)
		time.Sleep(time.Hour) // what was given up ends, inside of the bubble
	})
}

const tooLong = keyringWait + 10*time.Second

func mustBeSilent(t *testing.T, err error) {
	t.Helper()
	var trouble *KeyringError
	if !errors.As(err, &trouble) || trouble.Kind != KeyringSilent {
		t.Errorf("got %v", err)
	}
}

// Given a keyring that takes as long as it may, then all is done, slowly.
func TestAKeyringThatTakes29SecondsIsWaitedFor(t *testing.T) {
	slowly(t, func(t *testing.T, e *egnyte, slow *sluggish) {
		slow.be(keyringWait-time.Second, 0)
		token, err := e.fresh(t)
		e.mustWork(t, token, err)
		slow.be(0, keyringWait-time.Second)
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
	again := signIn(t, e.Server, 0) // there is no network inside of the bubble
	slowlyOn(t, e, func(t *testing.T, e *egnyte, slow *sluggish) {
		e.pass(2 * time.Hour)
		slow.be(0, 10*time.Minute)
		_, err := e.fresh(t)
		mustReconnect(t, e, err, ReasonUnsaved)
		time.Sleep(time.Hour)
		slow.be(0, 0)
		again.Token.Issued, again.Token.Expiry = e.clock.now(), e.clock.now().Add(time.Hour)
		if _, err := e.store.Replace(t.Context(), e.name, again); err != nil {
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
	again := signIn(t, e.Server, 0) // there is no network inside of the bubble
	slowlyOn(t, e, func(t *testing.T, e *egnyte, slow *sluggish) {
		slow.be(0, keyringWait+time.Minute)
		_, err := e.store.KeepOrEnd(t.Context(), e.client, e.name, again)
		mustBeSilent(t, err)
		token, err := e.fresh(t)
		e.mustWork(t, token, err)
		slow.be(0, 0)
		time.Sleep(10 * time.Minute)
		if n := slow.written(); n != 1 {
			t.Fatalf("%d writes", n)
		}
		r := &rounds{Keeper: Keeper{Store: e.store, HTTP: e.client, Now: e.clock.now}, asked: map[string][]time.Time{}, holds: map[string]*pause{}}
		_, err = r.check(t.Context(), e.account(t))
		mustReconnect(t, e, err, oauth.RefusedUnauthorized)
	})
}
