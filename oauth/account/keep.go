package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"egnyte-accounts/oauth"
)

// cleanUpWait bounds what is still put in order after a failure or a cancel.
const cleanUpWait = 5 * time.Second

// Add keeps a grant as the account of its person and domain, new or known. If
// it fails, a new account is not kept and a known one stays as it was.
func (s *Store) Add(ctx context.Context, grant oauth.Grant) (Account, error) {
	held, x, name, err := s.lockFor(ctx, grant)
	if err != nil {
		return Account{}, err
	}
	var kept Account
	if err = s.settleEntry(ctx, x.find(name)); err == nil {
		kept, err = s.keep(ctx, name, grant)
	}
	if err != nil {
		s.releaseSettled(held, name)
		return Account{}, err
	}
	held.release()
	return kept, nil
}

// lockFor takes the lock of the account that a grant belongs to, and gives the
// index as it is then.
func (s *Store) lockFor(ctx context.Context, grant oauth.Grant) (*fileLock, *index, string, error) {
	name := usualName(grant)
	for {
		held, err := s.lockAccount(ctx, name)
		if err != nil {
			return nil, nil, "", err
		}
		x, err := s.readIndex()
		if err != nil {
			held.release()
			return nil, nil, "", err
		}
		actual := x.nameOf(grant)
		if actual == name {
			return held, x, name, nil
		}
		s.releaseSettled(held, name) // the person's account has another name
		name = actual
	}
}

// Replace keeps a grant as the account name's, if the same person came back;
// else *OtherPersonError.
func (s *Store) Replace(ctx context.Context, name string, grant oauth.Grant) (Account, error) {
	held, err := s.lockKnown(ctx, name)
	if err != nil {
		return Account{}, err
	}
	defer held.release()
	old, err := s.entryOf(name)
	if err != nil {
		return Account{}, err
	}
	if !old.samePerson(grant) {
		return Account{}, &OtherPersonError{old.Account, grant}
	}
	return s.keep(ctx, old.Name, grant)
}

// nameOf is the account that a grant belongs to: the one its person already
// has, else a new one's name.
func (x *index) nameOf(grant oauth.Grant) string {
	for i := range x.Accounts {
		if x.Accounts[i].samePerson(grant) {
			return x.Accounts[i].Name
		}
	}
	name := usualName(grant)
	if x.find(name) != nil { // somebody who has been renamed since had that user name
		name = fmt.Sprintf("%s#%d@%s", grant.User.Username, grant.User.ID, grant.Domain.Host())
	}
	return name
}

func usualName(grant oauth.Grant) string { return grant.User.Username + "@" + grant.Domain.Host() }

// samePerson compares ids; usernames where an id is not known. Egnyte's user
// names may be typed in any case.
func (a Account) samePerson(grant oauth.Grant) bool {
	if a.Service != grant.Domain.Service().String() || a.Domain != grant.Domain.Host() {
		return false
	}
	if a.UserID != 0 && grant.User.ID != 0 {
		return a.UserID == grant.User.ID
	}
	return strings.EqualFold(a.Username, grant.User.Username)
}

// keep writes in the order that a crash can't spoil: index 'pending', keyring,
// index 'ready'. Its caller holds the account's lock.
func (s *Store) keep(ctx context.Context, name string, grant oauth.Grant) (Account, error) {
	i := newItem(grant)
	secret, err := i.pack()
	if err != nil {
		return Account{}, fmt.Errorf("keeping %s: %w", name, err)
	}
	announced, err := s.announce(ctx, accountOf(name, grant, i), i.Stamp)
	if err != nil {
		return Account{}, err
	}
	reached("announced")
	finish := s.prepareFinish(announced, name)
	if err := s.keyring.Set(ctx, name, secret); err != nil {
		finish.drop()
		s.takeBack(ctx, name, err)
		return Account{}, fmt.Errorf("keeping %s: %w", name, err)
	}
	reached("keyring written")
	kept, err := finish.commit(ctx)
	reached("kept")
	return kept, err
}

func accountOf(name string, grant oauth.Grant, i item) Account {
	now := wallNow().UTC().Truncate(time.Second)
	return Account{
		Name:        name,
		Service:     grant.Domain.Service().String(),
		Domain:      grant.Domain.Host(),
		Username:    grant.User.Username,
		UserID:      grant.User.ID,
		DisplayName: grant.User.Name(),
		State:       Pending,
		Expires:     i.expires(),
		Scopes:      append([]string{}, grant.Token.Scopes...),
		KeyID:       grant.Key.ID,
		RedirectURI: grant.Key.RedirectURI,
		Flow:        grant.Flow,
		Added:       now,
		Renewed:     now,
		Checked:     &now,
	}
}

// announce writes the entry as pending, before the keyring learns anything.
func (s *Store) announce(ctx context.Context, next Account, stamp string) (written, error) {
	held, err := s.lockIndex(ctx)
	if err != nil {
		return written{}, err
	}
	defer held.release()
	return s.editIndex(func(x *index) error {
		e := entry{Account: next, Change: &change{Stamp: stamp}}
		if old := x.find(next.Name); old != nil {
			before := old.Account
			e.Added, e.Change.Before = before.Added, &before
			e.UserID = cmp.Or(next.UserID, before.UserID)
		}
		x.put(e)
		return nil
	})
}

// takeBack undoes announce after the keyring refused. Where it is not certain
// that nothing was written, the entry is settled by what the keyring then
// holds; if even that can't be learned it stays pending, for the next to settle.
func (s *Store) takeBack(ctx context.Context, name string, refusal error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpWait)
	defer cancel()
	x, err := s.readIndex()
	if err != nil {
		return
	}
	e := x.find(name)
	if e == nil || e.Change == nil {
		return
	}
	if !untouched(refusal) {
		if e.Change.Before != nil {
			_ = s.settle(ctx, name)
			return
		}
		if s.keyring.Delete(ctx, name) != nil {
			return
		}
	}
	_ = s.updateIndex(ctx, func(x *index) error { return x.revert(name) })
}

// untouched reports a refusal of which it is certain that nothing was written.
func untouched(refusal error) bool {
	var trouble *KeyringError
	return errors.As(refusal, &trouble) && (trouble.Kind == KeyringAbsent || trouble.Kind == KeyringLocked)
}

// revert makes an entry what it was before its change began.
func (x *index) revert(name string) error {
	e := x.find(name)
	switch {
	case e == nil || e.Change == nil:
	case e.Change.Before != nil:
		x.put(entry{Account: *e.Change.Before})
	default:
		x.drop(name)
	}
	return nil
}

// Remove forgets an account: keyring item, index entry, lock. Where the keyring
// is absent or locked nothing is forgotten; where it does not answer, the
// removal is finished later, by whoever lists accounts next.
func (s *Store) Remove(ctx context.Context, name string) error {
	held, err := s.lockEntry(ctx, name)
	if err != nil {
		return err
	}
	return s.remove(ctx, held, name)
}

// remove is Remove for who holds the account's lock, which it gives back.
func (s *Store) remove(ctx context.Context, held *fileLock, name string) error {
	err := s.updateIndex(ctx, func(x *index) error {
		e := x.find(name)
		if e == nil {
			return fmt.Errorf("%w: %s", ErrNoAccount, name)
		}
		name = e.Name
		before := e.Account
		if e.Change != nil && e.Change.Removing {
			return nil // as a crash left it
		}
		e.State, e.Change = Pending, &change{Before: &before, Removing: true}
		return nil
	})
	if err != nil {
		held.release()
		return err
	}
	reached("removal announced")
	if err := s.forget(ctx, name); err != nil {
		if untouched(err) {
			s.takeBack(ctx, name, err)
		}
		held.release()
		return fmt.Errorf("removing %s: %w", name, err)
	}
	held.releaseAndRemove()
	reached("lock file removed")
	return nil
}

// forget ends a removal: first the secret, then the entry.
func (s *Store) forget(ctx context.Context, name string) error {
	if err := s.keyring.Delete(ctx, name); err != nil {
		return err
	}
	reached("keyring item deleted")
	err := s.updateIndex(ctx, func(x *index) error {
		x.drop(name)
		return nil
	})
	reached("entry dropped")
	return err
}
