//go:build unix

package account

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/keyringtest"
)

// A test that needs a second process, or one to kill, runs this test binary
// again with these set.
const (
	childChange = "ACCOUNT_TEST_CHANGE" // add, replace, remove or churn
	childConfig = "ACCOUNT_TEST_CONFIG"
	childKeys   = "ACCOUNT_TEST_KEYRING"
	childDiesAt = "ACCOUNT_TEST_DIES_AT" // number of the point; 0: never, and the number of points is printed
)

func TestMain(m *testing.M) {
	if change := os.Getenv(childChange); change != "" {
		os.Exit(runChild(change))
	}
	os.Exit(m.Run())
}

// runChild makes one change, and dies by kill -9 at the point it is told.
func runChild(what string) int {
	secrets := &keyringtest.Keyring{Dir: os.Getenv(childKeys)}
	store := Open(os.Getenv(childConfig), secrets)
	if what == childRenews {
		if err := serveRenewals(store, secrets, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	}
	if what == childModelled {
		if err := serveModel(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	}
	fatal, _ := strconv.ParseInt(os.Getenv(childDiesAt), 10, 64)
	var points atomic.Int64
	point := func(step string) {
		if changes(step) && points.Add(1) == fatal {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	watchSteps(store, secrets, point)
	err := makeChange(store, what)
	point("done")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(points.Load())
	return 0
}

func child(t *testing.T, store *Store, secrets *keyringtest.Keyring, change string, diesAt int) *exec.Cmd {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), childChange+"="+change, childConfig+"="+store.dir,
		childKeys+"="+secrets.Dir, childDiesAt+"="+strconv.Itoa(diesAt))
	return command
}

func makeChange(store *Store, what string) error {
	ctx, cancel := contextFor(time.Minute)
	defer cancel()
	switch name, who, _ := strings.Cut(what, " "); name {
	case "add":
		_, err := store.Save(ctx, "", grantOf("adoe", 2, "new"))
		return err
	case "replace":
		_, err := store.Save(ctx, "jsmith@acme.egnyte.com", grantOf("jsmith", 1, "new"))
		return err
	case "remove":
		return store.Remove(ctx, "jsmith@acme.egnyte.com")
	case "churn":
		return churn(ctx, store, who)
	}
	return fmt.Errorf("no such change: %s", what)
}

// arranged is a store with an account that is ready, and one that is not.
func arranged(t *testing.T) (*Store, *keyringtest.Keyring) {
	store, secrets := newStore(t)
	mustAdd(t, store, grantOf("jsmith", 1, "old"))
	mustAdd(t, store, grantOf("bob", 3, "bob"))
	if err := store.markReconnect(t.Context(), "bob@acme.egnyte.com", oauth.RefusedUnauthorized); err != nil {
		t.Fatal(err)
	}
	return store, secrets
}

// Given a change that is killed before any of its steps, then every account is the old one
// or the new one, or says Reconnect, and no secret is without an entry.
func TestKilledAtAnyPointEveryAccountIsWholeOrSaysReconnect(t *testing.T) {
	t.Parallel()
	for _, change := range []string{"add", "replace", "remove"} {
		t.Run(change, func(t *testing.T) {
			t.Parallel()
			store, secrets := arranged(t)
			printed, err := child(t, store, secrets, change, 0).Output()
			points, _ := strconv.Atoi(strings.TrimSpace(string(printed)))
			if err != nil || points < 12 {
				t.Fatalf("the change without a kill: %v, %d points", err, points)
			}
			for at := 1; at <= points; at++ {
				store, secrets := arranged(t)
				err := child(t, store, secrets, change, at).Run()
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
					t.Fatalf("point %d: the child was not killed: %v", at, err)
				}
				checkWhole(t, fmt.Sprintf("%s, killed at %d", change, at), store, secrets)
			}
		})
	}
}

// checkWhole is what has to hold after any crash.
func checkWhole(t *testing.T, when string, store *Store, secrets *keyringtest.Keyring) {
	t.Helper()
	entries := map[string]bool{}
	for _, a := range mustList(t, store) {
		entries[a.Name] = true
		switch a.State {
		case Ready:
			want := map[string][]string{"jsmith": {"access-old", "access-new"}, "adoe": {"access-new"}}[a.Username]
			if got := accessOf(t, store, a); !strings.Contains(strings.Join(want, " "), got) {
				t.Errorf("%s: %s is ready with %s", when, a.Name, got)
			}
		case Reconnect:
			if a.Username == "jsmith" {
				t.Errorf("%s: the old account is not whole", when)
			}
		case Pending:
			t.Errorf("%s: %s is still pending", when, a.Name)
		}
	}
	if !entries["bob@acme.egnyte.com"] {
		t.Errorf("%s: an account that nobody touched is gone", when)
	}
	for _, user := range secrets.Users() {
		if !entries[user] {
			t.Errorf("%s: a secret of %s without an entry", when, user)
		}
	}
	if files, _ := filepath.Glob(filepath.Join(store.dir, "*")); len(files) > 4 {
		t.Errorf("%s: crashes pile up files: %v", when, files)
	}
	// And all can go on: the same change once more.
	if _, err := store.Save(t.Context(), "", grantOf("jsmith", 1, "again")); err != nil {
		t.Errorf("%s: signing in again: %v", when, err)
	}
}

// Given an account that has to sign in again, when that sign-in is killed, then the account
// is never Ready with the old token.
func TestAKilledReplaceOfAnAccountThatSaidReconnectNeverSaysReadyWithTheOldToken(t *testing.T) {
	t.Parallel()
	for at := 1; ; at++ {
		store, secrets := arranged(t)
		if err := store.markReconnect(t.Context(), "jsmith@acme.egnyte.com", oauth.RefusedInvalidGrant); err != nil {
			t.Fatal(err)
		}
		err := child(t, store, secrets, "replace", at).Run()
		a, findErr := store.Find(t.Context(), "jsmith@acme.egnyte.com", nil)
		if findErr != nil {
			t.Fatal(findErr)
		}
		switch a.State {
		case Ready:
			if got := accessOf(t, store, a); got != "access-new" {
				t.Errorf("killed at %d: ready with %s", at, got)
			}
		case Reconnect:
			if a.Reason != oauth.RefusedInvalidGrant {
				t.Errorf("killed at %d: the reason is lost: %+v", at, a)
			}
		default:
			t.Errorf("killed at %d: %s", at, a.State)
		}
		if err == nil { // past the last point
			return
		}
	}
}

// Given an account that is being written, then others see it as Pending until its writer
// ends or crashes.
func TestAnAccountThatIsBeingWrittenIsPendingUntilItsWriterEnds(t *testing.T) {
	t.Parallel()
	store, _ := arranged(t)
	held, err := store.lockAccount(t.Context(), "jsmith@acme.egnyte.com")
	if err != nil {
		t.Fatal(err)
	}
	a := mustList(t, store)[0]
	if err := store.announce(t.Context(), accountOf(a.Name, grantOf("jsmith", 1, "new"), item{}), "stamp"); err != nil {
		t.Fatal(err)
	}
	if got := mustList(t, store)[0]; got.Name != a.Name || got.State != Pending {
		t.Errorf("while it is written: %+v", got)
	}
	held.release()
	if got := mustList(t, store)[0]; got.State != Ready {
		t.Errorf("after its writer crashed: %+v", got)
	}
}

// Given a crash and a keyring that does not answer, then the account is Pending until the
// keyring answers.
func TestWhereTheKeyringDoesNotAnswerACrashedAccountIsListedAsPending(t *testing.T) {
	t.Parallel()
	store, secrets := arranged(t)
	if err := child(t, store, secrets, "replace", 8).Run(); err == nil {
		t.Fatal("the child was not killed")
	}
	secrets.Fail(trouble(keyring.Silent), keyringtest.Get)
	if got := mustList(t, store); len(got) != 2 || got[0].State != Pending {
		t.Errorf("listed %+v", got)
	}
	secrets.Fail(nil)
	if got := mustList(t, store)[0]; got.State != Ready {
		t.Errorf("afterwards %+v", got)
	}
}

// Given processes and goroutines that all write, then no account and no secret is lost.
func TestManyWritersLoseNothing(t *testing.T) {
	t.Parallel()
	store, secrets := newStore(t)
	const processes, goroutines = 3, 8
	ended := make(chan error, processes+goroutines)
	for i := range processes {
		command := child(t, store, secrets, fmt.Sprintf("churn process%d", i), 0)
		var output bytes.Buffer
		command.Stderr = &output
		go func() {
			err := command.Run()
			if err != nil {
				err = fmt.Errorf("%w: %s", err, output.String())
			}
			ended <- err
		}()
	}
	for i := range goroutines {
		go func() { ended <- churn(t.Context(), store, fmt.Sprintf("goroutine%d", i)) }()
	}
	for range processes + goroutines {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	accounts := mustList(t, store)
	if len(accounts) != processes+goroutines || len(secrets.Users()) != len(accounts) {
		t.Errorf("%d accounts and %d items, want %d", len(accounts), len(secrets.Users()), processes+goroutines)
	}
	for _, a := range accounts {
		if got := accessOf(t, store, a); a.State != Ready || got != "access-"+a.Username {
			t.Errorf("%s is %s with %s", a.Name, a.State, got)
		}
	}
}
