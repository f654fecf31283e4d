package account

import (
	"context"
	"errors"
	"time"
)

// Unattended marks what nobody asked for just now, such as a check in the
// background: where a locked keyring can be told without a prompt, it is an error
// at once (KeyringLocked) and no prompt is shown. The Secret Service can be asked;
// Windows' store is never locked; macOS shows its prompt.
func Unattended(ctx context.Context) context.Context {
	return context.WithValue(ctx, unattendedKey{}, true)
}

// attended takes that back, for what would be lost without a prompt.
func attended(ctx context.Context) context.Context {
	return context.WithValue(ctx, unattendedKey{}, false)
}

type unattendedKey struct{}

func isUnattended(ctx context.Context) bool {
	marked, _ := ctx.Value(unattendedKey{}).(bool)
	return marked
}

// errUnasked: the keyring is locked, and its person was not asked.
var errUnasked = errors.New("it is locked, and nobody was asked to unlock it")

// lockedBackoff bounds the wait before another look at a locked keyring that can
// be asked without a prompt: whatever else opened it, the accounts go on soon.
const lockedBackoff = 5 * time.Minute

// keyringHold is for how long a keeper leaves the keyring alone. It is one for
// all accounts, as the keyring is: else each would raise a prompt of its own.
type keyringHold struct {
	until    time.Time
	failures int  // in a row
	unasked  bool // looking again shows no prompt
	locked   bool // so the index says
}

func (h *keyringHold) failed(now time.Time, trouble *KeyringError) {
	h.failures++
	h.unasked = errors.Is(trouble, errUnasked)
	h.locked = trouble.Kind == KeyringLocked
	wait := min(longestBackoff, firstBackoff<<min(h.failures-1, 10))
	if h.unasked {
		wait = min(wait, lockedBackoff)
	}
	if !h.unasked && (trouble.Kind == KeyringLocked || trouble.Kind == KeyringSilent) {
		wait = longestBackoff // somebody was asked, and did not want to or was not there
	}
	h.until = now.Add(wait)
}

// woken: after a sleep somebody may have unlocked it.
func (h *keyringHold) woken() {
	if h.unasked {
		h.until = time.Time{}
	}
}

// lift ends the hold: the keyring is open.
func (h *keyringHold) lift() { *h = keyringHold{} }
