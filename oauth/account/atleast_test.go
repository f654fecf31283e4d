package account

import (
	"sync"
	"testing"
	"time"
)

// Given a token of an hour with 40 minutes left, when somebody needs 55 of it,
// then they get a new one; who does not say how much keeps the old.
func TestWhoNeedsMoreOfATokensLifeGetsIt(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	e.pass(20 * time.Minute)
	a, before := e.account(t), e.Requests("token")
	old, err := e.store.Token(t.Context(), a, TokenOptions{MinLeft: 55 * time.Minute})
	e.mustWork(t, old, err)
	if e.Requests("token") != before {
		t.Error("a token was renewed in the first half of its life for the asking")
	}
	var group sync.WaitGroup
	for range 8 { // one request for all of them
		group.Go(func() {
			token, err := e.store.Token(t.Context(), a, TokenOptions{AtLeast: 55 * time.Minute})
			if err != nil || token.Access.Equal(old.Access) || token.Expiry.Sub(e.clock.Now()) < 55*time.Minute {
				t.Errorf("%v, ends %v", err, token.Expiry)
			}
		})
	}
	group.Wait()
	if n := e.Requests("token") - before; n != 1 {
		t.Errorf("%d token requests", n)
	}
	e.mustHoldNewest(t)
}

// Given tokens whose whole life is shorter than what somebody needs, then asking
// for it does not ask Egnyte each time.
func TestWhatNoTokenHasIsNotAskedForAgainAndAgain(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	a, before := e.account(t), e.Requests("token")
	for passed, asked := range map[time.Duration]int{29 * time.Minute: 0, 31 * time.Minute: 1} {
		e := atEgnyte(t, "3600")
		a, before := e.account(t), e.Requests("token")
		e.pass(passed)
		for range 3 {
			token, err := e.store.Token(t.Context(), a, TokenOptions{AtLeast: 2 * time.Hour})
			e.mustWork(t, token, err)
		}
		if n := e.Requests("token") - before; n != asked {
			t.Errorf("after %v: %d token requests, want %d", passed, n, asked)
		}
	}
	if token, err := e.store.Token(t.Context(), a, TokenOptions{AtLeast: 0}); err != nil || e.Requests("token") != before {
		t.Errorf("nothing needed: %v, ends %v", err, token.Expiry)
	}
}
