// Package agestore keeps secrets in one file, encrypted with age under a
// passphrase (filippo.io/age, scrypt), for machines without a system keyring.
// It is never chosen by itself: a person names the file.
package agestore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"filippo.io/age"
	"github.com/gofrs/flock"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/internal/wholefile"
)

var _ account.Keyring = (*Store)(nil)

const (
	// workFactor is the log2 of scrypt's N. 17 is what OWASP's Password Storage
	// Cheat Sheet asks for at least; age's own 18 doubles the time and memory of
	// every command, and a command here pays on each run. One unlock takes about
	// half a second and 128 MB; a change takes another.
	workFactor = 17
	// maxWorkFactor bounds what a file may ask for: 20 takes 1 GB.
	maxWorkFactor = 20
	lockWait      = 30 * time.Second
	lockRetry     = 20 * time.Millisecond
	maxFile       = 64 << 20 // bytes
	version       = 1
)

// Errors of this package. Both come wrapped, with the file's path.
var (
	// ErrPassphrase: the passphrase does not open the file.
	ErrPassphrase = errors.New("the passphrase does not open the file")
	// ErrNotAStore: the file is not one of this package's, or it is damaged.
	ErrNotAStore = errors.New("the file is no store of accounts, or it is damaged")
)

// Passphrase asks for the passphrase; isNew says that the file does not exist
// yet, so a mistyped one would lock its owner out. It is asked once per Store.
type Passphrase func(ctx context.Context, isNew bool) (oauth.Secret, error)

// Store is an account.Keyring in one encrypted file. Its methods are safe for
// concurrent use, by goroutines and by processes: a change reads, decrypts,
// encrypts and replaces the whole file under a lock beside it.
type Store struct {
	path       string
	ask        Passphrase
	workFactor int

	mu         sync.Mutex
	passphrase oauth.Secret
	sealed     []byte // the file as last read, which items belongs to
	items      map[string]oauth.Secret
}

// Open returns the store in the file at path, which need not exist yet. It
// touches nothing.
func Open(path string, ask Passphrase) *Store {
	return &Store{path: path, ask: ask, workFactor: workFactor}
}

// content is what the file holds once it is decrypted.
type content struct {
	Version int               `json:"version"`
	Items   map[string]string `json:"items"`
}

// Get reads one item; account.ErrNoSecret where there is none. It writes
// nothing, not even a lock, so it works where nothing can be written.
func (s *Store) Get(ctx context.Context, user string) (oauth.Secret, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	items, err := s.read(ctx)
	if err != nil {
		return oauth.Secret{}, err
	}
	secret, there := items[user]
	if !there {
		return oauth.Secret{}, account.ErrNoSecret
	}
	return secret, nil
}

// Unlock asks for the passphrase now, also for a store that is yet to be made:
// later another question may be waiting for an answer on the same terminal.
func (s *Store) Unlock(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.read(ctx); err != nil {
		return err
	}
	return s.know(ctx)
}

// Set writes one item.
func (s *Store) Set(ctx context.Context, user string, secret oauth.Secret) error {
	return s.change(ctx, func(items map[string]oauth.Secret) bool {
		items[user] = secret
		return true
	})
}

// Delete removes one item; nil when there was none.
func (s *Store) Delete(ctx context.Context, user string) error {
	return s.change(ctx, func(items map[string]oauth.Secret) bool {
		_, there := items[user]
		delete(items, user)
		return there
	})
}

// change edits the items under the lock that all processes respect. Edit says
// whether there is anything to write.
func (s *Store) change(ctx context.Context, edit func(map[string]oauth.Secret) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Asked before the lock is taken: nobody else should wait for a person.
	if _, err := s.read(ctx); err != nil {
		return err
	}
	if err := s.know(ctx); err != nil {
		return err
	}
	release, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	items, err := s.read(ctx) // another process may have written meanwhile
	if err != nil {
		return err
	}
	if !edit(items) {
		return nil
	}
	if err := s.write(items); err != nil {
		s.sealed, s.items = nil, nil // items has the change, the file may not
		return s.failed(err)
	}
	return nil
}

func (s *Store) lock(ctx context.Context) (release func(), err error) {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return nil, s.failed(err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, lockWait, errors.New("somebody else is changing it"))
	defer cancel()
	file := flock.New(s.path+".lock", flock.SetPermissions(0o600))
	if _, err := file.TryLockContext(ctx, lockRetry); err != nil {
		return nil, s.failed(fmt.Errorf("waiting for its lock: %w", errors.Join(err, context.Cause(ctx))))
	}
	return func() { _ = file.Unlock() }, nil
}

// read gives the items as the file now has them. A file that has not changed
// since it was last read is not decrypted again.
func (s *Store) read(ctx context.Context) (map[string]oauth.Secret, error) {
	sealed, err := wholefile.Read(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]oauth.Secret{}, nil
	}
	if err != nil {
		return nil, s.failed(err)
	}
	if len(sealed) > 0 && bytes.Equal(sealed, s.sealed) {
		return s.items, nil
	}
	if err := s.know(ctx); err != nil {
		return nil, err
	}
	items, err := unseal(sealed, s.passphrase)
	if err != nil {
		if errors.Is(err, ErrPassphrase) {
			s.passphrase = oauth.Secret{}
			return nil, &account.KeyringError{Kind: account.KeyringLocked, Err: fmt.Errorf("%s: %w", s.path, err)}
		}
		return nil, s.failed(err)
	}
	s.sealed, s.items = sealed, items
	return items, nil
}

// know asks for the passphrase, once.
func (s *Store) know(ctx context.Context) error {
	if !s.passphrase.IsZero() {
		return nil
	}
	_, err := os.Stat(s.path)
	passphrase, err := s.ask(ctx, errors.Is(err, fs.ErrNotExist))
	if err == nil && passphrase.IsZero() {
		err = errors.New("an empty passphrase protects nothing")
	}
	if err != nil {
		return &account.KeyringError{Kind: account.KeyringLocked, Err: fmt.Errorf("%s: %w", s.path, err)}
	}
	s.passphrase = passphrase
	return nil
}

func (s *Store) write(items map[string]oauth.Secret) error {
	sealed, err := seal(items, s.passphrase, s.workFactor)
	if err != nil {
		return err
	}
	if err := wholefile.Write(s.path, sealed, nil); err != nil {
		return err
	}
	s.sealed, s.items = sealed, items
	return nil
}

func (s *Store) failed(err error) error {
	return &account.KeyringError{Kind: account.KeyringFailed, Err: fmt.Errorf("%s: %w", s.path, err)}
}

// seal packs the items and encrypts them; its errors never quote them.
func seal(items map[string]oauth.Secret, passphrase oauth.Secret, workFactor int) ([]byte, error) {
	c := content{Version: version, Items: make(map[string]string, len(items))}
	for user, secret := range items {
		c.Items[user] = secret.Reveal()
	}
	plain, err := json.Marshal(c)
	if err != nil {
		return nil, errors.New("packing the secrets failed")
	}
	recipient, err := age.NewScryptRecipient(passphrase.Reveal())
	if err != nil {
		return nil, errors.New("the passphrase can't be used")
	}
	recipient.SetWorkFactor(workFactor)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipient)
	if err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	return sealed.Bytes(), nil
}

func unseal(sealed []byte, passphrase oauth.Secret) (map[string]oauth.Secret, error) {
	identity, err := age.NewScryptIdentity(passphrase.Reveal())
	if err != nil {
		return nil, ErrPassphrase
	}
	identity.SetMaxWorkFactor(maxWorkFactor)
	r, err := age.Decrypt(bytes.NewReader(sealed), identity)
	if wrong := (*age.NoIdentityMatchError)(nil); errors.As(err, &wrong) {
		return nil, ErrPassphrase
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAStore, err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxFile))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAStore, err)
	}
	var c content
	if json.Unmarshal(plain, &c) != nil || c.Version != version {
		return nil, ErrNotAStore
	}
	items := make(map[string]oauth.Secret, len(c.Items))
	for user, text := range c.Items {
		items[user] = oauth.NewSecret(text)
	}
	return items, nil
}
