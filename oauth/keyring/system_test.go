package account

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

// scripted answers as the test wants, or waits until it is let go.
type scripted struct {
	err   error
	block chan struct{}

	mu    sync.Mutex
	items map[string]string
	wrote []string
}

func (s *scripted) answer() error {
	if s.block != nil {
		<-s.block
	}
	return s.err
}

func (s *scripted) Get(service, user string) (string, error) {
	if err := s.answer(); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if text, there := s.items[service+"/"+user]; there {
		return text, nil
	}
	return "", keyring.ErrNotFound
}

func (s *scripted) Set(service, user, secret string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[service+"/"+user] = secret
	s.wrote = append(s.wrote, user)
	return nil
}

func (s *scripted) Delete(service, user string) error {
	if _, err := s.Get(service, user); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.items, service+"/"+user)
	return nil
}

func reachable() error { return nil }

func TestTheSystemKeyringKeepsAndForgets(t *testing.T) {
	t.Parallel()
	k := newSystemKeyring(&scripted{items: map[string]string{}}, reachable, time.Minute)
	secret := oauth.NewSecret("the secret")

	if _, err := k.Get(t.Context(), "jsmith"); !errors.Is(err, ErrNoSecret) {
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
	if _, err := k.Get(t.Context(), "jsmith"); !errors.Is(err, ErrNoSecret) {
		t.Errorf("after: %v", err)
	}
}

// withShortWay is a backend that has the short way too; it works while open.
type withShortWay struct {
	*scripted
	open  bool
	asked []string
}

func (w *withShortWay) IsOpen() bool {
	w.asked = append(w.asked, "is it open")
	return w.open
}

func (w *withShortWay) SetIfOpen(service, user, secret string) bool {
	w.asked = append(w.asked, "set if open")
	return w.open && w.scripted.Set(service, user, secret) == nil
}

func (w *withShortWay) Get(service, user string) (string, error) {
	w.asked = append(w.asked, "get")
	return w.scripted.Get(service, user)
}

func (w *withShortWay) Set(service, user, secret string) error {
	w.asked = append(w.asked, "set")
	return w.scripted.Set(service, user, secret)
}

func TestAnOpenKeyringIsCheckedAndWrittenByTheShortWayAndALockedOneIsUnlockedFirst(t *testing.T) {
	t.Parallel()
	for open, want := range map[bool][]string{
		true:  {"is it open", "set if open"},
		false: {"is it open", "get", "set if open", "get", "set"},
	} {
		backend := &withShortWay{scripted: &scripted{items: map[string]string{}}, open: open}
		k := newSystemKeyring(backend, reachable, time.Minute)
		if err := k.Check(t.Context()); err != nil {
			t.Errorf("open %v: the check: %v", open, err)
		}
		secret := oauth.NewSecret("the secret")
		if err := k.Set(t.Context(), "jsmith", secret); err != nil {
			t.Errorf("open %v: the write: %v", open, err)
		}
		if !slices.Equal(backend.asked, want) {
			t.Errorf("open %v: asked %q", open, backend.asked)
		}
		if got, err := k.Get(t.Context(), "jsmith"); err != nil || !got.Equal(secret) || len(backend.wrote) != 1 {
			t.Errorf("open %v: it holds another secret, or %v, after %d writes", open, err, len(backend.wrote))
		}
	}
}

func TestTheShortWayIsGivenUpWithinTheLimitToo(t *testing.T) {
	t.Parallel()
	backend := &hanging{withShortWay{scripted: &scripted{items: map[string]string{}}}, make(chan struct{})}
	defer close(backend.until)
	k := newSystemKeyring(backend, reachable, time.Millisecond)
	for what, err := range map[string]error{"check": k.Check(t.Context()), "set": k.Set(t.Context(), "jsmith", oauth.NewSecret("x"))} {
		var trouble *KeyringError
		if !errors.As(err, &trouble) || trouble.Kind != KeyringSilent {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// hanging answers nothing by the short way.
type hanging struct {
	withShortWay
	until chan struct{}
}

func (h *hanging) IsOpen() bool { <-h.until; return true }

func (h *hanging) SetIfOpen(string, string, string) bool { <-h.until; return true }

func TestAKeyringThatDoesNotAnswerIsSilentWithinTheLimit(t *testing.T) {
	t.Parallel()
	backend := &scripted{items: map[string]string{}, block: make(chan struct{})}
	k := newSystemKeyring(backend, reachable, time.Millisecond)
	secret := oauth.NewSecret("the secret")
	for range keyringCalls + 1 { // one more than may wait at once
		_, getErr := k.Get(t.Context(), "jsmith")
		for _, err := range []error{getErr, k.Set(t.Context(), "jsmith", secret), k.Delete(t.Context(), "jsmith")} {
			var trouble *KeyringError
			if !errors.As(err, &trouble) || trouble.Kind != KeyringSilent {
				t.Fatalf("%v", err)
			}
		}
	}

	// When the person answers the prompt at last, nobody waits for those writes.
	close(backend.block)
	for range keyringCalls {
		k.slots <- struct{}{} // all that were given up have ended
	}
	if len(backend.wrote) != 0 {
		t.Errorf("a write came after its caller had given up: %v", backend.wrote)
	}
}

func TestAKeyringCallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	backend := &scripted{block: make(chan struct{})}
	defer close(backend.block)
	k := newSystemKeyring(backend, reachable, time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond, cancel)
	_, err := k.Get(ctx, "jsmith")
	var trouble *KeyringError
	if !errors.As(err, &trouble) || trouble.Kind != KeyringSilent || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestAnUnreachableKeyringIsAbsentAndNotAsked(t *testing.T) {
	t.Parallel()
	k := newSystemKeyring(nil, func() error { return errors.New("no session") }, time.Minute)
	_, err := k.Get(t.Context(), "jsmith")
	var trouble *KeyringError
	if !errors.As(err, &trouble) || trouble.Kind != KeyringAbsent {
		t.Errorf("%v", err)
	}
}

func TestAnItemTooBigIsRefusedBeforeTheCall(t *testing.T) {
	t.Parallel()
	backend := &scripted{items: map[string]string{}}
	k := newSystemKeyring(backend, reachable, time.Minute)
	if err := k.Set(t.Context(), "fits", oauth.NewSecret(strings.Repeat("x", maxItem))); err != nil {
		t.Error(err)
	}
	err := k.Set(t.Context(), "too big", oauth.NewSecret(strings.Repeat("x", maxItem+1)))
	var trouble *KeyringError
	if !errors.As(err, &trouble) || trouble.Kind != KeyringFailed || strings.Contains(err.Error(), "xxx") {
		t.Errorf("%v", err)
	}
	if !slices.Equal(backend.wrote, []string{"fits"}) {
		t.Errorf("wrote %v", backend.wrote)
	}
}

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

// cancelling ends its caller's context in the middle of a call.
type cancelling struct {
	*scripted
	onGet, onSet func()
}

func (c cancelling) Get(service, user string) (string, error) {
	c.onGet()
	return c.scripted.Get(service, user)
}

func (c cancelling) Set(service, user, secret string) error {
	c.onSet()
	return c.scripted.Set(service, user, secret)
}

func TestACancelStopsAWriteBeforeItBeginsAndNeverInItsMiddle(t *testing.T) {
	t.Parallel()
	secret := oauth.NewSecret("the secret")
	for range 50 { // what ends first is a matter of chance
		before := &scripted{items: map[string]string{}}
		ctx, cancel := context.WithCancel(t.Context())
		k := newSystemKeyring(cancelling{before, cancel, func() {}}, reachable, time.Minute)
		if err := k.Set(ctx, "jsmith", secret); err == nil || len(before.wrote) != 0 {
			t.Fatalf("cancelled while it was unlocked: %v, wrote %v", err, before.wrote)
		}

		during := &scripted{items: map[string]string{}}
		ctx, cancel = context.WithCancel(t.Context())
		k = newSystemKeyring(cancelling{during, func() {}, cancel}, reachable, time.Minute)
		if err := k.Set(ctx, "jsmith", secret); err != nil || len(during.wrote) != 1 {
			t.Fatalf("cancelled while it was written: %v, wrote %v", err, during.wrote)
		}
	}
}

func TestAChangeDoesNotBeginForACallerWhoIsGone(t *testing.T) {
	t.Parallel()
	k := newSystemKeyring(&scripted{}, reachable, time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := k.change(ctx, func() error {
		t.Error("it began")
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
