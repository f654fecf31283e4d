package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"egnyte-accounts/oauth"
)

// Store is the one place that accounts are kept. Its methods are safe for
// concurrent use, by goroutines and by processes.
type Store struct {
	dir     string
	keyring Keyring
	now     func() time.Time // the wall clock
	flights singleflight.Group

	renewWaits []time.Duration // see lockToRenew
	polling    sync.Once       // the log says that the index is polled
}

// Open returns the store in dir (see settings.Dir), which need not exist yet. It touches nothing.
func Open(dir string, keyring Keyring) *Store {
	return &Store{dir: dir, keyring: keyring, now: wallNow, renewWaits: []time.Duration{renewWait, refreshLimit}}
}

// CheckKeyring reports, before a browser opens, a keyring or a folder that could
// not keep the result. A locked keyring is unlocked, by a prompt of the system's.
func (s *Store) CheckKeyring(ctx context.Context) error {
	folder := make(chan error, 1)
	go func() { folder <- s.checkFolder() }()
	return cmp.Or(s.checkKeyring(ctx), <-folder)
}

func (s *Store) checkKeyring(ctx context.Context) error {
	var err error
	if checked, ok := s.keyring.(interface{ Check(context.Context) error }); ok {
		err = checked.Check(ctx)
	} else {
		_, err = s.keyring.Get(ctx, "check")
	}
	if err != nil && !errors.Is(err, ErrNoSecret) {
		return fmt.Errorf("checking the keyring: %w", err)
	}
	if opened, ok := s.keyring.(interface{ Unlock(context.Context) error }); ok {
		if err := opened.Unlock(ctx); err != nil {
			return fmt.Errorf("unlocking the keyring: %w", err)
		}
	}
	return nil
}

// checkFolder reports a disk that the index could not be written to. A lock may
// still be taken there, if its file is there already.
func (s *Store) checkFolder() (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("checking the folder of accounts: %w", err)
		}
	}()
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(s.dir, ".check-*")
	if err != nil {
		return err
	}
	_, err = file.WriteString("x")
	return errors.Join(err, file.Close(), os.Remove(file.Name()))
}

// List returns all accounts, by name, the default first. Entries that a crash
// left behind are settled first. Without any such entry it is one read of one
// file: no lock, no keyring, and no folder is made.
func (s *Store) List(ctx context.Context) ([]Account, error) {
	x, err := s.readIndex()
	if err != nil {
		return nil, err
	}
	if s.settleAll(ctx, x) {
		if x, err = s.readIndex(); err != nil {
			return nil, err
		}
	}
	return x.list(), nil
}

// Find returns the account that query means: its name, or a domain (with or
// without a port) or its first label where only one matches. "" is the default;
// with a service that the default is not of, the only account of that service.
// With service, only accounts of it count. ErrNoAccount, *AmbiguousError.
func (s *Store) Find(ctx context.Context, query string, service *oauth.Service) (Account, error) {
	if a, found := s.lookUp(query, service); found { // a user name may begin with a space
		return a, nil
	}
	query = strings.TrimSpace(query)
	accounts, err := s.List(ctx)
	if err != nil {
		return Account{}, err
	}
	return choose(accounts, strings.ToLower(query), service)
}

// choose is Find, given all accounts. Query is in lower case.
func choose(accounts []Account, query string, service *oauth.Service) (Account, error) {
	var found []Account
	for _, a := range accounts {
		switch {
		case service != nil && a.Service != service.String():
		case strings.EqualFold(a.Name, query), query == "" && a.Default:
			return a, nil
		case query == "", a.answersTo(query):
			found = append(found, a)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return Account{}, ambiguous(query, found)
	case query == "":
		return Account{}, ErrNoAccount
	}
	return Account{}, fmt.Errorf("%w: %s", ErrNoAccount, query)
}

// answersTo reports whether query is the account's host, that without its port,
// or the host's first label.
func (a Account) answersTo(query string) bool {
	host := strings.ToLower(a.Domain)
	name := host
	if bare, _, err := net.SplitHostPort(host); err == nil {
		name = bare
	}
	label, _, _ := strings.Cut(name, ".")
	return query == host || query == name || query == label
}

func ambiguous(query string, found []Account) error {
	names := make([]string, 0, len(found))
	for _, a := range found {
		names = append(names, a.Name)
	}
	return &AmbiguousError{query, names}
}

// Token returns the account's token from the keyring. ErrReconnect where there
// is none that could work.
func (s *Store) Token(ctx context.Context, account Account) (oauth.Token, error) {
	i, err := s.liveItem(ctx, account)
	if err != nil {
		return oauth.Token{}, err
	}
	if i.expired(s.now()) {
		return oauth.Token{}, &ReconnectError{account.Name, ReasonExpired, errExpired}
	}
	return i.token(account.Scopes), nil
}

// Key returns the API key that the account was signed in with, for refresh,
// revoke and signing in again. Its secret is zero where the key has none, or
// where the keyring has lost it.
func (s *Store) Key(ctx context.Context, account Account) (oauth.Key, error) {
	key := oauth.Key{ID: account.KeyID, RedirectURI: account.RedirectURI}
	i, err := s.readItem(ctx, account.Name)
	if err != nil && !errors.Is(err, ErrNoSecret) && !errors.Is(err, ErrBrokenItem) {
		return oauth.Key{}, err
	}
	key.Secret = oauth.NewSecret(i.ClientSecret)
	return key, nil
}

func (s *Store) liveItem(ctx context.Context, account Account) (item, error) {
	if account.State == Reconnect {
		return item{}, &ReconnectError{account.Name, account.Reason, nil}
	}
	i, err := s.readItem(ctx, account.Name)
	if errors.Is(err, ErrNoSecret) || errors.Is(err, ErrBrokenItem) {
		return item{}, &ReconnectError{account.Name, ReasonGone, err}
	}
	return i, err
}

// key is the API key that goes with the item's tokens.
func (i item) key(a Account) oauth.Key {
	return oauth.Key{ID: a.KeyID, Secret: oauth.NewSecret(i.ClientSecret), RedirectURI: a.RedirectURI}
}

// MarkReconnect records that a person has to sign in again, and why.
func (s *Store) MarkReconnect(ctx context.Context, name string, reason oauth.RefusalKind) error {
	held, err := s.lockKnown(ctx, name)
	if err != nil {
		return err
	}
	defer held.release()
	return s.markReconnect(ctx, name, reason)
}

// markReconnect is MarkReconnect for who holds the account's lock.
func (s *Store) markReconnect(ctx context.Context, name string, reason oauth.RefusalKind) error {
	return s.updateEntry(ctx, name, func(e *entry) {
		if e.State != Reconnect {
			e.Told = false
		}
		e.State, e.Reason, e.Pause = Reconnect, reason, nil
		e.calm()
	})
}

// MarkTold records that the people of these accounts have been notified that they
// have to sign in again: each turn to Reconnect is told once, by whichever
// process, and also when none that tells was running then.
func (s *Store) MarkTold(ctx context.Context, names ...string) error {
	return s.updateIndex(ctx, func(x *index) error {
		for _, name := range names {
			if e := x.find(name); e != nil && e.State == Reconnect {
				e.Told = true
			}
		}
		return nil
	})
}

// updateEntry changes one entry of the index.
func (s *Store) updateEntry(ctx context.Context, name string, edit func(*entry)) error {
	return s.updateIndex(ctx, func(x *index) error {
		e := x.find(name)
		if e == nil {
			return fmt.Errorf("%w: %s", ErrNoAccount, name)
		}
		edit(e)
		return nil
	})
}

// SetDefault makes name the account that is meant when none is named.
func (s *Store) SetDefault(ctx context.Context, name string) error {
	return s.updateIndex(ctx, func(x *index) error {
		chosen := x.find(name)
		if chosen == nil {
			return fmt.Errorf("%w: %s", ErrNoAccount, name)
		}
		for i := range x.Accounts {
			x.Accounts[i].Default = &x.Accounts[i] == chosen
		}
		return nil
	})
}

// lockKnown takes the lock of an account that exists, and settles it if a crash
// left it halfway.
func (s *Store) lockKnown(ctx context.Context, name string) (*fileLock, error) {
	held, err := s.lockEntry(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := s.settle(ctx, name); err != nil {
		held.release()
		return nil, err
	}
	return held, nil
}

// lockEntry takes the lock of an account that exists; a name that means nothing
// gets no lock file.
func (s *Store) lockEntry(ctx context.Context, name string) (*fileLock, error) {
	x, err := s.readIndex()
	if err != nil {
		return nil, err
	}
	e := x.find(name)
	if e == nil {
		return nil, fmt.Errorf("%w: %s", ErrNoAccount, name)
	}
	return s.lockAccount(ctx, e.Name)
}
