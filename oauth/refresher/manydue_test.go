package refresher

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
)

// countingKeyring counts reads.
type countingKeyring struct {
	memoryKeyring
	mu    sync.Mutex
	reads int
}

func (k *countingKeyring) Get(ctx context.Context, user string) (oauth.Secret, error) {
	k.mu.Lock()
	k.reads++
	k.mu.Unlock()
	return k.memoryKeyring.Get(ctx, user)
}

// Given many accounts of one key that are all due, as after a holiday, then Egnyte
// is never asked more often than it allows, and all are renewed as soon as that
// lets them.
func TestManyAccountsDueAtOnceKeepToTheLimitOfTheirKey(t *testing.T) {
	t.Parallel()
	many := roundsOf(90, 250)
	at := practice.Start(t)
	grants := make([]oauth.Grant, many)
	for n := range grants {
		grants[n] = signIn(t, at, 0)
	}
	dir, now := quickFolder(t), time.Now()
	synctest.Test(t, func(t *testing.T) {
		clock := &wallClock{}
		shift := time.Until(now) + 25*24*time.Hour // of 30 days
		clock.set(shift)
		at.Advance(shift)
		keyring := &countingKeyring{}
		store := Open(dir, keyring)
		store.now = clock.now
		for n, grant := range grants {
			grant.User.Username = fmt.Sprintf("person%d", n)
			grants[n] = grant
		}
		addMany(t, store, now, grants...)
		net := &direct{handler: at.Handler()}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			Keeper{Store: store, HTTP: &http.Client{Transport: net}, Now: clock.now}.Run(ctx)
		}()
		time.Sleep(time.Duration(many/tokenRequests)*time.Hour + 2*time.Hour)
		synctest.Wait()
		cancel()
		<-ended
		asked := net.times("token")
		for n := tokenRequests; n < len(asked); n++ {
			if in := asked[n].Sub(asked[n-tokenRequests]); in < time.Hour {
				t.Fatalf("%d token requests in %s", tokenRequests+1, in)
			}
		}
		accounts, _ := store.List(context.Background())
		for _, a := range accounts {
			if a.State != Ready || a.Trouble != "" || a.Expires.Sub(clock.now()) < 25*24*time.Hour {
				t.Fatalf("%+v", a)
			}
		}
		if most := 15 * many; keyring.reads > most {
			t.Errorf("%d reads of the keyring", keyring.reads)
		}
		t.Logf("%d token requests, the last after %s; %d calls in all, %d reads of the keyring", len(asked), asked[len(asked)-1].Sub(asked[0]).Round(time.Minute), net.count(), keyring.reads)
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
