// Package keyringtest has the keyring that tests use in place of a real one.
package keyringtest

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring"
)

// Op is a method of the keyring.
type Op string

// The methods.
const (
	Get    Op = "get"
	Set    Op = "set"
	Delete Op = "delete"
	Unlock Op = "unlock"
	Locked Op = "locked"
)

// Call is one call of a method.
type Call struct {
	Op     Op
	User   string
	Secret oauth.Secret // of Set
	Done   bool         // the call has been carried out, and hasn't returned yet
}

// Keyring is a keyring.Keyring for tests. The zero value is empty and unlocked, and
// keeps its items in memory.
type Keyring struct {
	Dir        string // keeps items in files here, which several processes can share
	CannotTell bool   // Locked is always false, as on macOS

	mu        sync.Mutex
	items     map[string]oauth.Secret
	intercept func(Call) error
	locked    bool
	prompts   int
	calls     map[Op]int
}

// Intercept has f called before and after each call. An error of f is the call's,
// and if it comes before, nothing is done. f may use the keyring itself, by Put.
func (k *Keyring) Intercept(f func(Call) error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.intercept = f
}

// Fail makes calls of these methods fail, or all if there are none. With a nil error
// the keyring works again.
func (k *Keyring) Fail(err error, ops ...Op) {
	k.Intercept(func(c Call) error {
		if c.Done || c.Op == Locked || len(ops) > 0 && !slices.Contains(ops, c.Op) {
			return nil
		}
		return err
	})
}

// SetLocked locks or unlocks the keyring. Calls to a locked one show a prompt, which
// the user dismisses.
func (k *Keyring) SetLocked(locked bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.locked = locked
}

// Prompts is how many prompts were shown.
func (k *Keyring) Prompts() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.prompts
}

// Calls counts the calls of a method.
func (k *Keyring) Calls(op Op) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.calls[op]
}

// Put writes an item without counting it as a call.
func (k *Keyring) Put(user string, secret oauth.Secret) error {
	if k.Dir != "" {
		temporary := k.path(user) + ".tmp"
		return errors.Join(os.MkdirAll(k.Dir, 0o700), os.WriteFile(temporary, []byte(secret.Reveal()), 0o600), os.Rename(temporary, k.path(user)))
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.items == nil {
		k.items = map[string]oauth.Secret{}
	}
	k.items[user] = secret
	return nil
}

// Users are the names of all items, sorted.
func (k *Keyring) Users() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	users := []string{}
	for user := range k.items {
		users = append(users, user)
	}
	files, _ := os.ReadDir(k.Dir)
	for _, f := range files {
		if name, err := hex.DecodeString(f.Name()); err == nil && k.Dir != "" {
			users = append(users, string(name))
		}
	}
	slices.Sort(users)
	return users
}

// Get implements keyring.Keyring.
func (k *Keyring) Get(_ context.Context, user string) (secret oauth.Secret, err error) {
	err = k.do(Call{Op: Get, User: user}, func() (err error) {
		secret, err = k.read(user)
		return err
	})
	if err != nil {
		secret = oauth.Secret{}
	}
	return secret, err
}

// Set implements keyring.Keyring.
func (k *Keyring) Set(_ context.Context, user string, secret oauth.Secret) error {
	return k.do(Call{Op: Set, User: user, Secret: secret}, func() error { return k.Put(user, secret) })
}

// Delete implements keyring.Keyring.
func (k *Keyring) Delete(_ context.Context, user string) error {
	return k.do(Call{Op: Delete, User: user}, func() error {
		if k.Dir != "" {
			if err := os.Remove(k.path(user)); !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return nil
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		delete(k.items, user)
		return nil
	})
}

// Unlock implements keyring.Keyring.
func (k *Keyring) Unlock(context.Context) error {
	return k.do(Call{Op: Unlock}, func() error { return nil })
}

// Locked implements keyring.Keyring.
func (k *Keyring) Locked(context.Context) bool {
	locked := false
	_ = k.do(Call{Op: Locked}, func() error {
		k.mu.Lock()
		defer k.mu.Unlock()
		locked = k.locked && !k.CannotTell
		return nil
	})
	return locked
}

func (k *Keyring) do(c Call, work func() error) error {
	k.mu.Lock()
	if k.calls == nil {
		k.calls = map[Op]int{}
	}
	k.calls[c.Op]++
	intercept, dismissed := k.intercept, k.locked && c.Op != Locked
	if dismissed {
		k.prompts++
	}
	k.mu.Unlock()
	if intercept == nil {
		intercept = func(Call) error { return nil }
	}
	if err := intercept(c); err != nil {
		return err
	}
	if dismissed {
		return &keyring.Error{Kind: keyring.Locked, Err: errors.New("the prompt was dismissed")}
	}
	if err := work(); err != nil {
		return err
	}
	c.Done = true
	return intercept(c)
}

func (k *Keyring) read(user string) (oauth.Secret, error) {
	if k.Dir != "" {
		data, err := os.ReadFile(k.path(user))
		if errors.Is(err, fs.ErrNotExist) {
			return oauth.Secret{}, keyring.ErrNotFound
		}
		return oauth.NewSecret(string(data)), err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if secret, there := k.items[user]; there {
		return secret, nil
	}
	return oauth.Secret{}, keyring.ErrNotFound
}

func (k *Keyring) path(user string) string {
	return filepath.Join(k.Dir, hex.EncodeToString([]byte(user)))
}
