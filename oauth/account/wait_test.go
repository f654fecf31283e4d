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
	waiting.now, waiting.renewWait = e.clock.now, 30*time.Millisecond

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
