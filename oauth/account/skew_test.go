package account

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"egnyte-accounts/oauth"
)

// rewriteIndex replaces a part of accounts.json.
func (e *egnyte) rewriteIndex(t *testing.T, old, by string) {
	t.Helper()
	text, err := os.ReadFile(e.store.indexPath())
	if err == nil && !bytes.Contains(text, []byte(old)) {
		t.Fatalf("no %s in %s", old, text)
	}
	if err = errors.Join(err, os.WriteFile(e.store.indexPath(), bytes.Replace(text, []byte(old), []byte(by), 1), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// Given a list with fields that a newer version added, when this version writes it in
// any way, then they stay as they are.
func TestFieldsOfANewerVersionStay(t *testing.T) {
	t.Parallel()
	for use, do := range keyringUses {
		e := atEgnyte(t, "3600")
		e.rewriteIndex(t, `{"version":1,`, `{"version":1,"added":{"a":[1,2]},`)
		e.rewriteIndex(t, `{"account":`, `{"colour":"blue","n":12345678901234567890,"account":`)
		if err := do(t, e); err != nil {
			t.Fatalf("%s: %v", use, err)
		}
		text, _ := os.ReadFile(e.store.indexPath())
		want := []string{`"added":{"a":[1,2]}`, `"colour":"blue"`, `"n":12345678901234567890`}
		if use == "remove" || use == "sign out" {
			want = want[:1]
		}
		for _, field := range want {
			if !bytes.Contains(text, []byte(field)) {
				t.Errorf("%s: %s is lost: %s", use, field, text)
			}
		}
	}
}

// Given a list, an account or a keyring item of a newer version, then what this version
// doesn't know is left as it is, and the error says why.
func TestWhatANewerVersionWroteIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*egnyte){
		"the list":    func(e *egnyte) { e.rewriteIndex(t, `"version":1`, `"version":2`) },
		"the account": func(e *egnyte) { e.rewriteIndex(t, `"state":"ready"`, `"state":"frozen"`) },
		"the item":    replacedBy(`{"v":99,"access_token":"x","refresh_token":"y"}`),
	} {
		for _, use := range []string{"due", "replace", "sign out", "remove"} {
			if name == "the item" && (use == "replace" || use == "remove") {
				continue // which don't need the old tokens
			}
			e := atEgnyte(t, "3600")
			change(e)
			index, _ := os.ReadFile(e.store.indexPath())
			item, _ := e.keyring.Get(t.Context(), e.name)
			requests := e.Requests("revoke")
			err := keyringUses[use](t, e)
			if err == nil || !strings.Contains(err.Error(), "newer version") || errors.Is(err, ErrReconnect) {
				t.Errorf("%s, %s: %v", name, use, err)
			}
			after, _ := os.ReadFile(e.store.indexPath())
			if now, _ := e.keyring.Get(t.Context(), e.name); !now.Equal(item) || !bytes.Equal(after, index) || e.Requests("revoke") != requests {
				t.Errorf("%s, %s: something was changed: %s", name, use, after)
			}
			if _, err := e.store.List(t.Context()); err != nil {
				t.Errorf("%s: listing: %v", name, err)
			}
		}
	}
}

// Given another account's item in the place of an account's, when the account is used,
// then the other's tokens are neither given out nor ended.
func TestTheItemOfAnotherAccountIsNotUsed(t *testing.T) {
	t.Parallel()
	for use, do := range keyringUses {
		if use == "unlock" || use == "list" || use == "add" || use == "key" || use == "replace" {
			continue
		}
		e := atEgnyte(t, "3600")
		other := mustAdd(t, e.store, grantOf("bkumar", 77, "bkumar"))
		theirs, err := e.keyring.Get(t.Context(), other.Name)
		if err = errors.Join(err, e.keyring.Put(e.name, theirs)); err != nil {
			t.Fatal(err)
		}
		calls := e.Requests("token") + e.Requests("revoke")
		if err = do(t, e); (err == nil) != (use == "remove") || e.Requests("token")+e.Requests("revoke") != calls {
			t.Errorf("%s: %v", use, err)
		}
		if token, err := stored(t.Context(), e.store, other); err != nil || token.Access.Reveal() != "access-bkumar" {
			t.Errorf("%s: the other account: %v", use, err)
		}
	}
}

// Given an item that doesn't say whose it is, when Egnyte says that its token is another
// user's, then the account has to sign in again, and signing it out ends nothing.
func TestATokenOfAnotherUserIsNotEnded(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	err := e.store.Judge(t.Context(), e.account(t), oauth.User{ID: 999, Username: "bkumar"}, nil)
	mustReconnect(t, e, err, ReasonOtherUser)
	var stays *NotRevokedError
	if err := e.store.SignOut(t.Context(), e.name); !errors.As(err, &stays) || len(e.Tokens("acme", "jsmith")) != 1 {
		t.Errorf("%v; %d tokens live", err, len(e.Tokens("acme", "jsmith")))
	}
}

// Given a disk without file locks, then signing in says so before the browser opens.
func TestADiskWithoutLocksIsSaidBeforeTheBrowserOpens(t *testing.T) {
	t.Parallel()
	for _, errno := range []syscall.Errno{syscall.ENOLCK, syscall.ENOSYS, syscall.EOPNOTSUPP} {
		store, _ := newStore(t)
		store.disk = testDisk{before: func(step string) error {
			if step == "lock" {
				return errno
			}
			return nil
		}}
		if err := store.Unlock(t.Context()); !errors.Is(err, errno) {
			t.Errorf("%v: %v", errno, err)
		}
		if left, _ := os.ReadDir(store.dir); len(left) != 0 {
			t.Errorf("left: %v", left)
		}
	}
}
