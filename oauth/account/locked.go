package account

import "context"

// Unlock has a locked keyring opened, by a prompt of the system's, and says so to
// the keepers of all processes. Where it stays locked the error is a *KeyringError.
func (s *Store) Unlock(ctx context.Context) error {
	if err := s.CheckKeyring(ctx); err != nil {
		return err
	}
	return s.updateIndex(ctx, func(x *index) error {
		for i := range x.Accounts {
			if x.Accounts[i].Trouble == Locked {
				x.Accounts[i].calm()
			}
		}
		return nil
	})
}

// shut leaves a keyring alone that would not give a token. Nothing has been
// learned of the accounts; that it is locked is said of all of them, since it
// keeps each from being renewed.
func (r *rounds) shut(trouble *KeyringError) {
	r.keyring.failed(r.Now(), trouble)
	if trouble.Kind != KeyringLocked {
		return
	}
	r.Log.Info("the keyring is locked", "again", r.keyring.until.Sub(r.Now()))
	for _, a := range r.accounts {
		if a.State == Ready && a.Trouble != Locked {
			r.note(a.Name, note{trouble: Locked})
		}
	}
}

// opened ends that.
func (r *rounds) opened() {
	r.keyring.lift()
	for _, a := range r.accounts {
		if r.saidLocked(a) {
			r.note(a.Name, note{})
		}
	}
}

// saidLocked tells what the index says of an account, or will.
func (r *rounds) saidLocked(a Account) bool {
	if n, noted := r.notes[a.Name]; noted {
		return n.trouble == Locked
	}
	return a.Trouble == Locked
}

// unlocked reports that somebody opened the keyring since it was said to be
// locked, and took that back.
func (r *rounds) unlocked() bool {
	if !r.keyring.locked {
		return false
	}
	for _, a := range r.accounts {
		if r.saidLocked(a) {
			return false
		}
	}
	return true
}
