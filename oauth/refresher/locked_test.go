package refresher

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
)

// lockable is a keyring that can be locked; a read of a locked one shows its
// person a prompt, which they dismiss.
type lockable struct {
	scripted
	mu      sync.Mutex
	locked  bool
	prompts int
}

// Get fails as go-keyring does when its prompt is dismissed.
func (l *lockable) Get(service, user string) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.locked {
		l.prompts++
		return "", errors.New("failed to unlock correct collection")
	}
	return l.scripted.Get(service, user)
}

func (l *lockable) setLocked(locked bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.locked = locked
}

func (l *lockable) shown() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.prompts
}

// telling is one that can be asked whether it is locked, as the Secret Service.
type telling struct{ *lockable }

func (t telling) IsLocked() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.locked
}

// vault is a keeper of a few accounts over a system keyring.
type vault struct {
	*lockable
	store *Store
	net   *direct
	wake  chan struct{}

	changes chan struct{}
}

func (v *vault) wait(d time.Duration) {
	time.Sleep(d) // a bubble's
	synctest.Wait()
}

// checked counts the accounts that Egnyte has accepted.
func (v *vault) checked(t *testing.T) (n int) {
	t.Helper()
	for _, a := range mustList(t, v.store) {
		if a.State != Ready {
			t.Errorf("%s is %s", a.Name, a.State)
		}
		if a.Checked != nil {
			n++
		}
	}
	return n
}

// keepingVault runs test in a bubble, with a keeper of five accounts that finds
// the keyring locked.
func keepingVault(t *testing.T, backendOf func(*lockable) backend, test func(*testing.T, *vault)) {
	t.Helper()
	at := practice.Start(t)
	grant := signIn(t, at, 0)
	dir, now := t.TempDir(), time.Now()
	synctest.Test(t, func(t *testing.T) {
		clock := &wallClock{}
		clock.set(time.Until(now))
		lock := &lockable{scripted: scripted{items: map[string]string{}}}
		store := Open(dir, newSystemKeyring(backendOf(lock), reachable, keyringWait))
		store.now = clock.now
		addMany(t, store, now, people(grant, 5)...)
		lock.setLocked(true)
		v := &vault{lock, store, &direct{handler: at.Handler()}, make(chan struct{}, 1), make(chan struct{}, 1)}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			Keeper{Store: store, HTTP: &http.Client{Transport: v.net}, Now: clock.now, Wake: v.wake, Changed: v.changes}.Run(ctx)
		}()
		test(t, v)
		cancel()
		<-ended
	})
}

// people are many with the token of one.
func people(grant oauth.Grant, many int) []oauth.Grant {
	grants := make([]oauth.Grant, many)
	for n := range grants {
		grants[n] = grant
		grants[n].User.Username = fmt.Sprintf("person%d", n)
	}
	return grants
}

// addMany puts accounts into a store that no keeper has ever checked.
func addMany(t *testing.T, store *Store, renewed time.Time, grants ...oauth.Grant) {
	t.Helper()
	err := store.updateIndex(t.Context(), func(x *index) error {
		for _, grant := range grants {
			i := newItem(grant)
			secret, err := i.pack()
			if err != nil {
				return err
			}
			a := accountOf(usualName(grant), grant, i)
			a.State, a.Checked, a.Renewed = Ready, nil, renewed
			x.put(entry{Account: a})
			if err := store.keyring.Set(t.Context(), a.Name, secret); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Given a locked keyring that says so, when the keeper checks, then nobody is
// asked anything; and once it is open, all accounts are checked.
func TestALockedKeyringIsNotAskedForInTheBackground(t *testing.T) {
	keepingVault(t, func(l *lockable) backend { return telling{l} }, func(t *testing.T, v *vault) {
		v.wait(24 * time.Hour)
		if v.shown() != 0 || v.net.count() != 0 {
			t.Errorf("%d prompts and %d calls", v.shown(), v.net.count())
		}
		v.setLocked(false)
		v.wait(longestBackoff + time.Minute)
		if n := v.checked(t); n != 5 || v.shown() != 0 {
			t.Errorf("%d of 5 checked after it was opened, %d prompts", n, v.shown())
		}
	})
}

func TestAWakeLooksAtALockedKeyringAgain(t *testing.T) {
	keepingVault(t, func(l *lockable) backend { return telling{l} }, func(t *testing.T, v *vault) {
		v.wait(10 * time.Hour)
		v.setLocked(false)
		v.wake <- struct{}{}
		v.wait(10 * time.Second)
		if n := v.checked(t); n != 5 {
			t.Errorf("%d of 5 checked", n)
		}
	})
}

// says counts the accounts of which the index says this trouble.
func (v *vault) says(t *testing.T, trouble Trouble) (n int) {
	t.Helper()
	for _, a := range mustList(t, v.store) {
		if a.Trouble == trouble {
			n++
		}
	}
	return n
}

// Given a locked keyring, then the index says so of every account; and once
// somebody has unlocked it, by this app or without it, it no longer does.
func TestTheIndexSaysOfALockedKeyringThatItIsOne(t *testing.T) {
	for name, open := range map[string]func(t *testing.T, v *vault){
		"by this app": func(t *testing.T, v *vault) {
			v.setLocked(false)
			if err := v.store.Unlock(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := v.says(t, Locked); n != 0 {
				t.Errorf("still said of %d", n)
			}
			v.changes <- struct{}{}
			v.wait(10 * time.Second)
		},
		"without it": func(_ *testing.T, v *vault) {
			v.setLocked(false)
			v.wait(lockedBackoff + 10*time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			keepingVault(t, func(l *lockable) backend { return telling{l} }, func(t *testing.T, v *vault) {
				v.wait(time.Hour)
				if n := v.says(t, Locked); n != 5 {
					t.Fatalf("said of %d of 5", n)
				}
				open(t, v)
				if n, locked := v.checked(t), v.says(t, Locked); n != 5 || locked != 0 {
					t.Errorf("%d of 5 checked, %d still said to be locked", n, locked)
				}
			})
		})
	}
}

// Given a locked keyring that stays so, when somebody tries to unlock it, then
// that is an error, and the index says what it said.
func TestAKeyringThatStaysLockedIsStillSaidToBe(t *testing.T) {
	keepingVault(t, func(l *lockable) backend { return telling{l} }, func(t *testing.T, v *vault) {
		v.wait(time.Minute)
		trouble, ok := errors.AsType[*KeyringError](v.store.Unlock(t.Context()))
		if !ok || trouble.Kind != KeyringLocked {
			t.Errorf("got %v", trouble)
		}
		if n := v.says(t, Locked); n != 5 {
			t.Errorf("said of %d of 5", n)
		}
	})
}

// Given a keyring that can't be asked without a prompt, then five accounts raise
// one together, and the next comes half an hour later at the earliest.
func TestALockedKeyringShowsOnePromptForAllAccounts(t *testing.T) {
	keepingVault(t, func(l *lockable) backend { return l }, func(t *testing.T, v *vault) {
		for range 29 {
			v.wait(time.Minute)
			v.wake <- struct{}{} // a network that comes and goes changes nothing
		}
		if v.shown() != 1 {
			t.Errorf("%d prompts in half an hour", v.shown())
		}
		v.wait(24 * time.Hour)
		if v.shown() > 50 {
			t.Errorf("%d prompts in a day", v.shown())
		}
		v.setLocked(false)
		v.wait(longestBackoff + time.Minute)
		if n := v.checked(t); n != 5 {
			t.Errorf("%d of 5 checked after it was opened", n)
		}
	})
}

// Given a keyring that locks between the read and the write of a renewal, then
// its person is asked after all: the new pair is the only one that works.
func TestAPairIsKeptEvenIfThatTakesAPrompt(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	e.pass(2 * time.Hour)
	asking := &askedKeyring{Keyring: e.keyring}
	e.store.keyring = asking
	token, err := e.store.Fresh(Unattended(t.Context()), e.client, e.account(t), time.Minute)
	e.mustWork(t, token, err)
	if !asking.readUnattended || asking.wroteUnattended {
		t.Errorf("read in the background: %v, written in the background: %v", asking.readUnattended, asking.wroteUnattended)
	}
}

type askedKeyring struct {
	Keyring
	readUnattended, wroteUnattended bool
}

func (k *askedKeyring) Get(ctx context.Context, user string) (oauth.Secret, error) {
	k.readUnattended = isUnattended(ctx)
	return k.Keyring.Get(ctx, user)
}

func (k *askedKeyring) Set(ctx context.Context, user string, secret oauth.Secret) error {
	k.wroteUnattended = isUnattended(ctx)
	return k.Keyring.Set(ctx, user, secret)
}
