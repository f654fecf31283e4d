// Package agefile is a keyring in one file, encrypted with age under a passphrase
// (filippo.io/age, scrypt), for machines without a system keyring. It is used only
// if the user names a file. It isn't part of package keyring, so that programs that
// don't use it don't depend on age.
package agefile

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
	"egnyte-accounts/oauth/internal/wholefile"
	"egnyte-accounts/oauth/keyring"
)

const (
	// workFactor is the log2 of scrypt's N. 17 is the minimum in OWASP's Password
	// Storage Cheat Sheet. age's default of 18 doubles time and memory, which every
	// command here pays. One unlock takes about half a second and 128 MB, a change
	// the same again.
	workFactor = 17
	// maxWorkFactor limits what a file may ask for: 20 takes 1 GB.
	maxWorkFactor = 20
	lockWait      = 30 * time.Second
	lockRetry     = 20 * time.Millisecond
	maxFile       = 64 << 20 // bytes
	version       = 1
)

// Errors of this package. They come wrapped, with the file's path.
var (
	// ErrPassphrase means that the passphrase doesn't open the file.
	ErrPassphrase = errors.New("the passphrase does not open the file")
	// ErrNotAStore means that the file is not one of this package's, or is damaged.
	ErrNotAStore = errors.New("the file is no store of accounts, or it is damaged")
	// ErrNewer means that the file has a later format than this version reads.
	ErrNewer = errors.New("a newer version of this app wrote the file")
)

// Passphrase asks for the passphrase. With isNew the file doesn't exist yet, so a
// typing error would lock the user out. It is called once for each File.
type Passphrase func(ctx context.Context, isNew bool) (oauth.Secret, error)

// File is a keyring.Keyring in one encrypted file. Its methods are safe for
// concurrent use by goroutines and processes: a change reads, decrypts, encrypts
// and replaces the whole file under a lock.
type File struct {
	path       string
	ask        Passphrase
	workFactor int

	mu         sync.Mutex
	passphrase oauth.Secret
	sealed     []byte                  // the file as last read
	items      map[string]oauth.Secret // the content of sealed
}

// Open returns the keyring in the file at path, which need not exist yet. It reads
// nothing.
func Open(path string, ask Passphrase) *File {
	return &File{path: path, ask: ask, workFactor: workFactor}
}

// content is what the file holds once it is decrypted.
type content struct {
	Version int               `json:"version"`
	Items   map[string]string `json:"items"`
}

// Get reads one item. It takes no lock, so it works on a read-only disk.
func (f *File) Get(ctx context.Context, user string) (oauth.Secret, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	items, err := f.read(ctx)
	if err != nil {
		return oauth.Secret{}, err
	}
	secret, there := items[user]
	if !there {
		return oauth.Secret{}, keyring.ErrNotFound
	}
	return secret, nil
}

// Unlock asks for the passphrase, also if the file doesn't exist yet: later there
// may be another question on the same terminal.
func (f *File) Unlock(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.read(ctx); err != nil {
		return err
	}
	return f.know(ctx)
}

// Locked reports whether Get would ask for the passphrase.
func (f *File) Locked(context.Context) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, err := os.Stat(f.path)
	return err == nil && f.passphrase.IsZero()
}

// Set writes one item.
func (f *File) Set(ctx context.Context, user string, secret oauth.Secret) error {
	return f.change(ctx, func(items map[string]oauth.Secret) bool {
		items[user] = secret
		return true
	})
}

// Delete removes one item; nil when there was none.
func (f *File) Delete(ctx context.Context, user string) error {
	return f.change(ctx, func(items map[string]oauth.Secret) bool {
		_, there := items[user]
		delete(items, user)
		return there
	})
}

// change edits the items under the lock. Edit reports whether there is anything to
// write.
func (f *File) change(ctx context.Context, edit func(map[string]oauth.Secret) bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	// Ask before taking the lock: other processes shouldn't wait for the user.
	if _, err := f.read(ctx); err != nil {
		return err
	}
	if err := f.know(ctx); err != nil {
		return err
	}
	release, err := f.lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	items, err := f.read(ctx) // another process may have written
	if err != nil {
		return err
	}
	if !edit(items) {
		return nil
	}
	if err := f.write(items); err != nil {
		f.sealed, f.items = nil, nil // items has the change, the file may not
		return f.failed(err)
	}
	return nil
}

func (f *File) lock(ctx context.Context) (release func(), err error) {
	if err := wholefile.MakeFolder(filepath.Dir(f.path)); err != nil {
		return nil, f.failed(err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, lockWait, errors.New("somebody else is changing it"))
	defer cancel()
	file := flock.New(f.path+".lock", flock.SetPermissions(0o600))
	if _, err := file.TryLockContext(ctx, lockRetry); err != nil {
		return nil, f.failed(fmt.Errorf("waiting for its lock: %w", errors.Join(err, context.Cause(ctx))))
	}
	return func() { _ = file.Unlock() }, nil
}

// read returns the items that the file has now. It decrypts only what has changed.
func (f *File) read(ctx context.Context) (map[string]oauth.Secret, error) {
	sealed, err := wholefile.Read(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]oauth.Secret{}, nil
	}
	if err != nil {
		return nil, f.failed(err)
	}
	if len(sealed) > 0 && bytes.Equal(sealed, f.sealed) {
		return f.items, nil
	}
	if err := f.know(ctx); err != nil {
		return nil, err
	}
	items, err := unseal(sealed, f.passphrase)
	if err != nil {
		if errors.Is(err, ErrPassphrase) {
			f.passphrase = oauth.Secret{}
			return nil, &keyring.Error{Kind: keyring.Locked, Err: fmt.Errorf("%s: %w", f.path, err)}
		}
		return nil, f.failed(err)
	}
	f.sealed, f.items = sealed, items
	return items, nil
}

// know asks for the passphrase, unless it is known.
func (f *File) know(ctx context.Context) error {
	if !f.passphrase.IsZero() {
		return nil
	}
	_, err := os.Stat(f.path)
	passphrase, err := f.ask(ctx, errors.Is(err, fs.ErrNotExist))
	if err == nil && passphrase.IsZero() {
		err = errors.New("an empty passphrase protects nothing")
	}
	if err != nil {
		return &keyring.Error{Kind: keyring.Locked, Err: fmt.Errorf("%s: %w", f.path, err)}
	}
	f.passphrase = passphrase
	return nil
}

func (f *File) write(items map[string]oauth.Secret) error {
	sealed, err := seal(items, f.passphrase, f.workFactor)
	if err != nil {
		return err
	}
	if err := wholefile.Write(f.path, sealed); err != nil {
		return err
	}
	f.sealed, f.items = sealed, items
	return nil
}

func (f *File) failed(err error) error {
	return &keyring.Error{Kind: keyring.Failed, Err: fmt.Errorf("%s: %w", f.path, err)}
}

// seal encrypts the items. Its errors never quote them.
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
	switch err := json.Unmarshal(plain, &c); {
	case c.Version > version:
		return nil, ErrNewer
	case err != nil || c.Version != version:
		return nil, ErrNotAStore
	}
	items := make(map[string]oauth.Secret, len(c.Items))
	for user, text := range c.Items {
		items[user] = oauth.NewSecret(text)
	}
	return items, nil
}
