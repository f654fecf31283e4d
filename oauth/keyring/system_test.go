package keyring

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"egnyte-accounts/oauth"
)

// fakeBackend stands in for go-keyring. It is locked unless open is set: then the
// fast path works.
type fakeBackend struct {
	open       bool
	err        error               // of Get
	missing    bool                // there is no keyring yet
	created    error               // of Create
	before     func(method string) // called first by each method
	duplicates int                 // items with the same attributes, which Delete deletes one at a time
	most       int                 // bytes in one item; 0: no limit
	fails      int                 // that write fails, counted down

	mu    sync.Mutex
	items map[string]string
	calls []string
	wrote []string
}

func (f *fakeBackend) IsMissing() bool { return f.missing }

// Create is dismissed if created is set.
func (f *fakeBackend) Create() error {
	f.call("create")
	if f.created != nil {
		return f.created
	}
	f.missing, f.err = false, nil
	return nil
}

func (f *fakeBackend) call(method string) {
	f.mu.Lock()
	f.calls = append(f.calls, method)
	f.mu.Unlock()
	if f.before != nil {
		f.before(method)
	}
}

func (f *fakeBackend) Get(service, user string) (string, error) {
	f.call("get")
	f.mu.Lock()
	defer f.mu.Unlock()
	if text, there := f.items[service+"/"+user]; there && f.err == nil {
		return text, nil
	}
	if f.err != nil {
		return "", f.err
	}
	return "", keyring.ErrNotFound
}

func (f *fakeBackend) Set(service, user, secret string) error {
	f.call("set")
	if f.fails--; f.fails == 0 || f.most > 0 && len(secret) > f.most {
		return errors.New("no room")
	}
	f.put(service, user, secret)
	return nil
}

func (f *fakeBackend) put(service, user, secret string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.items == nil {
		f.items = map[string]string{}
	}
	f.items[service+"/"+user] = secret
	f.wrote = append(f.wrote, user)
}

func (f *fakeBackend) Delete(service, user string) error {
	f.call("delete")
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.duplicates > 0 {
		f.duplicates--
		return nil
	}
	if _, there := f.items[service+"/"+user]; !there {
		return keyring.ErrNotFound
	}
	delete(f.items, service+"/"+user)
	return nil
}

func (f *fakeBackend) IsOpen() bool   { f.call("is open"); return f.open }
func (f *fakeBackend) IsLocked() bool { f.call("is locked"); return !f.open }

func (f *fakeBackend) SetIfOpen(service, user, secret string) bool {
	f.call("set if open")
	if f.open {
		f.put(service, user, secret)
	}
	return f.open
}

func always() error { return nil }

func over(f *fakeBackend, limit time.Duration) *system { return newSystem(f, always, limit) }

func mustBe(t *testing.T, what string, err error, kind Kind) {
	t.Helper()
	var trouble *Error
	if !errors.As(err, &trouble) || trouble.Kind != kind {
		t.Errorf("%s: %v, want one that is %s", what, err, kind)
	}
}

// Given a secret that was written, then it is read until it is deleted.
func TestTheSystemKeyringKeepsAndForgets(t *testing.T) {
	t.Parallel()
	k := over(&fakeBackend{}, time.Minute)
	secret := oauth.NewSecret("the secret")

	if _, err := k.Get(t.Context(), "jsmith"); !errors.Is(err, ErrNotFound) {
		t.Errorf("before: %v", err)
	}
	if err := k.Set(t.Context(), "jsmith", secret); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Get(t.Context(), "jsmith"); err != nil || !got.Equal(secret) {
		t.Errorf("got another secret, or %v", err)
	}
	for range 2 { // deleting what is not there is no error
		if err := k.Delete(t.Context(), "jsmith"); err != nil {
			t.Error(err)
		}
	}
	if _, err := k.Get(t.Context(), "jsmith"); !errors.Is(err, ErrNotFound) {
		t.Errorf("after: %v", err)
	}
}

// Given two items with the same attributes, when the user's is deleted, then neither is
// left.
func TestItemsWithTheSameAttributesAreAllDeleted(t *testing.T) {
	t.Parallel()
	backend := &fakeBackend{items: map[string]string{service + "/jsmith": "the secret"}, duplicates: 1}
	if err := over(backend, time.Minute).Delete(t.Context(), "jsmith"); err != nil {
		t.Fatal(err)
	}
	if len(backend.items) > 0 {
		t.Error("one of the items is left")
	}
}

// Given an open keyring, then it is checked and written by the fast path.
// Given a locked one, then it is unlocked before it is written.
func TestOnlyAnOpenKeyringIsWrittenByTheFastPath(t *testing.T) {
	t.Parallel()
	for open, want := range map[bool][]string{
		true:  {"is open", "set if open"},
		false: {"is open", "get", "set if open", "get", "set"},
	} {
		backend := &fakeBackend{open: open}
		k := over(backend, time.Minute)
		if err := k.Unlock(t.Context()); err != nil {
			t.Errorf("open %v: the check: %v", open, err)
		}
		secret := oauth.NewSecret("the secret")
		if err := k.Set(t.Context(), "jsmith", secret); err != nil {
			t.Errorf("open %v: the write: %v", open, err)
		}
		if !slices.Equal(backend.calls, want) {
			t.Errorf("open %v: calls %q", open, backend.calls)
		}
		if got, err := k.Get(t.Context(), "jsmith"); err != nil || !got.Equal(secret) || len(backend.wrote) != 1 {
			t.Errorf("open %v: it holds another secret, or %v, after %d writes", open, err, len(backend.wrote))
		}
	}
}

// Given a keyring that doesn't answer, then each call ends in time, and a write
// never happens after its caller gave up.
func TestAKeyringThatDoesNotAnswerIsSilentWithinTheLimit(t *testing.T) {
	t.Parallel()
	answers := make(chan struct{})
	backend := &fakeBackend{before: func(string) { <-answers }}
	k := over(backend, time.Millisecond)
	for range maxCalls + 1 { // one more than may wait at once
		_, err := k.Get(t.Context(), "jsmith")
		mustBe(t, "get", err, Silent)
		mustBe(t, "set", k.Set(t.Context(), "jsmith", oauth.NewSecret("the secret")), Silent)
		mustBe(t, "delete", k.Delete(t.Context(), "jsmith"), Silent)
		mustBe(t, "unlock", k.Unlock(t.Context()), Silent)
		if k.Locked(t.Context()) {
			t.Error("it is taken for a locked one")
		}
	}

	close(answers) // the user answers the prompt at last
	for range maxCalls {
		k.slots <- struct{}{} // all calls that were given up have ended
	}
	if len(backend.wrote) != 0 {
		t.Errorf("a write came after its caller had given up: %v", backend.wrote)
	}
}

// Given a keyring that waits for the user, when the caller's context ends, then so
// does the call.
func TestAKeyringCallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	backend := &fakeBackend{before: func(string) { cancel(); <-t.Context().Done() }}
	_, err := over(backend, time.Minute).Get(ctx, "jsmith")
	mustBe(t, "get", err, Silent)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Given a machine without a keyring, then it isn't asked.
func TestAnUnreachableKeyringIsAbsentAndNotAsked(t *testing.T) {
	t.Parallel()
	k := newSystem(nil, func() error { return errors.New("no session") }, time.Minute)
	_, err := k.Get(t.Context(), "jsmith")
	mustBe(t, "get", err, Absent)
}

// Given a keyring whose items have a limit, then a longer secret is kept in parts. A
// write that ends anywhere leaves the old secret or the new one, and no part stays when
// the secret is replaced or deleted.
func TestALongSecretIsKeptInParts(t *testing.T) {
	t.Parallel()
	long := func(letter string, length int) string { return strings.Repeat(letter, length) }
	for _, length := range []int{1, 100, 101, 150, 151, 250, 251, 5000} {
		backend := &fakeBackend{most: 100}
		k := newSystem(inParts{backend, 100}, always, time.Minute)
		for _, secret := range []string{long("a", length), long("b", length), "short", long("c", length)} {
			if err := k.Set(t.Context(), "jsmith", oauth.NewSecret(secret)); err != nil {
				t.Fatal(err)
			}
			got, err := k.Get(t.Context(), "jsmith")
			if parts := 1 + (length-50+99)/100; err != nil || got.Reveal() != secret || len(backend.items) > max(1, parts) {
				t.Errorf("%d: read %d bytes, %d items, %v", length, len(got.Reveal()), len(backend.items), err)
			}
		}
		for fails := range 6 {
			backend.fails = fails + 1
			_ = inParts{backend, 100}.Set("egnyte-accounts", "jsmith", long("d", length))
			backend.fails = 0
			if got, err := k.Get(t.Context(), "jsmith"); err != nil || got.Reveal() != long("c", length) && got.Reveal() != long("d", length) {
				t.Errorf("%d, write %d failed: read %q, %v", length, fails+1, got.Reveal(), err)
			}
		}
		if err := k.Delete(t.Context(), "jsmith"); err != nil || len(backend.items) != 0 {
			t.Errorf("%d: left %d items, %v", length, len(backend.items), err)
		}
	}
}

// Given a keyring whose error quotes the secret, then the error is replaced.
func TestAnErrorThatQuotesTheSecretIsDropped(t *testing.T) {
	t.Parallel()
	secret := oauth.NewSecret("hush-hush")
	quoting := fmt.Errorf("can't write %q", secret.Reveal())
	if got := withoutSecret(quoting, secret); strings.Contains(got.Error(), "hush") || errors.Is(got, quoting) {
		t.Error("the secret is in the error")
	}
	other := errors.New("no room")
	if got := withoutSecret(other, secret); got != other || withoutSecret(nil, secret) != nil {
		t.Errorf("another error became %v", got)
	}
}

// Given a write that is cancelled, then it doesn't happen if it has not begun, and
// is waited for if it has.
func TestACancelStopsAWriteBeforeItBeginsAndNeverInItsMiddle(t *testing.T) {
	t.Parallel()
	secret := oauth.NewSecret("the secret")
	for range 50 { // what ends first is a matter of chance
		ctx, cancel := context.WithCancel(t.Context())
		before := &fakeBackend{before: func(method string) {
			if method == "get" {
				cancel()
			}
		}}
		if err := over(before, time.Minute).Set(ctx, "jsmith", secret); err == nil || len(before.wrote) != 0 {
			t.Fatalf("cancelled while it was unlocked: %v, wrote %v", err, before.wrote)
		}

		ctx, cancel = context.WithCancel(t.Context())
		during := &fakeBackend{before: func(method string) {
			if method == "set" {
				cancel()
			}
		}}
		if err := over(during, time.Minute).Set(ctx, "jsmith", secret); err != nil || len(during.wrote) != 1 {
			t.Fatalf("cancelled while it was written: %v, wrote %v", err, during.wrote)
		}
	}
	backend := &fakeBackend{open: true}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := over(backend, time.Minute).Set(ctx, "jsmith", secret); !errors.Is(err, context.Canceled) || len(backend.wrote) != 0 {
		t.Errorf("cancelled from the start: %v, wrote %v", err, backend.wrote)
	}
}

// Given a keyring that can tell, then Locked says so without a prompt.
func TestALockedKeyringIsRecognisedWithoutAPrompt(t *testing.T) {
	t.Parallel()
	for _, open := range []bool{true, false} {
		backend := &fakeBackend{open: open}
		if got := over(backend, time.Minute).Locked(t.Context()); got == open || !slices.Equal(backend.calls, []string{"is locked"}) {
			t.Errorf("open %v: locked %v after %q", open, got, backend.calls)
		}
	}
}
