package account

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring/keyringtest"
	"egnyte-accounts/oauth/practice"
)

func TestWhoWaitsTooLongForOthersTakesWhatTheKeyringHolds(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	e.pass(56 * time.Minute)
	held, err := e.store.lockAccount(t.Context(), e.name)
	if err != nil {
		t.Fatal(err)
	}
	defer held.release()
	before := e.Requests("token")
	a := e.account(t)
	old, _ := e.store.Token(t.Context(), a, TokenOptions{NoRenewal: true})
	waiting := Open(e.store.dir, e.keyring)
	waiting.Now, waiting.renewWaits = e.clock.Now, []time.Duration{30 * time.Millisecond, 30 * time.Millisecond}

	token, err := waiting.Token(t.Context(), a, TokenOptions{MinLeft: 5 * time.Minute})
	if err != nil || !token.Access.Equal(old.Access) {
		t.Errorf("while the old token lives: another one, or %v", err)
	}
	was, _ := e.keyring.Get(t.Context(), e.name)
	newer := newItem(oauth.Grant{Token: oauth.Token{Access: oauth.NewSecret("newer"), Issued: e.clock.Now(), Expiry: e.clock.Now().Add(time.Hour)}})
	secret, _ := newer.pack()
	reads := 0
	e.keyring.Intercept(func(c keyringtest.Call) error {
		if reads++; c.Op == keyringtest.Get && reads > 2 { // before and after the first read
			return e.keyring.Put(e.name, secret) // by another process
		}
		return nil
	})
	if token, err = waiting.Token(t.Context(), a, TokenOptions{MinLeft: 5 * time.Minute}); err != nil || token.Access.Reveal() != "newer" {
		t.Errorf("after the other one's renewal: the old token, or %v", err)
	}
	e.keyring.Intercept(nil)
	if err := e.keyring.Put(e.name, was); err != nil {
		t.Fatal(err)
	}
	e.pass(time.Hour)
	if _, err = waiting.Token(t.Context(), a, TokenOptions{MinLeft: 5 * time.Minute}); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrReconnect) {
		t.Errorf("when the old token is over: %v", err)
	}
	if n := e.Requests("token") - before; n != 0 {
		t.Errorf("%d token requests without the lock", n)
	}
}

// Given a token that is over and an Egnyte that takes longer to renew it than
// programs like to wait, then all wait, for one request, and all succeed.
func TestWhoHasNoTokenThatWorksWaitsForASlowRenewal(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(*egnyte, *Store, Account, oauth.Secret) (oauth.Token, error){
		"expired": func(e *egnyte, s *Store, a Account, _ oauth.Secret) (oauth.Token, error) {
			return s.Token(t.Context(), a, TokenOptions{MinLeft: 5 * time.Minute})
		},
		"rejected": func(e *egnyte, s *Store, a Account, old oauth.Secret) (oauth.Token, error) {
			return s.Token(t.Context(), a, TokenOptions{Rejected: old})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := atEgnyte(t, "3600")
			old, _ := e.store.Token(t.Context(), e.account(t), TokenOptions{NoRenewal: true})
			if name == "expired" {
				e.pass(2 * time.Hour)
			}
			const short = 20 * time.Millisecond
			e.Fault("token", practice.Fault{Hang: 20 * short}.For(1))
			before, a := e.Requests("token"), e.account(t)
			var group sync.WaitGroup
			for range 4 { // as many processes
				program := Open(e.store.dir, e.keyring)
				program.Now, program.renewWaits = e.clock.Now, []time.Duration{short, refreshLimit}
				group.Go(func() {
					token, err := ask(e, program, a, old.Access)
					e.mustWork(t, token, err)
				})
			}
			group.Wait()
			if n := e.Requests("token") - before; n != 1 {
				t.Errorf("%d token requests", n)
			}
		})
	}
}

func TestALockGoesToAllWhoWaitAndToNobodyWhoGaveUp(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	path := filepath.Join(t.TempDir(), "a.lock")
	first, err := store.lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	var inside, got atomic.Int32
	for range 50 {
		group.Go(func() {
			held, err := store.lock(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			if inside.Add(1) != 1 {
				t.Error("two hold it at once")
			}
			got.Add(1)
			inside.Add(-1)
			held.release()
		})
		group.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			if held, err := store.lock(ctx, path); err == nil {
				held.release() // it came just in time
			} else if !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		})
	}
	first.release()
	group.Wait()
	last, err := store.lock(t.Context(), path)
	if err != nil || got.Load() != 50 {
		t.Fatalf("%d got it; then: %v", got.Load(), err)
	}
	last.release()
}
