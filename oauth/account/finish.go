package account

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"egnyte-accounts/oauth/internal/wholefile"
)

// finish is the last write of a change, the index that says 'ready'. It is
// flushed to a file of its own while the keyring is still writing, so that one
// rename is left to wait for. That one needs no flush: a power cut that undoes it
// leaves 'pending', with the stamp by which settle finds the keyring written.
// The folder's flush after 'pending' goes beside the keyring's own too: a file
// system that keeps no order could lose the entry of a secret to a power cut
// in these milliseconds, and signing in once more would mend that.
type finish struct {
	store     *Store
	name      string
	announced []byte // the index that this one follows
	kept      Account
	prepared  chan error
}

// prepareFinish begins, given the index that announced the change. Its caller
// holds the account's lock until commit or drop.
func (s *Store) prepareFinish(announced written, name string) *finish {
	f := &finish{store: s, name: name, announced: announced.data, prepared: make(chan error, 1)}
	next := announced.index
	f.kept, _ = next.ready(name)
	go func() {
		wholefile.SyncFolder(s.dir)
		data, err := next.encode()
		if err == nil {
			err = wholefile.Prepare(s.finishPath(name), data, reached)
		}
		f.prepared <- err
	}()
	return f
}

// ready ends the change of an entry. It returns the account as it then is.
func (x *index) ready(name string) (Account, error) {
	e := x.find(name)
	if e == nil {
		return Account{}, fmt.Errorf("%w: %s", ErrNoAccount, name)
	}
	e.State, e.Change = Ready, nil
	return e.Account, nil
}

// commit puts the prepared index in place. Where somebody has changed the index
// meanwhile, it is edited as it is now.
func (f *finish) commit(ctx context.Context) (Account, error) {
	err := <-f.prepared
	held, lockErr := f.store.lockIndex(ctx)
	if lockErr != nil {
		return Account{}, lockErr
	}
	defer held.release()
	if err == nil && f.place() {
		return f.kept, nil
	}
	f.remove()
	var kept Account
	_, err = f.store.editIndex(func(x *index) (err error) {
		kept, err = x.ready(f.name)
		return err
	})
	return kept, err
}

func (f *finish) place() bool {
	path := filepath.Join(f.store.dir, indexName)
	now, err := wholefile.Read(path)
	return err == nil && bytes.Equal(now, f.announced) && wholefile.Place(f.store.finishPath(f.name), path, reached) == nil
}

// drop is for a change that fails.
func (f *finish) drop() {
	<-f.prepared
	f.remove()
}

func (f *finish) remove() { _ = os.Remove(f.store.finishPath(f.name)) }

// finishPath is beside the lock of the account, which guards it.
func (s *Store) finishPath(name string) string {
	return strings.TrimSuffix(s.lockPath(name), ".lock") + ".next"
}
