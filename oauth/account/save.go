package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring"
)

// cleanUpWait limits what is put in order after a failure or a cancel.
const cleanUpWait = 5 * time.Second

// Save keeps a grant as the account name's, or, if name is "", as the account of the
// user and domain that signed in, which may be new. If it fails, a new account is not
// kept and an existing one stays as it was. If another user signed in than name's, the
// error is *OtherPersonError.
//
// A caller that gives up on a grant it could not save must Discard it.
func (s *Store) Save(ctx context.Context, name string, grant oauth.Grant) (Account, error) {
	if name == "" {
		return s.add(ctx, grant)
	}
	return s.replace(ctx, name, grant)
}

func (s *Store) add(ctx context.Context, grant oauth.Grant) (Account, error) {
	held, x, name, err := s.lockFor(ctx, grant)
	if err != nil {
		return Account{}, err
	}
	var saved Account
	if err = s.settleEntry(ctx, x.find(name)); err == nil {
		saved, err = s.write(ctx, name, grant)
	}
	if err != nil {
		s.releaseSettled(held, name)
		return Account{}, err
	}
	held.release()
	return saved, nil
}

// lockFor takes the lock of the account that a grant belongs to, and returns the index
// as it is then.
func (s *Store) lockFor(ctx context.Context, grant oauth.Grant) (*fileLock, *index, string, error) {
	name := usualName(grant)
	for {
		held, err := s.lockAccount(ctx, name)
		if err != nil {
			return nil, nil, "", err
		}
		x, err := s.readToChange()
		actual := name
		if err == nil {
			actual = x.nameOf(grant)
			if e := x.find(actual); e != nil {
				err = e.Known()
			}
		}
		if err != nil {
			held.release()
			return nil, nil, "", err
		}
		if actual == name {
			return held, x, name, nil
		}
		s.releaseSettled(held, name) // the user's account has another name
		name = actual
	}
}

func (s *Store) replace(ctx context.Context, name string, grant oauth.Grant) (Account, error) {
	held, err := s.lockSettled(ctx, name)
	if err != nil {
		return Account{}, err
	}
	defer held.release()
	old, err := s.entryOf(name)
	if err != nil {
		return Account{}, err
	}
	if !old.IsOf(grant) {
		return Account{}, &OtherPersonError{old.Account, grant}
	}
	return s.write(ctx, old.Name, grant)
}

// nameOf is the name of the account that a grant belongs to: the one that its user
// has, or a new one.
func (x *index) nameOf(grant oauth.Grant) string {
	for i := range x.Accounts {
		if x.Accounts[i].IsOf(grant) {
			return x.Accounts[i].Name
		}
	}
	name := usualName(grant)
	if x.find(name) != nil { // of another user, who has been renamed since
		name = fmt.Sprintf("%s#%d@%s", grant.User.Username, grant.User.ID, grant.Domain.Host())
	}
	return name
}

func usualName(grant oauth.Grant) string { return grant.User.Username + "@" + grant.Domain.Host() }

// IsOf reports whether a grant is a sign-in of the account's user.
func (a Account) IsOf(grant oauth.Grant) bool {
	return a.Service == grant.Domain.Service().String() && a.Domain == grant.Domain.Host() && a.isUser(grant.User)
}

// isUser reports whether the account belongs to that user of its domain. It compares
// ids, or user names if an id is not known. Case doesn't matter in Egnyte's user names.
func (a Account) isUser(user oauth.User) bool {
	if a.UserID != 0 && user.ID != 0 {
		return a.UserID == user.ID
	}
	return strings.EqualFold(a.Username, user.Username)
}

// write writes in the order that makes a crash harmless: index 'pending', keyring,
// index 'ready'. The caller must hold the account lock.
func (s *Store) write(ctx context.Context, name string, grant oauth.Grant) (saved Account, err error) {
	it := newItem(grant)
	it.Account = name
	secret, err := it.pack()
	if err != nil {
		return Account{}, fmt.Errorf("keeping %s: %w", name, err)
	}
	if err := s.announce(ctx, accountOf(name, grant, it), it.Stamp); err != nil {
		return Account{}, err
	}
	if err := s.keyring.Set(ctx, name, secret); err != nil {
		s.takeBack(ctx, name, err)
		return Account{}, fmt.Errorf("keeping %s: %w", name, err)
	}
	err = s.updateEntry(ctx, name, func(_ *index, e *entry) {
		e.State, e.Change = Ready, nil
		saved = e.Account
	})
	return saved, err
}

func accountOf(name string, grant oauth.Grant, it item) Account {
	now := wallNow().UTC().Truncate(time.Second)
	return Account{
		Name:        name,
		Service:     grant.Domain.Service().String(),
		Domain:      grant.Domain.Host(),
		Username:    grant.User.Username,
		UserID:      grant.User.ID,
		DisplayName: grant.User.Name(),
		State:       Pending,
		Expires:     it.expires(),
		Scopes:      append([]string{}, grant.Token.Scopes...),
		KeyID:       grant.Key.ID,
		RedirectURI: grant.Key.RedirectURI,
		Flow:        grant.Flow,
		Added:       now,
		Renewed:     now,
		Checked:     &now,
	}
}

// announce writes the entry as pending, before the keyring changes.
func (s *Store) announce(ctx context.Context, next Account, stamp string) error {
	return s.updateIndex(ctx, func(x *index) error {
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

// takeBack undoes announce after the keyring refused. Unless it is certain that
// nothing was written, the entry is settled by what the keyring then holds. If that
// can't be read either, the entry stays pending and is settled later.
func (s *Store) takeBack(ctx context.Context, name string, refusal error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpWait)
	defer cancel()
	e, err := s.entryOf(name)
	if err != nil || e.Change == nil {
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

// untouched reports a refusal after which it is certain that nothing was written.
func untouched(refusal error) bool {
	var trouble *keyring.Error
	return errors.As(refusal, &trouble) && slices.Contains([]keyring.Kind{keyring.Absent, keyring.Locked, keyring.Missing}, trouble.Kind)
}

// revert undoes the change of an entry.
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

// Discard ends a grant at Egnyte that could not be saved or that nobody wants, also if
// ctx is over, so that no sign-in lives on that can't be ended any more. It does nothing
// if the keyring has the grant's token for an account after all: a disk that is full at
// the last step of Save leaves a token that is found again.
func (s *Store) Discard(ctx context.Context, grant oauth.Grant) error {
	ctx = context.WithoutCancel(ctx)
	looking, cancel := context.WithTimeout(ctx, cleanUpWait)
	defer cancel()
	if s.holds(looking, grant) {
		return nil
	}
	return s.revokeToken(ctx, grant.Domain, grant.Key, grant.Token.Access)
}

func (s *Store) holds(ctx context.Context, grant oauth.Grant) bool {
	accounts, err := s.List(ctx)
	if err != nil {
		return false
	}
	for _, a := range accounts {
		if a.Domain != grant.Domain.Host() {
			continue
		}
		if stored, err := s.liveItem(ctx, a); err == nil && stored.AccessToken == grant.Token.Access.Reveal() {
			return true
		}
	}
	return false
}
