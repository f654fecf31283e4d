package account

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"reflect"
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

// index is accounts.json. Fields of a newer version are kept as they are.
type index struct {
	Version  int     `json:"version"`
	Accounts []entry `json:"accounts"`
	unknown  fields
}

// entry is one account, and the change that is being made to it.
type entry struct {
	Account
	Change *change `json:"change,omitempty"`
	Pause  *pause  `json:"pause,omitempty"` // of token requests

	unknown fields
}

// fields are the members of a JSON object.
type fields map[string]json.RawMessage

// without returns the fields that T doesn't have.
func without[T any](data []byte) (fields, error) {
	var all fields
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		delete(all, name)
	}
	return all, nil
}

// appendTo adds the fields to an object, of which only the closing brace is missing.
func (f fields) appendTo(object []byte) []byte {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		object = fmt.Appendf(object, ",%q:%s", name, f[name])
	}
	return object
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *entry) UnmarshalJSON(data []byte) (err error) {
	type plain entry
	if err = json.Unmarshal(data, (*plain)(e)); err == nil {
		e.unknown, err = without[entry](data)
	}
	return err
}

// MarshalJSON implements json.Marshaler.
func (e entry) MarshalJSON() ([]byte, error) {
	type plain entry
	data, err := json.Marshal(plain(e))
	if err != nil || len(e.unknown) == 0 {
		return data, err
	}
	return append(e.unknown.appendTo(data[:len(data)-1]), '}'), nil
}

// change lets the next process tell how far a crashed one came.
type change struct {
	Stamp    string   `json:"stamp,omitempty"`  // of the keyring item being written
	Before   *Account `json:"before,omitempty"` // the account before the change
	Removing bool     `json:"removing,omitempty"`
}

// pending reports an entry that is being written, or was when its writer crashed.
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
		e.Default, e.unknown = old.Default, old.unknown // may have changed since e was made
		*old = e
		return
	}
	x.Accounts = append(x.Accounts, e)
}

func (x *index) drop(name string) {
	x.Accounts = slices.DeleteFunc(x.Accounts, func(e entry) bool { return strings.EqualFold(e.Name, name) })
}

func (x *index) saysLocked() bool {
	return slices.ContainsFunc(x.Accounts, func(e entry) bool { return e.Trouble == Locked })
}

// arrange makes sure that there is one default, the first by name if the last one
// went away, and sorts the accounts as List returns them.
func (x *index) arrange() {
	slices.SortFunc(x.Accounts, func(a, b entry) int { return cmp.Compare(a.Name, b.Name) })
	chosen := max(0, slices.IndexFunc(x.Accounts, func(e entry) bool { return e.Default }))
	for i := range x.Accounts {
		x.Accounts[i].Default = i == chosen
	}
	slices.SortStableFunc(x.Accounts, func(a, b entry) int { return defaultFirst(a.Account, b.Account) })
}

func (x *index) list() []Account {
	accounts := make([]Account, 0, len(x.Accounts))
	for _, e := range x.Accounts {
		accounts = append(accounts, e.Account)
	}
	slices.SortStableFunc(accounts, defaultFirst)
	return accounts
}

func defaultFirst(a, b Account) int {
	switch {
	case a.Default && !b.Default:
		return -1
	case b.Default && !a.Default:
		return 1
	}
	return cmp.Compare(a.Name, b.Name)
}

// encode writes JSON with one line for each account, so that people can read it.
func (x *index) encode() ([]byte, error) {
	var file bytes.Buffer
	fmt.Fprintf(&file, `{"version":%d,"accounts":[`, x.Version)
	for i, e := range x.Accounts {
		if i > 0 {
			file.WriteByte(',')
		}
		line, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", e.Name, err)
		}
		file.WriteByte('\n')
		file.Write(line)
	}
	file.WriteString("\n]")
	return append(x.unknown.appendTo(file.Bytes()), "}\n"...), nil
}

func (s *Store) indexPath() string { return filepath.Join(s.dir, indexName) }

// readIndex needs no lock, because the file is replaced as a whole. A missing file
// is an empty index.
func (s *Store) readIndex() (*index, error) {
	data, err := wholefile.ReadFrom(s.disk, s.indexPath())
	if errors.Is(err, fs.ErrNotExist) {
		return &index{Version: indexVersion}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the list of accounts: %w", err)
	}
	return parseIndex(s.indexPath(), data)
}

func parseIndex(path string, data []byte) (*index, error) {
	var x index
	err := json.Unmarshal(data, &x)
	if err != nil {
		return nil, &IndexError{path, err.Error()}
	}
	if x.Version < indexVersion {
		return nil, &IndexError{path, "it has no version"}
	}
	x.unknown, err = without[index](data)
	return &x, err
}

// readToChange is readIndex for a caller that is about to change an account, in the
// index or in the keyring. What a newer version wrote is only read.
func (s *Store) readToChange() (*index, error) {
	x, err := s.readIndex()
	if err == nil && x.Version > indexVersion {
		err = &NewerError{s.indexPath()}
	}
	return x, err
}

// updateIndex reads, changes and writes the index under its lock. If edit returns an
// error, nothing is written.
func (s *Store) updateIndex(ctx context.Context, edit func(*index) error) error {
	held, err := s.lockIndex(ctx)
	if err != nil {
		return err
	}
	defer held.release()
	x, err := s.readToChange()
	if err != nil {
		return err
	}
	if err := edit(x); err != nil {
		return err
	}
	x.arrange()
	data, err := x.encode()
	if err == nil {
		err = wholefile.WriteTo(s.disk, s.indexPath(), data)
	}
	if err != nil {
		return fmt.Errorf("writing the list of accounts: %w", err)
	}
	return nil
}

// updateEntry changes one entry of the index.
func (s *Store) updateEntry(ctx context.Context, name string, edit func(*index, *entry)) error {
	return s.updateIndex(ctx, func(x *index) error {
		e := x.find(name)
		if e == nil {
			return fmt.Errorf("%w: %s", ErrNoAccount, name)
		}
		edit(x, e)
		return nil
	})
}

func (s *Store) lockIndex(ctx context.Context) (*fileLock, error) {
	if err := wholefile.MakePrivate(s.dir); err != nil {
		return nil, fmt.Errorf("keeping the list of accounts private: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, indexWait)
	defer cancel()
	held, err := s.lock(ctx, filepath.Join(s.dir, "accounts.lock"))
	if err != nil {
		return nil, fmt.Errorf("waiting for the list of accounts: %w", err)
	}
	return held, nil
}

func (s *Store) entryOf(name string) (entry, error) {
	x, err := s.readIndex()
	if err != nil {
		return entry{}, err
	}
	return x.entryOf(name)
}

func (x *index) entryOf(name string) (entry, error) {
	if e := x.find(name); e != nil {
		return *e, nil
	}
	return entry{}, fmt.Errorf("%w: %s", ErrNoAccount, name)
}
