package account

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"egnyte-accounts/oauth"
)

// busyKeyring lets something else happen while it writes.
type busyKeyring struct {
	*fileKeyring
	meanwhile func()
}

func (k busyKeyring) Set(ctx context.Context, user string, secret oauth.Secret) error {
	k.meanwhile()
	return k.fileKeyring.Set(ctx, user, secret)
}

func nextIndexes(t *testing.T, s *Store) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "locks", "*.next"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestWhatOthersChangeWhileTheKeyringWritesIsNotLost(t *testing.T) {
	t.Parallel()
	store, keyring := newStore(t)
	mustAdd(t, store, grantOf("jsmith", 1, "one"))
	other := mustAdd(t, store, grantOf("adoe", 2, "two"))

	// Given somebody who signs in once more, while another process
	busy := Open(store.dir, busyKeyring{keyring, func() {
		// makes another account the default, adds one, and loses one.
		if err := store.SetDefault(t.Context(), other.Name); err != nil {
			t.Error(err)
		}
		if err := store.MarkReconnect(t.Context(), other.Name, oauth.RefusedInvalidGrant); err != nil {
			t.Error(err)
		}
		mustAdd(t, store, grantOf("bob", 3, "three"))
	}})
	kept := mustAdd(t, busy, grantOf("jsmith", 1, "new"))

	// Then all of it holds.
	accounts := mustList(t, store)
	if len(accounts) != 3 || accounts[0].Name != other.Name || accounts[0].State != Reconnect {
		t.Fatalf("got %+v", accounts)
	}
	if kept.State != Ready || kept.Default || accessOf(t, store, kept) != "access-new" {
		t.Errorf("kept %+v", kept)
	}
	for _, a := range accounts[1:] {
		if a.State != Ready {
			t.Errorf("%s is %s", a.Name, a.State)
		}
	}
	if left := nextIndexes(t, store); len(left) > 0 {
		t.Errorf("left behind %v", left)
	}
}

func TestAnIndexThatCannotBePreparedIsWrittenInPlace(t *testing.T) {
	t.Parallel()
	store, keyring := newStore(t)
	// Given a place for the prepared one that is taken by a folder
	if err := os.MkdirAll(filepath.Join(store.finishPath("jsmith@acme.egnyte.com"), "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	a := mustAdd(t, Open(store.dir, keyring), grantOf("jsmith", 1, "one"))
	if got := mustList(t, store); len(got) != 1 || got[0].State != Ready || a.State != Ready || !a.Default {
		t.Errorf("got %+v and %+v", a, got)
	}
}

func TestARefusedWriteLeavesNoPreparedIndex(t *testing.T) {
	t.Parallel()
	store, keyring := newStore(t)
	mustAdd(t, store, grantOf("jsmith", 1, "one"))
	keyring.refuse(&KeyringError{KeyringLocked, errors.New("locked")})
	if _, err := store.Add(t.Context(), grantOf("jsmith", 1, "two")); err == nil {
		t.Error("it was kept")
	}
	if left := nextIndexes(t, store); len(left) > 0 {
		t.Errorf("left behind %v", left)
	}
	if got := mustList(t, store); len(got) != 1 || got[0].State != Ready {
		t.Errorf("got %+v", got)
	}
}
