package account

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/keyringtest"
	"egnyte-accounts/oauth/practice"
)

// Given a token, then it is renewed when little of its life is left, and not before.
func TestATokenIsRenewedWhenLittleOfItIsLeft(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	before := e.Requests("token")

	first, err := e.fresh(t)
	e.mustWork(t, first, err)
	if e.Requests("token") != before {
		t.Error("a young token was renewed")
	}
	e.pass(56 * time.Minute)
	second, err := e.fresh(t)
	e.mustWork(t, second, err)
	e.mustHoldNewest(t)
	if a := e.account(t); e.Requests("token") != before+1 || second.Access.Equal(first.Access) || a.State != Ready || !a.Expires.Equal(second.Expiry.Truncate(time.Second)) {
		t.Errorf("%d requests, %+v", e.Requests("token")-before, a)
	}
	e.pass(2 * time.Hour) // expired altogether
	third, err := e.fresh(t)
	e.mustWork(t, third, err)
}

// Given many goroutines and two processes that need a new token, then one request is made.
func TestManyWhoAskAtOnceMakeOneRequest(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	e.pass(2 * time.Hour)
	before := e.Requests("token")
	other := Open(e.store.dir, e.keyring) // as another process would
	other.Now = e.clock.Now
	a := e.account(t)
	var group sync.WaitGroup
	for n := range 16 {
		group.Go(func() {
			store := []*Store{e.store, other}[n%2]
			if _, err := store.Token(t.Context(), a, TokenOptions{MinLeft: time.Minute}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := e.Requests("token") - before; n != 1 {
		t.Errorf("%d token requests", n)
	}
	e.mustHoldNewest(t)
}

// Given a token that Egnyte rejects, then it is renewed once for all who report it.
func TestA401IsAnsweredByARenewalOnce(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	a := e.account(t)
	old, _ := e.store.Token(t.Context(), a, TokenOptions{NoRenewal: true})
	before := e.Requests("token")
	for range 3 { // who comes late is given what the first one got
		token, err := e.store.Token(t.Context(), a, TokenOptions{Rejected: old.Access})
		e.mustWork(t, token, err)
	}
	if n := e.Requests("token") - before; n != 1 {
		t.Errorf("%d token requests", n)
	}
}

// Given a final refusal of a renewal, then the account turns to Reconnect and Egnyte is not
// asked again.
func TestARefusalForGoodAsksForASignIn(t *testing.T) {
	t.Parallel()
	for reason, fault := range map[oauth.RefusalKind]practice.Fault{
		oauth.RefusedInvalidGrant: practice.FaultInvalidGrant,
		oauth.RefusedClient:       practice.FaultInvalidClient,
		oauth.RefusedKey:          practice.FaultUnknownKey.XML(),
	} {
		e := atEgnyte(t, "3600")
		e.pass(2 * time.Hour)
		e.Fault("token", fault)
		_, err := e.fresh(t)
		mustReconnect(t, e, err, reason)
		asked := e.Requests("token")
		if _, err := e.fresh(t); !errors.Is(err, ErrReconnect) || e.Requests("token") != asked {
			t.Errorf("%s: asked again", reason)
		}
		e.ClearFault("token")
		if _, err := e.store.Save(t.Context(), e.name, egnytetest.SignIn(t, e.Server)); err != nil || e.account(t).State != Ready {
			t.Errorf("%s: signing in again: %v", reason, err)
		}
	}
}

// Given a token that nothing can renew, then one refusal of it may be a proxy's. A second
// one, a minute later, ends the account, unless a check succeeded in between.
func TestOneRefusalOfATokenThatNothingRenewsEndsNoAccount(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	at.OmitRefreshToken(true)
	e := accountAt(t, at)
	refuse := func() error {
		token, err := e.store.Token(t.Context(), e.account(t), TokenOptions{NoRenewal: true})
		if err == nil {
			_, err = e.store.Token(t.Context(), e.account(t), TokenOptions{Rejected: token.Access})
		}
		return err
	}
	mustWait := func(when string) {
		t.Helper()
		if err := refuse(); !oauth.Passing(err) || e.account(t).State != Ready {
			t.Errorf("%s: %v", when, err)
		}
	}
	mustWait("the first")
	e.clock.Move(30 * time.Second)
	mustWait("half a minute later")
	e.clock.Move(31 * time.Second)
	if err := e.store.Record(t.Context(), map[string]Status{e.name: {At: e.clock.Now(), Checked: true}}); err != nil {
		t.Fatal(err)
	}
	e.clock.Move(time.Second)
	mustWait("after a check that succeeded")
	e.clock.Move(time.Minute)
	mustReconnect(t, e, refuse(), oauth.RefusedUnauthorized)
}

// Given a password change, then the reason for Reconnect is that the tokens were refused.
func TestAPasswordChangeIsToldAsOne(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	a := e.account(t)
	token, _ := e.store.Token(t.Context(), a, TokenOptions{NoRenewal: true})
	e.ChangePassword("acme", "jsmith", "another")
	_, err := e.store.Token(t.Context(), a, TokenOptions{Rejected: token.Access})
	mustReconnect(t, e, err, oauth.RefusedUnauthorized)
}

// Given an answer that says nothing about the account, then it stays Ready.
func TestNoPassingAnswerLosesAnAccount(t *testing.T) {
	t.Parallel()
	for name, fault := range egnytetest.Passing() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := atEgnyte(t, "3600")
			old, _ := e.store.Token(t.Context(), e.account(t), TokenOptions{NoRenewal: true})
			e.Fault("token", fault)

			// Given a token that still lives, it is what one gets
			e.clock.Move(57 * time.Minute)
			if token, err := e.fresh(t); err != nil || !token.Access.Equal(old.Access) {
				t.Errorf("while the old one lives: %v", err)
			}
			// Given none, the trouble is told
			e.clock.Move(2 * time.Hour)
			if _, err := e.fresh(t); err == nil || errors.Is(err, ErrReconnect) {
				t.Errorf("when it has expired: %v", err)
			}
			if a := e.account(t); a.State != Ready {
				t.Errorf("the account is %+v", a)
			}
			// And afterwards all is well
			e.ClearFault("token")
			e.clock.Move(30 * time.Hour)
			token, err := e.fresh(t)
			e.mustWork(t, token, err)
			e.mustHoldNewest(t)
		})
	}
}

// Given an Egnyte that asks to wait, then no process asks before that time.
func TestEgnytesWaitIsKeptByAllWhoAsk(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	e.pass(2 * time.Hour)
	e.Fault("token", practice.FaultTokenLimit.WithRetryAfter(10*time.Minute))
	before := e.Requests("token")
	for range 5 {
		_, err := Open(e.store.dir, e.keyring).Token(t.Context(), e.account(t), TokenOptions{MinLeft: 2 * time.Hour})
		_ = err // its clock is the machine's: the token lives
		if _, err := e.fresh(t); !oauth.Passing(err) {
			t.Fatal(err)
		}
	}
	if n := e.Requests("token") - before; n != 1 {
		t.Errorf("%d requests within the wait", n)
	}
	e.ClearFault("token")
	e.pass(11 * time.Minute)
	token, err := e.fresh(t)
	e.mustWork(t, token, err)
}

// Given a pause that begins in the future, then it counts as over.
func TestAPauseFromBeforeTheClockWasSetBackIsNone(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p := pauseFrom(now, time.Hour)
	if p.left(now) < 59*time.Minute || p.left(now.Add(time.Hour)) != 0 || p.left(now.Add(-24*time.Hour)) != 0 {
		t.Errorf("%+v", p)
	}
}

func TestWhateverExpiresInSaysNoAccountIsLost(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{`-1`, `"3600"`, `0`, `null`, `1e12`, ``} {
		e := atEgnyte(t, "3600")
		e.pass(2 * time.Hour)
		e.ExpiresIn(raw)
		for range 3 {
			if _, err := e.fresh(t); err != nil {
				t.Errorf("%s: %v", raw, err)
			}
		}
		if a := e.account(t); a.State != Ready {
			t.Errorf("%s: %+v", raw, a)
		}
		e.mustHoldNewest(t)
	}
}

// Given a token without an end, then it is not renewed.
func TestWhatCannotBeRenewedIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, expiresIn := range []string{"", "-1"} {
		e := atEgnyte(t, expiresIn)
		before := e.Requests("token")
		e.pass(1000 * time.Hour)
		token, err := e.fresh(t)
		e.mustWork(t, token, err)
		if e.Requests("token") != before {
			t.Errorf("%q: a token without an end was renewed", expiresIn)
		}
	}
}

// Given a keyring that refuses a renewed pair, then saving is tried again; if it fails for
// good, the account says Reconnect.
func TestAPairThatCannotBeKeptIsNeverLostInSilence(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	e.pass(2 * time.Hour)
	var refuses atomic.Int32
	refuses.Store(2)
	e.keyring.Intercept(func(c keyringtest.Call) error {
		if c.Op == keyringtest.Set && !c.Done && refuses.Add(-1) >= 0 {
			return trouble(keyring.Locked)
		}
		return nil
	})
	token, err := e.fresh(t) // tried again, and kept
	e.mustWork(t, token, err)
	e.mustHoldNewest(t)

	e.pass(2 * time.Hour)
	refuses.Store(1000)
	_, err = e.fresh(t)
	var lost *LostPairError
	if !errors.As(err, &lost) || lost.Account != e.name {
		t.Errorf("got %v", err)
	}
	mustReconnect(t, e, err, ReasonUnsaved)
}

// Given a caller that gives up during a renewal, then the new pair is saved.
func TestWhoGivesUpLeavesTheRenewalToEndWell(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	e.pass(2 * time.Hour)
	a := e.account(t)
	e.Fault("token", practice.Fault{Hang: 300 * time.Millisecond}.For(1))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	token, err := e.store.Token(ctx, a, TokenOptions{MinLeft: time.Minute})
	e.mustWork(t, token, err)
	e.mustHoldNewest(t)
}

// Given an Egnyte that hangs, then the old token is returned while it works.
func TestAHangingEgnyteHoldsNobodyForLong(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	e.clock.Move(57 * time.Minute)
	e.Fault("token", practice.Fault{Hang: -1})
	e.store.HTTP.Timeout = 200 * time.Millisecond
	if _, err := e.store.Token(t.Context(), e.account(t), TokenOptions{MinLeft: 5 * time.Minute}); err != nil {
		t.Errorf("the old token still lives: %v", err)
	}
	e.clock.Move(2 * time.Hour)
	if _, err := e.store.Token(t.Context(), e.account(t), TokenOptions{MinLeft: 5 * time.Minute}); !oauth.Passing(err) {
		t.Errorf("got %v", err)
	}
}

// Given an index that misses a renewal, then the next request for a token corrects it.
func TestAnIndexThatMissedARenewalCatchesUp(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	a := e.account(t)
	e.pass(2 * time.Hour)
	token, err := e.fresh(t)
	e.mustWork(t, token, err)
	if err := e.store.updateEntry(t.Context(), e.name, func(_ *index, e *entry) { e.Expires, e.Renewed = a.Expires, a.Renewed }); err != nil {
		t.Fatal(err)
	}
	if _, err := e.store.Token(t.Context(), a, TokenOptions{Rejected: oauth.NewSecret("an older one")}); err != nil {
		t.Fatal(err)
	}
	if got := e.account(t); !got.Expires.Equal(token.Expiry.Truncate(time.Second)) {
		t.Errorf("the index says %s, the token ends %s", got.Expires, token.Expiry)
	}
}
