//go:build unix

package account

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring/keyringtest"
)

// brokenDisk fails the steps of reading and writing that fails says, counted from 1,
// while do runs. It returns how many steps there were.
func brokenDisk(s *Store, fails func(n int64) error, do func()) int64 {
	var steps atomic.Int64
	s.disk = testDisk{before: func(step string) error {
		if step == "lock" || step == stepWaits {
			return nil
		}
		return fails(steps.Add(1))
	}}
	defer func() { s.disk = realDisk{} }()
	do()
	return steps.Load()
}

func noFault(int64) error { return nil }

// diskErrors are those of a full disk, one that went read-only, and a dying one.
var diskErrors = []error{syscall.ENOSPC, syscall.EROFS, syscall.EIO}

// Given a disk that fails at any one step of a change, or from any step on, then
// the change says so, every account is the old one or the new one, and no secret
// is without its entry.
func TestADiskThatFailsAtAnyStepLosesNoAccount(t *testing.T) {
	for _, change := range []string{"add", "replace", "remove"} {
		store, _ := arranged(t)
		steps := brokenDisk(store, noFault, func() { _ = makeChange(store, change) })
		if steps < 6 {
			t.Fatalf("%s has %d steps", change, steps)
		}
		for at := int64(1); at <= steps; at++ {
			for n, errno := range diskErrors {
				for _, stays := range []bool{false, true} {
					store, secrets := arranged(t)
					var err error
					brokenDisk(store, func(n int64) error {
						if n == at || stays && n > at {
							return errno
						}
						return nil
					}, func() { err = makeChange(store, change) })
					when := fmt.Sprintf("%s, %v at step %d of %d, stays: %v", change, errno, at, steps, stays)
					var path *fs.PathError
					if err != nil && !errors.As(err, &path) {
						t.Errorf("%s: %v, which tells nobody that it is the disk", when, err)
					}
					if err != nil && (strings.Contains(err.Error(), "access-") || strings.Contains(err.Error(), "secret-")) {
						t.Errorf("%s: the error holds a secret: %v", when, err)
					}
					checkWhole(t, when, store, secrets)
					if n > 0 && testing.Short() {
						break
					}
				}
			}
		}
	}
}

// A pair that was renewed is kept though the list can't be written, and the list
// catches up when it can.
func TestARenewalOnABrokenDiskKeepsItsPair(t *testing.T) {
	e := atEgnyte(t, "3600")
	for at := int64(1); at <= 12; at++ {
		for _, errno := range diskErrors {
			e.pass(2 * time.Hour)
			a := e.account(t)
			var token oauth.Token
			var err error
			brokenDisk(e.store, func(n int64) error {
				if n >= at {
					return errno
				}
				return nil
			}, func() { token, err = e.store.Token(t.Context(), a, TokenOptions{MinLeft: 5 * time.Minute}) })
			if err != nil { // the list could not even be read: nothing was asked
				if token, err = e.fresh(t); err != nil {
					t.Fatalf("%v from step %d on: afterwards %v", errno, at, err)
				}
			}
			e.mustWork(t, token, err)
			e.mustHoldNewest(t)
			if a := e.account(t); a.State != Ready {
				t.Errorf("%v from step %d on: %+v", errno, at, a)
			}
		}
	}
}

// The same with a real disk, where this process may have one of its own.
func TestARealFullDiskAndAReadOnlyOneLoseNoAccount(t *testing.T) {
	dir := t.TempDir()
	if err := mountSmallDisk(dir); err != nil {
		t.Skipf("no disk of its own to fill: %v", err)
	}
	t.Cleanup(func() { _ = unmount(dir) })
	secrets := &keyringtest.Keyring{Dir: t.TempDir()}
	store := Open(dir+"/config", secrets)
	mustAdd(t, store, grantOf("jsmith", 1, "old"))
	mustAdd(t, store, grantOf("bob", 3, "bob"))
	fill(t, dir+"/filler")
	for what, change := range map[string]func() error{
		"a full disk":      func() error { return nil },
		"a read-only disk": func() error { return remountReadOnly(dir) },
	} {
		if err := change(); err != nil {
			t.Skipf("%s can't be had: %v", what, err)
		}
		var path *fs.PathError
		if err := makeChange(store, "add"); !errors.As(err, &path) || !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EROFS) {
			t.Errorf("%s: %v", what, err)
		}
		for _, a := range mustList(t, store) {
			if got := accessOf(t, store, a); a.State != Ready || got != "access-old" && got != "access-bob" {
				t.Errorf("%s: %s is %s with %s", what, a.Name, a.State, got)
			}
		}
		if users := secrets.Users(); len(users) != 2 {
			t.Errorf("%s: secrets of %v", what, users)
		}
	}
}

// fill leaves no room on the disk of path.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for size := 64 << 10; size > 0; {
		if _, err := file.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
}
