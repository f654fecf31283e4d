package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/zalando/go-keyring"

	"egnyte-accounts/oauth"
)

const (
	// keyringService is the name that all items of this program are kept under.
	keyringService = "egnyte-accounts"
	// keyringWait is what a person has to answer an unlock prompt.
	keyringWait = 30 * time.Second
	// keyringCalls is how many calls may wait at once: one that was given up goes
	// on waiting, since go-keyring knows no cancelling.
	keyringCalls = 4
)

// SystemKeyring is the person's keyring: Secret Service, Windows' credential
// store, macOS' keychain. Reading and writing unlock it, which may show the
// person a prompt; a call ends with its context, after 30 s at the latest.
// Errors other than ErrNoSecret are *KeyringError and never hold a secret.
func SystemKeyring() Keyring {
	return newSystemKeyring(&goKeyring{}, keyringReachable, keyringWait)
}

// backend is go-keyring, or what a test puts in its place.
type backend interface {
	Get(service, user string) (string, error)
	Set(service, user, secret string) error
	Delete(service, user string) error
}

// quickBackend is what a backend may offer beside: the same in fewer round
// trips, for a keyring that is open. False: nothing was done, ask the usual way.
type quickBackend interface {
	IsOpen() bool
	SetIfOpen(service, user, secret string) bool
}

// coldBackend has something to do once, before its first call.
type coldBackend interface{ Connect() }

// quietBackend tells, without showing one, whether the next call would show a
// prompt.
type quietBackend interface{ IsLocked() bool }

type goKeyring struct{ quickWay }

func (g *goKeyring) Get(service, user string) (string, error) {
	if secret, found := g.getIfOpen(service, user); found {
		return secret, nil
	}
	return keyring.Get(service, user)
}

func (*goKeyring) Set(service, user, secret string) error { return keyring.Set(service, user, secret) }
func (*goKeyring) Delete(service, user string) error      { return keyring.Delete(service, user) }

type systemKeyring struct {
	backend   backend
	reachable func() error // nil where a call can't do harm
	wait      time.Duration
	slots     chan struct{}
}

func newSystemKeyring(backend backend, reachable func() error, wait time.Duration) *systemKeyring {
	return &systemKeyring{backend, reachable, wait, make(chan struct{}, keyringCalls)}
}

func (k *systemKeyring) Get(ctx context.Context, user string) (oauth.Secret, error) {
	return k.call(ctx, func() (string, error) {
		if quiet, ok := k.backend.(quietBackend); ok && isUnattended(ctx) && quiet.IsLocked() {
			return "", errUnasked
		}
		return k.backend.Get(keyringService, user)
	})
}

// Warm begins what the first call would begin with, and waits for nothing: for who
// has something else to do meanwhile. The keyring itself is asked nothing.
func (k *systemKeyring) Warm() {
	if cold, ok := k.backend.(coldBackend); ok && k.reachable() == nil {
		go cold.Connect()
	}
}

// Check reports a keyring that could keep nothing. A locked one is unlocked first.
func (k *systemKeyring) Check(ctx context.Context) error {
	_, err := k.call(ctx, func() (string, error) {
		if quick, ok := k.backend.(quickBackend); ok && quick.IsOpen() {
			return "", nil
		}
		return k.backend.Get(keyringService, "check")
	})
	if errors.Is(err, ErrNoSecret) {
		return nil
	}
	return err
}

func (k *systemKeyring) Set(ctx context.Context, user string, secret oauth.Secret) error {
	if err := checkSize(len(secret.Reveal())); err != nil {
		return err
	}
	if err := k.setIfOpen(ctx, user, secret); !errors.Is(err, errNotOpen) {
		return err
	}
	if _, err := k.Get(ctx, user); err != nil && !errors.Is(err, ErrNoSecret) {
		return err
	}
	return k.change(ctx, func() error {
		return withoutSecret(k.backend.Set(keyringService, user, secret.Reveal()), secret)
	})
}

var errNotOpen = errors.New("the keyring has to be opened first")

// setIfOpen gives errNotOpen where the usual way has to be gone.
func (k *systemKeyring) setIfOpen(ctx context.Context, user string, secret oauth.Secret) error {
	quick, ok := k.backend.(quickBackend)
	if !ok {
		return errNotOpen
	}
	return k.change(ctx, func() error {
		if !quick.SetIfOpen(keyringService, user, secret.Reveal()) {
			return errNotOpen
		}
		return nil
	})
}

func (k *systemKeyring) Delete(ctx context.Context, user string) error {
	_, err := k.Get(ctx, user)
	if err == nil {
		err = k.change(ctx, func() error { return k.backend.Delete(keyringService, user) })
	}
	if errors.Is(err, ErrNoSecret) {
		return nil
	}
	return err
}

// change runs a call that changes something, in a keyring that is open: a change
// that were to wait for a prompt itself could come long after its caller gave up,
// and leave what nobody expects. For the same reason it is waited for even when
// ctx ends meanwhile.
func (k *systemKeyring) change(ctx context.Context, do func() error) error {
	if ctx.Err() != nil {
		return &KeyringError{KeyringSilent, context.Cause(ctx)}
	}
	_, err := k.call(context.WithoutCancel(ctx), func() (string, error) { return "", do() })
	return err
}

// call runs one call beside its caller, who stops waiting when ctx or the limit
// ends. The call itself then stays behind until the keyring answers.
func (k *systemKeyring) call(ctx context.Context, do func() (string, error)) (oauth.Secret, error) {
	if err := k.reachable(); err != nil {
		return oauth.Secret{}, &KeyringError{KeyringAbsent, err}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, k.wait, fmt.Errorf("no answer within %v", k.wait))
	defer cancel()
	type answer struct {
		secret oauth.Secret
		err    error
	}
	answers := make(chan answer, 1)
	select {
	case k.slots <- struct{}{}:
	case <-ctx.Done():
		return oauth.Secret{}, &KeyringError{KeyringSilent, context.Cause(ctx)}
	}
	go func() {
		defer func() { <-k.slots }()
		text, err := do()
		answers <- answer{oauth.NewSecret(text), err}
	}()
	select {
	case a := <-answers:
		return a.secret, keyringError(a.err)
	case <-ctx.Done():
		return oauth.Secret{}, &KeyringError{KeyringSilent, context.Cause(ctx)}
	}
}

// keyringError gives an error of go-keyring the type that callers know.
func keyringError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNoSecret
	case errors.Is(err, errUnasked):
		return &KeyringError{KeyringLocked, err}
	}
	return &KeyringError{keyringTrouble(err), err}
}

// withoutSecret drops an error that quotes what was to be written.
func withoutSecret(err error, secret oauth.Secret) error {
	if err != nil && strings.Contains(err.Error(), secret.Reveal()) {
		return errors.New("the keyring refused to write")
	}
	return err
}
