package keyring

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
	// service is the name under which all items of this program are kept.
	service = "egnyte-accounts"
	// Limit bounds each call to the system keyring. It is also how long the user
	// has to answer an unlock prompt.
	Limit = 30 * time.Second
	// maxCalls is how many calls may wait at once. A call that was given up goes
	// on waiting, as go-keyring can't cancel it.
	maxCalls = 4
)

// System is the user's keyring: Secret Service, Windows' credential store,
// macOS' keychain. A call ends with its context, after Limit at the latest.
func System() Keyring {
	if itemSize > 0 {
		return newSystem(inParts{&goKeyring{}, itemSize}, reachable, Limit)
	}
	return newSystem(&goKeyring{}, reachable, Limit)
}

// backend is go-keyring with a faster path where the system has one.
type backend interface {
	Get(service, user string) (string, error)
	Set(service, user, secret string) error
	Delete(service, user string) error

	// IsOpen reports a keyring that is known to be there and unlocked.
	IsOpen() bool
	// IsLocked reports a keyring that would show a prompt. It shows none.
	IsLocked() bool
	// IsMissing reports a password store without a keyring to write to.
	IsMissing() bool
	// Create makes a keyring after the user has chosen a password in a prompt.
	Create() error
	// SetIfOpen writes to an unlocked keyring. False: nothing was written, use Set.
	SetIfOpen(service, user, secret string) bool
}

type goKeyring struct{ fastPath }

func (g *goKeyring) Get(service, user string) (string, error) {
	if secret, found := g.getIfOpen(service, user); found {
		return secret, nil
	}
	g.Ping()
	return keyring.Get(service, user)
}

func (g *goKeyring) Set(service, user, secret string) error {
	g.Ping()
	return keyring.Set(service, user, secret)
}

// Delete deletes one of the items with these attributes.
func (g *goKeyring) Delete(service, user string) error {
	g.Ping()
	return keyring.Delete(service, user)
}

type system struct {
	backend   backend
	reachable func() error // an error where a call could do harm
	limit     time.Duration
	slots     chan struct{}
}

func newSystem(backend backend, reachable func() error, limit time.Duration) *system {
	return &system{backend, reachable, limit, make(chan struct{}, maxCalls)}
}

func (k *system) Get(ctx context.Context, user string) (oauth.Secret, error) {
	return call(ctx, k, func() (oauth.Secret, error) {
		text, err := k.backend.Get(service, user)
		return oauth.NewSecret(text), err
	})
}

func (k *system) Unlock(ctx context.Context) error {
	_, err := call(ctx, k, func() (bool, error) {
		if k.backend.IsOpen() {
			return true, nil
		}
		_, err := k.backend.Get(service, "check")
		return true, err
	})
	if trouble := (*Error)(nil); errors.As(err, &trouble) && trouble.Kind == Missing {
		_, err = call(ctx, k, func() (bool, error) { return true, k.backend.Create() })
	}
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func (k *system) Locked(ctx context.Context) bool {
	locked, err := call(ctx, k, func() (bool, error) { return k.backend.IsLocked(), nil })
	return err == nil && locked
}

func (k *system) Set(ctx context.Context, user string, secret oauth.Secret) error {
	wrote, err := change(ctx, k, func() (bool, error) {
		return k.backend.SetIfOpen(service, user, secret.Reveal()), nil
	})
	if wrote || err != nil {
		return err
	}
	if _, err := k.Get(ctx, user); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	_, err = change(ctx, k, func() (bool, error) {
		return true, withoutSecret(k.backend.Set(service, user, secret.Reveal()), secret)
	})
	return err
}

func (k *system) Delete(ctx context.Context, user string) error {
	_, err := k.Get(ctx, user)
	if err == nil {
		_, err = change(ctx, k, func() (bool, error) { return true, k.deleteAll(user) })
	}
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// maxDuplicates limits the items of one user that deleteAll deletes.
const maxDuplicates = 100

// deleteAll deletes every item of user. A Secret Service may hold several items with
// the same attributes.
func (k *system) deleteAll(user string) error {
	err := k.backend.Delete(service, user)
	for n := 1; err == nil; n++ {
		if err = k.backend.Delete(service, user); errors.Is(err, keyring.ErrNotFound) {
			return nil
		}
		if n == maxDuplicates {
			return fmt.Errorf("the keyring still holds items of %s after %d were deleted", user, n)
		}
	}
	return err
}

// change runs a call that writes. The keyring must be open: a write that waited
// for a prompt could happen long after its caller gave up. For the same reason
// it isn't cut off when ctx ends.
func change[T any](ctx context.Context, k *system, do func() (T, error)) (result T, err error) {
	if ctx.Err() != nil {
		return result, &Error{Silent, context.Cause(ctx)}
	}
	return call(context.WithoutCancel(ctx), k, do)
}

// call runs do in the background and stops waiting when ctx or the limit ends.
// The call itself then goes on until the keyring answers.
func call[T any](ctx context.Context, k *system, do func() (T, error)) (none T, err error) {
	if err := k.reachable(); err != nil {
		return none, &Error{Absent, err}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, k.limit, fmt.Errorf("no answer within %v", k.limit))
	defer cancel()
	select {
	case k.slots <- struct{}{}:
	case <-ctx.Done():
		return none, &Error{Silent, context.Cause(ctx)}
	}
	type answer struct {
		result T
		err    error
	}
	answers := make(chan answer, 1)
	go func() {
		defer func() { <-k.slots }()
		result, err := do()
		answers <- answer{result, k.typed(err)}
	}()
	select {
	case a := <-answers:
		return a.result, a.err
	case <-ctx.Done():
		return none, &Error{Silent, context.Cause(ctx)}
	}
}

// typed turns an error of the backend into one of this package. go-keyring takes a keyring
// that doesn't exist for a locked one.
func (k *system) typed(err error) error {
	err = typed(err)
	if trouble := (*Error)(nil); errors.As(err, &trouble) && (trouble.Kind == Locked || trouble.Kind == Absent) && k.backend.IsMissing() {
		return &Error{Missing, trouble.Err}
	}
	return err
}

// typed turns an error of go-keyring into one of this package.
func typed(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNotFound
	}
	return &Error{kindOf(err), err}
}

// withoutSecret replaces an error that quotes the secret.
func withoutSecret(err error, secret oauth.Secret) error {
	if err != nil && strings.Contains(err.Error(), secret.Reveal()) {
		return errors.New("the keyring refused to write")
	}
	return err
}
