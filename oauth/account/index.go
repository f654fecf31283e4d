package account

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"egnyte-accounts/oauth/internal/wholefile"
)

const (
	indexName    = "accounts.json"
	indexVersion = 1
	// indexWait is how long a change waits for those of others, each of which
	// takes milliseconds.
	indexWait = 10 * time.Second
)

// IndexError: the index is not one that this program can read. It is left as it
// is: overwriting it would orphan secrets in the keyring.
type IndexError struct {
	Path   string
	Reason string
}

func (e *IndexError) Error() string {
	return fmt.Sprintf("the list of accounts in %s can't be read (%s): mend the file, or move it away and sign in again", e.Path, e.Reason)
}

// index is accounts.json.
type index struct {
	Version  int     `json:"version"`
	Accounts []entry `json:"accounts"`
}

// entry is one account, and the change that it is in the middle of.
type entry struct {
	Account
	Change *change `json:"change,omitempty"`
	Pause  *pause  `json:"pause,omitempty"` // of token requests
}

// change lets the next process tell how far a crashed one came.
type change struct {
	Stamp    string   `json:"stamp,omitempty"`  // of the keyring item being written
	Before   *Account `json:"before,omitempty"` // what the entry said until now
	Removing bool     `json:"removing,omitempty"`
}

// pending reports an entry that is being written, or was when a crash came.
func (e entry) pending() bool { return e.Change != nil || e.State == Pending }

// find returns the entry of that name, or nil.
func (x *index) find(name string) *entry {
	for i := range x.Accounts {
		if strings.EqualFold(x.Accounts[i].Name, name) {
			return &x.Accounts[i]
		}
	}
	return nil
}

func (x *index) put(e entry) {
	if old := x.find(e.Name); old != nil {
		e.Default = old.Default // whoever changes the default says so in the index
		*old = e
		return
	}
	x.Accounts = append(x.Accounts, e)
}

func (x *index) drop(name string) {
	x.Accounts = slices.DeleteFunc(x.Accounts, func(e entry) bool { return strings.EqualFold(e.Name, name) })
}

// arrange sees to it that there is one default, the first by name where the last
// one went away, and sorts as list does: the default is asked for most.
func (x *index) arrange() {
	slices.SortFunc(x.Accounts, func(a, b entry) int { return cmp.Compare(a.Name, b.Name) })
	chosen := max(0, slices.IndexFunc(x.Accounts, func(e entry) bool { return e.Default }))
	for i := range x.Accounts {
		x.Accounts[i].Default = i == chosen
	}
	slices.SortStableFunc(x.Accounts, func(a, b entry) int { return defaultFirst(a.Account, b.Account) })
}

// list gives the accounts as Store.List promises them.
func (x *index) list() []Account {
	accounts := make([]Account, 0, len(x.Accounts))
	for _, e := range x.Accounts {
		accounts = append(accounts, e.Account)
	}
	slices.SortStableFunc(accounts, defaultFirst)
	return accounts
}

// defaultFirst orders accounts by name, the default before all others.
func defaultFirst(a, b Account) int {
	switch {
	case a.Default && !b.Default:
		return -1
	case b.Default && !a.Default:
		return 1
	}
	return cmp.Compare(a.Name, b.Name)
}

// readIndex needs no lock: the file is replaced as a whole. None is an empty one.
func (s *Store) readIndex() (*index, error) {
	path := filepath.Join(s.dir, indexName)
	data, err := wholefile.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &index{Version: indexVersion}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the list of accounts: %w", err)
	}
	return parseIndex(path, data)
}

func parseIndex(path string, data []byte) (*index, error) {
	var x index
	if err := json.Unmarshal(data, &x); err != nil {
		return nil, &IndexError{path, err.Error()}
	}
	if x.Version != indexVersion {
		return nil, &IndexError{path, fmt.Sprintf("it has version %d, this program knows %d", x.Version, indexVersion)}
	}
	return &x, nil
}

// updateIndex reads, changes and writes the index under its lock. What edit
// returns as an error leaves the index as it is.
func (s *Store) updateIndex(ctx context.Context, edit func(*index) error) error {
	held, err := s.lockIndex(ctx)
	if err != nil {
		return err
	}
	_, err = s.editIndex(edit)
	held.release()
	if err == nil {
		wholefile.SyncFolder(s.dir)
	}
	return err
}

func (s *Store) lockIndex(ctx context.Context) (*fileLock, error) {
	if err := wholefile.Shut(s.dir); err != nil {
		return nil, fmt.Errorf("keeping the list of accounts private: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, indexWait)
	defer cancel()
	held, err := lock(ctx, filepath.Join(s.dir, "accounts.lock"))
	if err != nil {
		return nil, fmt.Errorf("waiting for the list of accounts: %w", err)
	}
	return held, nil
}

// written is an index as a change left it.
type written struct {
	index *index
	data  []byte
}

// editIndex is updateIndex for who holds the index's lock, and sees to it that
// the folder is flushed.
func (s *Store) editIndex(edit func(*index) error) (written, error) {
	x, err := s.readIndex()
	if err != nil {
		return written{}, err
	}
	if err := edit(x); err != nil {
		return written{}, err
	}
	x.arrange()
	data, err := x.encode()
	if err == nil {
		err = s.replaceIndex(data)
	}
	if err != nil {
		return written{}, fmt.Errorf("writing the list of accounts: %w", err)
	}
	return written{x, data}, nil
}

func (s *Store) replaceIndex(data []byte) error {
	path := filepath.Join(s.dir, indexName)
	temporary := path + ".tmp"
	if err := wholefile.Prepare(temporary, data, reached); err != nil {
		return err
	}
	return wholefile.Place(temporary, path, reached)
}

// reached is called at every point of a change where a crash leaves something
// else behind. Tests die there.
var reached = func(point string) {}
