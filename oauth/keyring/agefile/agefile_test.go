package agefile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring"
)

// cheap is the work factor of tests, which are not about its cost.
const cheap = 4

func knows(passphrase string) Passphrase {
	return func(context.Context, bool) (oauth.Secret, error) { return oauth.NewSecret(passphrase), nil }
}

func open(path, passphrase string) *File {
	s := Open(path, knows(passphrase))
	s.workFactor = cheap
	return s
}

var _ keyring.Keyring = (*File)(nil)

func newPath(t *testing.T) string { return filepath.Join(t.TempDir(), "folder", "accounts.age") }

func mustSet(t *testing.T, s *File, user, secret string) {
	t.Helper()
	if err := s.Set(t.Context(), user, oauth.NewSecret(secret)); err != nil {
		t.Fatal("writing", user, err)
	}
}

func wantSecret(t *testing.T, s *File, user, want string) {
	t.Helper()
	got, err := s.Get(t.Context(), user)
	if err != nil || got.Reveal() != want {
		t.Errorf("%s reads as %q, %v, want %q", user, got.Reveal(), err, want)
	}
}

func TestWhatIsWrittenIsReadByTheNextProcess(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	mustSet(t, open(path, "correct horse"), "jsmith@acme.egnyte.com", "token-1")
	mustSet(t, open(path, "correct horse"), "adoe@globex.egnyte.com", "token-2")

	s := open(path, "correct horse")
	wantSecret(t, s, "jsmith@acme.egnyte.com", "token-1")
	wantSecret(t, s, "adoe@globex.egnyte.com", "token-2")
	if err := s.Delete(t.Context(), "jsmith@acme.egnyte.com"); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), "nobody"); err != nil {
		t.Error("deleting what is not there:", err)
	}
	next := open(path, "correct horse")
	if _, err := next.Get(t.Context(), "jsmith@acme.egnyte.com"); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("after the delete: %v", err)
	}
	wantSecret(t, next, "adoe@globex.egnyte.com", "token-2")
}

func TestTheFileShowsNothingAndIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	mustSet(t, open(path, "correct horse"), "jsmith@acme.egnyte.com", "token-1")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"token-1", "jsmith", "acme", "correct horse"} {
		if bytes.Contains(data, []byte(word)) {
			t.Errorf("the file shows %q", word)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 && os.PathSeparator == '/' {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestAWrongPassphraseOpensAndChangesNothing(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	mustSet(t, open(path, "correct horse"), "jsmith", "token-1")
	before, _ := os.ReadFile(path)

	s := open(path, "wrong")
	for what, err := range map[string]error{
		"reading":  func() error { _, err := s.Get(t.Context(), "jsmith"); return err }(),
		"writing":  s.Set(t.Context(), "jsmith", oauth.NewSecret("other")),
		"deleting": s.Delete(t.Context(), "jsmith"),
	} {
		var trouble *keyring.Error
		if !errors.Is(err, ErrPassphrase) || !errors.As(err, &trouble) || trouble.Kind != keyring.Locked {
			t.Errorf("%s: %v", what, err)
		}
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file was changed")
	}
}

func TestAForeignOrDamagedFileIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	mustSet(t, open(path, "correct horse"), "jsmith", "token-1")
	whole, _ := os.ReadFile(path)
	for name, data := range map[string][]byte{
		"foreign": []byte("my thesis"), "empty": {}, "cut off": whole[:len(whole)-5],
		"flipped": append(bytes.Clone(whole[:len(whole)-1]), whole[len(whole)-1]^1),
	} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		err := open(path, "correct horse").Set(t.Context(), "jsmith", oauth.NewSecret("other"))
		if !errors.Is(err, ErrNotAStore) {
			t.Errorf("%s: %v", name, err)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(data, after) {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestWithoutAPassphraseThereIsNoFile(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	nobody := errors.New("nobody to ask")
	s := Open(path, func(_ context.Context, isNew bool) (oauth.Secret, error) {
		if !isNew {
			t.Error("the file is new, and that was not said")
		}
		return oauth.Secret{}, nobody
	})
	if err := s.Set(t.Context(), "jsmith", oauth.NewSecret("token")); !errors.Is(err, nobody) {
		t.Errorf("without a passphrase: %v", err)
	}
	if err := open(path, "").Set(t.Context(), "jsmith", oauth.NewSecret("token")); err == nil {
		t.Error("an empty passphrase was taken")
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file: %v", err)
	}
}

func TestThePassphraseIsAskedOnceAndNotForAMissingFile(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	asked := 0
	s := Open(path, func(context.Context, bool) (oauth.Secret, error) {
		asked++
		return oauth.NewSecret("correct horse"), nil
	})
	s.workFactor = cheap
	if _, err := s.Get(t.Context(), "check"); !errors.Is(err, keyring.ErrNotFound) || asked != 0 {
		t.Errorf("reading a file that is not there: %v, asked %d times", err, asked)
	}
	mustSet(t, s, "jsmith", "token-1")
	mustSet(t, s, "adoe", "token-2")
	wantSecret(t, s, "jsmith", "token-1")
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

// Given a file that exists, then it is locked until the passphrase is known.
func TestAFileIsLockedUntilItsPassphraseIsKnown(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	if open(path, "correct horse").Locked(t.Context()) {
		t.Error("a file that doesn't exist is locked")
	}
	mustSet(t, open(path, "correct horse"), "jsmith", "token-1")
	f := open(path, "correct horse")
	if !f.Locked(t.Context()) {
		t.Error("it isn't locked")
	}
	if err := f.Unlock(t.Context()); err != nil || f.Locked(t.Context()) {
		t.Errorf("it stays locked, or %v", err)
	}
}

func TestManyWritersLoseNothing(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	const writers = 8
	var group sync.WaitGroup
	for i := range writers {
		s := open(path, "correct horse") // each as a process of its own would have it
		group.Go(func() {
			for j := range 3 {
				if err := s.Set(t.Context(), fmt.Sprint("user", i), oauth.NewSecret(fmt.Sprint("token", i, j))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	s := open(path, "correct horse")
	for i := range writers {
		wantSecret(t, s, fmt.Sprint("user", i), fmt.Sprint("token", i, 2))
	}
}

func TestAFailedWriteIsNotRemembered(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := open(path, "correct horse")
	mustSet(t, s, "jsmith", "old")
	if err := os.Mkdir(path+".tmp", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(t.Context(), "jsmith", oauth.NewSecret("new")); err == nil {
		t.Fatal("no error though the file can't be written")
	}
	wantSecret(t, s, "jsmith", "old")
}

func TestTheShippedWorkFactorIsNotTheTests(t *testing.T) {
	t.Parallel()
	if got := Open("", nil).workFactor; got < 17 || got > maxWorkFactor {
		t.Errorf("work factor %d", got)
	}
}

// Given a store that version 0.1.0 wrote, then each account has its token, and a
// write keeps them.
func TestAStoreOfVersion010IsRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.age")
	if err := os.CopyFS(filepath.Dir(path), os.DirFS("../../account/testdata/v0.1.0")); err != nil {
		t.Fatal(err)
	}
	mustSet(t, open(path, "open sesame"), "client_secret:key", "another")

	store := open(path, "open sesame")
	tokens := map[string]string{
		"jsmith@acme.egnyte.localhost:34153": "frtavqkjn5bscozwocqsfymi4o",
		"adoe@globex.egnyte.localhost:34153": "sickshfkyilfjhlmvsxrsgegnb",
	}
	for name, want := range tokens {
		if item, err := store.Get(t.Context(), name); err != nil || !strings.Contains(item.Reveal(), `"access_token":"`+want+`"`) {
			t.Errorf("%s has another token, or %v", name, err)
		}
	}
}
