// Package keyring keeps secrets: System is the keyring of the user's desktop,
// and package agefile is an encrypted file for machines without one.
package keyring

import (
	"context"
	"errors"

	"egnyte-accounts/oauth"
)

// Keyring keeps secrets, each under the name of its user. Every call ends with
// its context. Errors never contain a secret; those of System and of package
// agefile are ErrNotFound or an *Error.
type Keyring interface {
	// Get returns ErrNotFound if there is no such item. A locked keyring is
	// unlocked first, which may show a prompt.
	Get(ctx context.Context, user string) (oauth.Secret, error)
	// Set writes an item, or replaces it. It may show a prompt as well.
	Set(ctx context.Context, user string, secret oauth.Secret) error
	// Delete returns nil if there is no such item.
	Delete(ctx context.Context, user string) error
	// Unlock makes sure that the keyring can be read and written. It may show a
	// prompt, also to make a keyring if there is none.
	Unlock(ctx context.Context) error
	// Locked reports whether the next Get would show a prompt, as far as that
	// can be told without showing one.
	Locked(ctx context.Context) bool
}

// ErrNotFound means that the keyring has no such item.
var ErrNotFound = errors.New("the keyring holds no such item")

// Error is a keyring that is absent or locked, or that did not answer.
type Error struct {
	Kind Kind
	Err  error
}

// Kind tells keyring errors apart, so that each gets its own advice.
type Kind string

// The kinds of errors.
const (
	Absent Kind = "absent"
	Locked Kind = "locked"
	// Missing: the desktop's password store runs, but has no keyring to write to, as
	// before its first use. Unlock lets the user make one.
	Missing Kind = "missing"
	Silent  Kind = "silent" // no answer in time
	Failed  Kind = "failed"
)

func (e *Error) Error() string {
	return "the system keyring (" + string(e.Kind) + "): " + e.Err.Error()
}
func (e *Error) Unwrap() error { return e.Err }
