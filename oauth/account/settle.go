package account

import (
	"cmp"
	"context"
	"errors"
	"os"
	"time"
)

// settleWait bounds what a list of accounts waits for the keyring, in all.
const settleWait = 5 * time.Second

// settleAll ends what crashes left halfway, as far as that is possible now, and
// reports whether there was anything. An entry whose lock is taken is being
// written by somebody; one whose keyring does not answer stays pending.
func (s *Store) settleAll(ctx context.Context, x *index) bool {
	var names []string
	for _, e := range x.Accounts {
		if e.pending() {
			names = append(names, e.Name)
		}
	}
	if len(names) == 0 {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, settleWait)
	defer cancel()
	for _, name := range names {
		held, err := tryLock(s.lockPath(name))
		if err != nil || held == nil {
			continue
		}
		_ = s.settle(ctx, name)
		s.releaseSettled(held, name)
	}
	return true
}

// releaseSettled takes the lock file of an account away with the account.
func (s *Store) releaseSettled(held *fileLock, name string) {
	if x, err := s.readIndex(); err == nil && x.find(name) == nil {
		held.releaseAndRemove()
		return
	}
	held.release()
}

// settle ends the change that a crash left on name, if there is one. Its caller
// holds the account's lock, so nobody else is in the middle of it.
func (s *Store) settle(ctx context.Context, name string) error {
	x, err := s.readIndex()
	if err != nil {
		return err
	}
	return s.settleEntry(ctx, x.find(name))
}

// settleEntry is settle, given the entry as the index has it; nil is none.
func (s *Store) settleEntry(ctx context.Context, e *entry) error {
	if e == nil || !e.pending() {
		return nil
	}
	_ = os.Remove(s.finishPath(e.Name)) // a crash may have left it
	if e.Change != nil && e.Change.Removing {
		return s.forget(ctx, e.Name)
	}
	i, err := s.readItem(ctx, e.Name)
	if err != nil && !errors.Is(err, ErrNoSecret) && !errors.Is(err, ErrBrokenItem) {
		return err
	}
	there := err == nil
	return s.updateIndex(ctx, func(x *index) error {
		if e := x.find(e.Name); e != nil {
			*e = e.settled(i, there)
		}
		return nil
	})
}

// settled is what an entry becomes, given what the keyring holds for it: the new
// tokens, the ones from before the change, or nothing that works.
func (e entry) settled(i item, there bool) entry {
	next := entry{Account: e.Account}
	switch {
	case there && (e.Change == nil || i.Stamp == e.Change.Stamp):
		next.State, next.Reason, next.Told, next.Expires = Ready, "", false, i.expires()
		return next
	case e.Change != nil && e.Change.Before != nil:
		next.Account = *e.Change.Before
		next.Default = e.Default
		if there {
			return next
		}
	}
	if next.State != Reconnect {
		next.Told = false
	}
	next.State, next.Reason = Reconnect, cmp.Or(next.Reason, ReasonGone)
	return next
}
