package account

import (
	"context"
	"errors"
	"hash/fnv"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"egnyte-accounts/oauth"
)

func contextFor(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d)
}

// churn adds, removes and replaces an account of its own, and leaves it signed in.
func churn(ctx context.Context, store *Store, who string) error {
	hash := fnv.New32()
	_, _ = hash.Write([]byte(who))
	grant := grantOf(who, int64(hash.Sum32())+1, who)
	for range 3 {
		a, err := store.Save(ctx, "", grant)
		if err != nil {
			return err
		}
		if err := store.Remove(ctx, a.Name); err != nil {
			return err
		}
	}
	a, err := store.Save(ctx, "", grant)
	if err != nil {
		return err
	}
	if err := store.SetDefault(ctx, a.Name); err != nil {
		return err
	}
	_, err = store.Save(ctx, a.Name, grant)
	return err
}

func TestOneAccountUnderManyHandsStaysWhole(t *testing.T) {
	t.Parallel()
	store, secrets := newStore(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			grant := grantOf("jsmith", 1, "same")
			a, err := store.Save(t.Context(), "", grant)
			if err != nil {
				t.Error(err)
			}
			if i%2 == 0 {
				if err := store.Remove(t.Context(), a.Name); err != nil && !errors.Is(err, ErrNoAccount) {
					t.Error(err)
				}
			}
			if _, err := store.List(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	accounts := mustList(t, store)
	if len(accounts) != len(secrets.Users()) {
		t.Errorf("%d accounts and %d items", len(accounts), len(secrets.Users()))
	}
	for _, a := range accounts {
		if a.State != Ready {
			t.Errorf("%+v", a)
		}
	}
}

func TestALockWhoseFileWasRemovedIsNotTaken(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	path := filepath.Join(t.TempDir(), "a.lock")
	first, err := store.takeLock(path, false)
	if first == nil || err != nil {
		t.Fatal(err)
	}
	waiting := make(chan *fileLock)
	go func() {
		held, _ := store.lock(t.Context(), path)
		waiting <- held
	}()
	first.releaseAndRemove()
	second := <-waiting
	if second == nil {
		t.Fatal("the one who waited got no lock")
	}
	if third, err := store.takeLock(path, false); third != nil || err != nil {
		t.Errorf("two hold the same lock: %v", err)
	}
	second.release()
}

func TestOneAtATimeHoldsALockThatIsRemovedByEachOwner(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	path := filepath.Join(t.TempDir(), "a.lock")
	var holders, taken atomic.Int64
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			for taken.Load() < 300 {
				held, err := store.takeLock(path, false)
				if err != nil {
					t.Error(err)
					return
				}
				if held == nil {
					continue
				}
				taken.Add(1)
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d hold the lock", n)
				}
				runtime.Gosched()
				holders.Add(-1)
				held.releaseAndRemove()
			}
		})
	}
	group.Wait()
}

func TestWaitingForALockEndsWithTheContext(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	a := mustAdd(t, store, grantOf("jsmith", 1, "one"))
	held, err := store.lockAccount(t.Context(), a.Name)
	if err != nil {
		t.Fatal(err)
	}
	defer held.release()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := store.Remove(ctx, a.Name); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func within(t *testing.T, what string, changes <-chan struct{}) {
	t.Helper()
	select {
	case <-changes:
	case <-time.After(5 * time.Second):
		t.Fatalf("%s was not noticed", what)
	}
}

func TestAWatchHearsOfEveryChangeWhoeverMadeIt(t *testing.T) {
	t.Parallel()
	store, secrets := newStore(t) // its folder does not exist yet
	ctx, cancel := context.WithCancel(t.Context())
	changes, err := store.Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	other := Open(store.dir, secrets)

	a := mustAdd(t, other, grantOf("jsmith", 1, "one"))
	within(t, "an added account", changes)
	// The tail of that burst may still come; wait for the state, not the signal.
	if err := other.markReconnect(t.Context(), a.Name, oauth.RefusedUnauthorized); err != nil {
		t.Fatal(err)
	}
	within(t, "a mark", changes)
	saveSettings(t, store, "eu")
	within(t, "a saved setting", changes)
	if err := os.RemoveAll(store.dir); err != nil {
		t.Fatal(err)
	}
	within(t, "a folder thrown away", changes)
	for range 2 { // the watch is on the new folder once it has said so
		mustAdd(t, other, grantOf("jsmith", 1, "two"))
		within(t, "an account in the new folder", changes)
	}

	cancel()
	for range changes { // drains what is left; ends as the channel is closed
	}
}

// Given a system that can't watch the folder, as when the user's inotify
// instances are used up, then each change is noticed all the same, and the log
// says once that the index is polled.
func TestAWatchThatTheSystemRefusesPolls(t *testing.T) {
	var log strings.Builder
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	refused := func() (*fsnotify.Watcher, error) { return nil, syscall.EMFILE }
	store, secrets := newStore(t)
	other := Open(store.dir, secrets)
	ctx, cancel := context.WithCancel(t.Context())
	var watches [2]<-chan struct{}
	for i := range watches {
		var err error
		if watches[i], err = store.watch(ctx, refused); err != nil {
			t.Fatal(err)
		}
	}

	a := mustAdd(t, other, grantOf("jsmith", 1, "one"))
	for _, changes := range watches {
		within(t, "an added account", changes)
	}
	if err := other.markReconnect(t.Context(), a.Name, oauth.RefusedUnauthorized); err != nil {
		t.Fatal(err)
	}
	for _, changes := range watches {
		within(t, "a mark", changes)
	}
	saveSettings(t, store, "eu")
	for _, changes := range watches {
		within(t, "a saved setting", changes)
	}
	if err := os.RemoveAll(store.dir); err != nil {
		t.Fatal(err)
	}
	for _, changes := range watches {
		within(t, "a folder thrown away", changes)
	}

	cancel()
	for _, changes := range watches {
		for range changes { // ends as the channel is closed
		}
	}
	if said := log.String(); strings.Count(said, "every 2 s") != 1 || !strings.Contains(said, syscall.EMFILE.Error()) {
		t.Errorf("the log says %q", said)
	}
}

// saveSettings changes the settings beside the index.
func saveSettings(t *testing.T, store *Store, region string) {
	t.Helper()
	path := filepath.Join(store.dir, "settings.json")
	if err := errors.Join(os.WriteFile(path+".tmp", []byte(`{"region":"`+region+`"}`), 0o600), os.Rename(path+".tmp", path)); err != nil {
		t.Fatal(err)
	}
}

func TestAWatchFailsWhereTheFolderCannotBeMade(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(file, "config"), nil).Watch(t.Context()); err == nil {
		t.Error("no error")
	}
}
