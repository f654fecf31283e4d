package account

import (
	"context"

	"egnyte-accounts/oauth"
)

// SystemKeyring is the person's keyring: Secret Service, Windows' credential
// store, macOS' keychain.
func SystemKeyring() Keyring { panic("not implemented") }

// Store is the one place that accounts are kept. Its methods are safe for
// concurrent use, by goroutines and by processes.
type Store struct{}

// Open returns the store in dir (see settings.Dir), which need not exist yet. It touches nothing.
func Open(dir string, keyring Keyring) *Store { panic("not implemented") }

// CheckKeyring reports, before a browser opens, a keyring that could not keep the result.
func (s *Store) CheckKeyring(ctx context.Context) error { panic("not implemented") }

// List returns all accounts, by name, the default first. Entries that a crash
// left behind are settled first.
func (s *Store) List(ctx context.Context) ([]Account, error) { panic("not implemented") }

// Find returns the account that query means: its name, or a domain or its
// first label where only one matches; "" is the default. With service, only
// accounts of it count. ErrNoAccount, *AmbiguousError.
func (s *Store) Find(ctx context.Context, query string, service *oauth.Service) (Account, error) {
	panic("not implemented")
}

// Add keeps a grant as the account of its person and domain, new or known.
func (s *Store) Add(ctx context.Context, grant oauth.Grant) (Account, error) {
	panic("not implemented")
}

// Replace keeps a grant as the account name's, if the same person came back;
// else *OtherPersonError.
func (s *Store) Replace(ctx context.Context, name string, grant oauth.Grant) (Account, error) {
	panic("not implemented")
}

// Token returns the account's token from the keyring. ErrReconnect where there
// is none that could work.
func (s *Store) Token(ctx context.Context, account Account) (oauth.Token, error) {
	panic("not implemented")
}

// Remove forgets an account: keyring item, index entry, lock.
func (s *Store) Remove(ctx context.Context, name string) error { panic("not implemented") }

// MarkReconnect records that a person has to sign in again, and why.
func (s *Store) MarkReconnect(ctx context.Context, name string, reason oauth.RefusalKind) error {
	panic("not implemented")
}

// SetDefault makes name the account that is meant when none is named.
func (s *Store) SetDefault(ctx context.Context, name string) error { panic("not implemented") }

// Watch sends whenever the index has changed, by whichever process, until ctx
// ends; bursts are folded into one. It fails where the folder can't be made.
func (s *Store) Watch(ctx context.Context) (<-chan struct{}, error) { panic("not implemented") }
