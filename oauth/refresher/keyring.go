package refresher

import (
	"errors"
	"time"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/keyring"
)

// lockedBackoff limits the pause before the next look at a locked keyring, if looking
// shows no prompt: the accounts go on soon after it was unlocked.
const lockedBackoff = 5 * time.Minute

// keyringPause is how long the refresher leaves the keyring alone. It is one for all
// accounts: else each of them would show a prompt.
type keyringPause struct {
	until    time.Time
	failures int  // in a row
	quiet    bool // looking again shows no prompt
	locked   bool // as the index says of each account
}

func (p *keyringPause) failed(now time.Time, trouble *keyring.Error) {
	p.failures++
	p.quiet = errors.Is(trouble, account.ErrNotAsked)
	p.locked = trouble.Kind == keyring.Locked
	wait := min(longestBackoff, firstBackoff<<min(p.failures-1, 10))
	if p.quiet {
		wait = min(wait, lockedBackoff)
	}
	if !p.quiet && (trouble.Kind == keyring.Locked || trouble.Kind == keyring.Silent) {
		wait = longestBackoff // the user was asked, and didn't want to or wasn't there
	}
	p.until = now.Add(wait)
}

// woken ends the pause if looking shows no prompt: after a sleep the keyring may be
// unlocked.
func (p *keyringPause) woken() {
	if p.quiet {
		p.until = time.Time{}
	}
}

// keyringFailed pauses after a keyring that returned no token. This says nothing about
// the accounts, but if it is locked, none of them can be renewed, and each shows it.
func (r *run) keyringFailed(trouble *keyring.Error) {
	r.keyring.failed(r.clock.Now(), trouble)
	if trouble.Kind != keyring.Locked {
		return
	}
	r.Log.Info("the keyring is locked", "again", r.keyring.until.Sub(r.clock.Now()))
	for _, a := range r.accounts {
		if a.State == account.Ready && a.Trouble != account.Locked {
			r.add(a.Name, account.Status{Trouble: account.Locked})
		}
	}
}

func (r *run) keyringWorks() {
	r.keyring = keyringPause{}
	for _, a := range r.accounts {
		if r.saysLocked(a) {
			r.add(a.Name, account.Status{})
		}
	}
}

// saysLocked reports whether the index says of an account, or will, that the keyring is
// locked.
func (r *run) saysLocked(a account.Account) bool {
	if s, ok := r.found[a.Name]; ok {
		return s.Trouble == account.Locked
	}
	return a.Trouble == account.Locked
}

func (r *run) anySaysLocked() bool {
	for _, a := range r.accounts {
		if r.saysLocked(a) {
			return true
		}
	}
	return false
}
