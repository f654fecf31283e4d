package account

import (
	"cmp"
	"context"
	"errors"
	"time"

	"egnyte-accounts/oauth/keyring"
)

// settleWait limits how long List waits for the keyring, for all accounts together.
const settleWait = 5 * time.Second

// settleAll completes or undoes what crashes left half done, and reports whether there
// was anything. An entry whose lock is taken is being written by another process; one
// whose keyring doesn't answer stays pending.
func (s *Store) settleAll(ctx context.Context, x *index) bool {
	var names []string
	for _, e := range x.Accounts {
		if e.pending() && e.Known() == nil && x.Version <= indexVersion {
			names = append(names, e.Name)
		}
	}
	if len(names) == 0 {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, settleWait)
	defer cancel()
	for _, name := range names {
		held, err := s.takeLock(s.lockPath(name), false)
		if err != nil || held == nil {
			continue
		}
		_ = s.settle(ctx, name)
		s.releaseSettled(held, name)
	}
	return true
}

// releaseSettled releases the lock, and removes its file if the account is gone.
func (s *Store) releaseSettled(held *fileLock, name string) {
	if x, err := s.readIndex(); err == nil && x.find(name) == nil {
		held.releaseAndRemove()
		return
	}
	held.release()
}

// settle completes or undoes the change that a crash left on name, if there is one.
// The caller must hold the account lock, so that no other process is making it.
func (s *Store) settle(ctx context.Context, name string) error {
	x, err := s.readIndex()
	if err != nil {
		return err
	}
	return s.settleEntry(ctx, x.find(name))
}

// settleEntry is settle for an entry of the index, or nil.
func (s *Store) settleEntry(ctx context.Context, e *entry) error {
	if e == nil || !e.pending() {
		return nil
	}
	if e.Change != nil && e.Change.Removing {
		return s.forget(ctx, e.Name)
	}
	it, err := s.readItem(ctx, e.Name)
	if err != nil && !errors.Is(err, keyring.ErrNotFound) && !errors.Is(err, ErrBrokenItem) {
		return err
	}
	there := err == nil
	return s.updateIndex(ctx, func(x *index) error {
		if e := x.find(e.Name); e != nil {
			*e = e.settled(it, there)
		}
		return nil
	})
}

// settled is what an entry becomes, depending on what the keyring has for it: the new
// tokens, those from before the change, or nothing that works.
func (e entry) settled(it item, there bool) entry {
	next := entry{Account: e.Account, unknown: e.unknown}
	switch {
	case there && (e.Change == nil || it.Stamp == e.Change.Stamp):
		next.State, next.Reason, next.Notified, next.Expires = Ready, "", false, it.expires()
		return next
	case e.Change != nil && e.Change.Before != nil:
		next.Account = *e.Change.Before
		next.Default = e.Default
		if there {
			return next
		}
	}
	if next.State != Reconnect {
		next.Notified = false
	}
	next.State, next.Reason = Reconnect, cmp.Or(next.Reason, ReasonGone)
	return next
}
