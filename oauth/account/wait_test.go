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
	"egnyte-accounts/oauth/practice"
)

// lateKeyring gives another item from the second read on, as after a renewal by
// another program.
type lateKeyring struct {
	*fileKeyring
	reads int
	later oauth.Secret
}

func (k *lateKeyring) Get(ctx context.Context, user string) (oauth.Secret, error) {
	if k.reads++; k.reads > 1 {
		return k.later, nil
	}
	return k.fileKeyring.Get(ctx, user)
}

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
	old, _ := e.store.Token(t.Context(), a)
	waiting := Open(e.store.dir, e.keyring)
	waiting.now, waiting.renewWaits = e.clock.now, []time.Duration{30 * time.Millisecond, 30 * time.Millisecond}

	token, err := waiting.Fresh(t.Context(), e.client, a, 5*time.Minute)
	if err != nil || !token.Access.Equal(old.Access) {
		t.Errorf("while the old token lives: another one, or %v", err)
	}
	newer := newItem(oauth.Grant{Token: oauth.Token{Access: oauth.NewSecret("newer"), Issued: e.clock.now(), Expiry: e.clock.now().Add(time.Hour)}})
	secret, _ := newer.pack()
	waiting.keyring = &lateKeyring{fileKeyring: e.keyring, later: secret}
	if token, err = waiting.Fresh(t.Context(), e.client, a, 5*time.Minute); err != nil || token.Access.Reveal() != "newer" {
		t.Errorf("after the other one's renewal: the old token, or %v", err)
	}
	waiting.keyring = e.keyring
	e.pass(time.Hour)
	if _, err = waiting.Fresh(t.Context(), e.client, a, 5*time.Minute); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrReconnect) {
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
			return s.Fresh(t.Context(), e.client, a, 5*time.Minute)
		},
		"rejected": func(e *egnyte, s *Store, a Account, old oauth.Secret) (oauth.Token, error) {
			return s.Renew(t.Context(), e.client, a, old)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := atEgnyte(t, "3600")
			old, _ := e.store.Token(t.Context(), e.account(t))
			if name == "expired" {
				e.pass(2 * time.Hour)
			}
			const short = 20 * time.Millisecond
			e.Fault("token", practice.Fault{Hang: 20 * short}.For(1))
			before, a := e.Requests("token"), e.account(t)
			var group sync.WaitGroup
			for range 4 { // as many processes
				program := Open(e.store.dir, e.keyring)
				program.now, program.renewWaits = e.clock.now, []time.Duration{short, refreshLimit}
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
	path := filepath.Join(t.TempDir(), "a.lock")
	first, err := lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	var inside, got atomic.Int32
	for range 50 {
		group.Go(func() {
			held, err := lock(t.Context(), path)
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
			if held, err := lock(ctx, path); err == nil {
				held.release() // it came just in time
			} else if !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		})
	}
	first.release()
	group.Wait()
	last, err := lock(t.Context(), path)
	if err != nil || got.Load() != 50 {
		t.Fatalf("%d got it; then: %v", got.Load(), err)
	}
	last.release()
}
