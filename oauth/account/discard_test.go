//go:build unix

package account

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/keyringtest"
)

// Given a reconnect that can't be kept, whatever the reason, then the new
// sign-in is ended at Egnyte, or it is found in the keyring afterwards.
func TestAGrantThatIsNotKeptIsEnded(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]func(*testing.T, *egnyte){
		"a broken index": func(t *testing.T, e *egnyte) {
			if err := os.WriteFile(filepath.Join(e.store.dir, indexName), []byte("{"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"a lock that nobody gives back": func(t *testing.T, e *egnyte) {
			held, err := e.store.lockAccount(t.Context(), e.name)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(held.release)
		},
		"a locked keyring": func(_ *testing.T, e *egnyte) {
			e.keyring.Fail(trouble(keyring.Locked), keyringtest.Set, keyringtest.Delete)
		},
		"no such account any more": func(t *testing.T, e *egnyte) {
			if err := e.store.Remove(t.Context(), e.name); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := atEgnyte(t, "3600")
			grant := egnytetest.SignIn(t, e.Server)
			breaks(t, e)
			ctx, cancel := context.WithCancel(t.Context())
			if name == "a lock that nobody gives back" { // the limit is a minute: somebody gives up before
				cancel()
			}
			defer cancel()
			if _, err := e.saveOrDiscard(ctx, grant); err == nil {
				t.Fatal("it was kept")
			}
			e.mustHaveEnded(t, grant)
		})
	}
}

// Given a disk that is full at any one step, then a grant lives on at Egnyte only
// where the keyring holds it.
func TestAGrantOutlivesAFullDiskOnlyInTheKeyring(t *testing.T) {
	for at, steps := int64(1), int64(2); at <= steps; at++ {
		e := atEgnyte(t, "3600")
		grant := egnytetest.SignIn(t, e.Server)
		var err error
		steps = brokenDisk(e.store, func(n int64) error {
			if n == at {
				return syscall.ENOSPC
			}
			return nil
		}, func() { _, err = e.saveOrDiscard(t.Context(), grant) })
		if i, readErr := e.store.readItem(t.Context(), e.name); readErr != nil || i.AccessToken != grant.Token.Access.Reveal() {
			e.mustHaveEnded(t, grant)
			if err == nil {
				t.Errorf("step %d: kept, and the keyring has something else", at)
			}
		} else {
			e.mustWork(t, grant.Token, nil)
		}
	}
}

func (e *egnyte) mustHaveEnded(t *testing.T, grant oauth.Grant) {
	t.Helper()
	var refusal *oauth.Refusal
	if _, err := oauth.UserInfo(t.Context(), e.store.HTTP, grant.Domain, grant.Token.Access); !errors.As(err, &refusal) || refusal.Kind != oauth.RefusedUnauthorized {
		t.Errorf("the sign-in lives on: %v", err)
	}
}
