//go:build unix

package account

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/internal/wholefile"
	"egnyte-accounts/oauth/keyring/keyringtest"
)

// A link that somebody put where a file is written next is not written through.
func TestALinkInTheFolderIsReplacedAndNotFollowed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{indexName, indexName + ".tmp"} {
		store, _ := newStore(t)
		precious := filepath.Join(t.TempDir(), "precious")
		if err := errors.Join(os.WriteFile(precious, []byte("precious"), 0o600), os.MkdirAll(store.dir, 0o700)); err != nil {
			t.Fatal(err)
		}
		if name == indexName { // a list that another program links to
			if err := os.WriteFile(precious, []byte(`{"version":1,"accounts":[]}`), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		before, _ := os.ReadFile(precious)
		if err := os.Symlink(precious, filepath.Join(store.dir, name)); err != nil {
			t.Fatal(err)
		}
		mustAdd(t, store, grantOf("jsmith", 1, "one"))
		if after, _ := os.ReadFile(precious); string(after) != string(before) {
			t.Errorf("%s: what the link led to is now %q", name, after)
		}
		if info, err := os.Lstat(filepath.Join(store.dir, indexName)); err != nil || !info.Mode().IsRegular() {
			t.Errorf("%s: the list is %v, %v", name, info.Mode(), err)
		}
	}
}

// What is no file, a pipe that nobody writes to among it, is an error at once.
func TestAPipeInPlaceOfTheListHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	path := filepath.Join(store.dir, indexName)
	for name, make := range map[string]func() error{
		"a pipe":           func() error { return syscall.Mkfifo(path, 0o600) },
		"a folder":         func() error { return os.Mkdir(path, 0o700) },
		"a device":         func() error { return os.Symlink("/dev/zero", path) },
		"a link to itself": func() error { return os.Symlink(indexName, path) },
	} {
		if err := errors.Join(os.MkdirAll(store.dir, 0o700), make()); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		_, listErr := store.List(t.Context())
		_, findErr := store.Find(t.Context(), "", nil)
		_, addErr := store.Save(t.Context(), "", grantOf("jsmith", 1, "one"))
		for what, err := range map[string]error{"list": listErr, "find": findErr, "add": addErr} {
			var path *fs.PathError
			if !errors.As(err, &path) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
		if took := time.Since(begin); took > 30*time.Second {
			t.Errorf("%s: it took %v", name, took)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// A folder that others may write in by accident is shut, and files are the
// person's alone whatever was there before.
func TestAFolderThatIsOpenToOthersIsShut(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	if err := os.MkdirAll(store.dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(store.dir, 0o777); err != nil { // past the umask
		t.Fatal(err)
	}
	leftover := filepath.Join(store.dir, indexName+".tmp")
	if err := errors.Join(os.WriteFile(leftover, nil, 0o666), os.Chmod(leftover, 0o666)); err != nil {
		t.Fatal(err)
	}
	mustAdd(t, store, grantOf("jsmith", 1, "one"))
	for path, others := range map[string]os.FileMode{store.dir: 0o022, filepath.Join(store.dir, indexName): 0o077} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm()&others != 0 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

func TestAFolderOfAnotherUserIsNotUsed(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	// Root itself may use anybody's folder, so another user has to try.
	asNobody(t, "TestAsNobodyAFolderOfAnotherUserIsNotUsed")
}

func TestAsNobodyAFolderOfAnotherUserIsNotUsed(t *testing.T) {
	dir := nobodysPart(t)
	store := Open(dir, &keyringtest.Keyring{})
	_, err := store.Save(t.Context(), "", grantOf("jsmith", 1, "one"))
	if !errors.As(err, new(*wholefile.OwnerError)) {
		t.Errorf("got %v", err)
	}
}

// Given a list that somebody else has changed, so that it names another host for
// an account, then no token goes there.
func TestATokenGoesOnlyToTheDomainThatItIsOf(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(map[string]any){
		"another domain":             func(e map[string]any) { e["domain"] = "evil.egnyte.com" },
		"another service and domain": func(e map[string]any) { e["domain"], e["service"] = "evil.example.com", "https://example.com" },
		"another service":            func(e map[string]any) { e["service"] = "https://example.com" },
		"plain http":                 func(e map[string]any) { e["service"] = "http://egnyte.com" },
		"another port":               func(e map[string]any) { e["domain"], e["service"] = "acme.egnyte.com:8443", "https://egnyte.com:8443" },
		"no domain":                  func(e map[string]any) { e["domain"] = "" },
		"a path":                     func(e map[string]any) { e["domain"] = "evil.example/@acme.egnyte.com" },
	} {
		store, _ := newStore(t)
		mustAdd(t, store, grantOf("jsmith", 1, "one"))
		path := filepath.Join(store.dir, indexName)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var list struct {
			Version  int              `json:"version"`
			Accounts []map[string]any `json:"accounts"`
		}
		if err := json.Unmarshal(data, &list); err != nil {
			t.Fatal(err)
		}
		change(list.Accounts[0])
		if data, err = json.Marshal(list); err == nil {
			err = os.WriteFile(path, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		a := mustList(t, store)[0]
		if domain, err := a.OAuthDomain(); err == nil {
			t.Errorf("%s: the tokens of %s would go to %s", name, a.Name, domain.URL())
		}
		nowhere := &egnytetest.Network{}
		nowhere.SetOffline(true)
		store.HTTP = &http.Client{Transport: nowhere}
		if _, err := store.Token(t.Context(), a, TokenOptions{Rejected: tokenOf(t, store, a)}); err == nil || nowhere.Count() != 0 {
			t.Errorf("%s: %v after %d calls", name, err, nowhere.Count())
		}
	}
}

// Given a folder of another user, as root finds it after sudo -E, when anything is to be
// written, then it is refused before a file exists that only root can change.
func TestRootWritesNothingIntoAFolderOfAnotherUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	for _, exists := range []bool{true, false} {
		store, _ := newStore(t)
		theirs := store.dir
		if !exists {
			theirs = filepath.Dir(store.dir)
		}
		if err := errors.Join(os.MkdirAll(theirs, 0o700), os.Chown(theirs, nobody, nobody)); err != nil {
			t.Fatal(err)
		}
		_, saveErr := store.Save(t.Context(), "", grantOf("jsmith", 1, "one"))
		for _, err := range []error{store.Unlock(t.Context()), saveErr} {
			if err == nil || !strings.Contains(err.Error(), "another user") {
				t.Errorf("got %v", err)
			}
		}
		if left, _ := os.ReadDir(theirs); len(left) != 0 {
			t.Errorf("left: %v", left)
		}
	}
}

// Given a lock that another process holds, when hundreds of waits for it are given up,
// then they leave one open file and not hundreds, and the next wait gets the lock.
func TestAbandonedWaitsForALockLeaveNothing(t *testing.T) {
	e := atEgnyte(t, "3600")
	held, err := Open(e.store.dir, e.keyring).lockAccount(t.Context(), e.name)
	if err != nil {
		t.Fatal(err)
	}
	before := openFiles(t)
	for range 300 {
		if waiting, err := e.store.lock(short(t), e.store.lockPath(e.name)); err == nil {
			waiting.release()
			t.Fatal("a lock that is held was taken")
		}
	}
	if now := openFiles(t); now > before+10 {
		t.Errorf("%d open files, %d before", now, before)
	}
	got := make(chan error, 1)
	go func() {
		mine, err := e.store.lockAccount(t.Context(), e.name)
		if err == nil {
			mine.release()
		}
		got <- err
	}()
	held.release()
	if err := <-got; err != nil {
		t.Error(err)
	}
	ended := func() bool { e.store.mu.Lock(); defer e.store.mu.Unlock(); return len(e.store.queues) == 0 }
	for limit := time.Now().Add(10 * time.Second); !ended(); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("a queue is left")
		}
	}
}

// short is a context that ends at once.
func short(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

func openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Skip(err)
	}
	return len(files)
}
