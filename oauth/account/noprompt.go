package account

import (
	"context"

	"egnyte-accounts/oauth/keyring"
)

// WithoutPrompt returns a context for work in the background: in it, a locked
// keyring is a keyring.Locked error that is ErrNotAsked, and no prompt is shown. This
// works with the Secret Service. Windows' store is never locked; macOS shows its
// prompt. A renewed token is saved even if that takes a prompt, as it would be lost
// otherwise.
func WithoutPrompt(ctx context.Context) context.Context {
	return context.WithValue(ctx, withoutPrompt{}, true)
}

type withoutPrompt struct{}

// mayAskKeyring returns an error if the next read would show a prompt that ctx
// forbids.
func (s *Store) mayAskKeyring(ctx context.Context) error {
	if ctx.Value(withoutPrompt{}) != nil && s.keyring.Locked(ctx) {
		return &keyring.Error{Kind: keyring.Locked, Err: ErrNotAsked}
	}
	return nil
}
