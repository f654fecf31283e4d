package refresher

import (
	"errors"
	"testing"
	"time"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/practice"
)

// keepingLocked runs test in a bubble, with a refresher of five accounts that finds the
// keyring locked.
func keepingLocked(t *testing.T, canTell bool, test func(*testing.T, *machine)) {
	t.Helper()
	at := practice.Start(t)
	m := newMachine(t, t.TempDir())
	m.put(t, time.Now(), people(egnytetest.SignIn(t, at), 5)...)
	m.keyring.CannotTell = !canTell
	m.keyring.SetLocked(true)
	m.inBubble(t, at, func(t *testing.T) {
		defer m.run(t)()
		test(t, m)
	})
}

// checked counts the accounts that Egnyte has accepted.
func (m *machine) checked(t *testing.T) (n int) {
	t.Helper()
	for _, a := range m.mustList(t) {
		if a.State != account.Ready {
			t.Errorf("%s is %s", a.Name, a.State)
		}
		if a.Checked != nil {
			n++
		}
	}
	return n
}

// Given a locked keyring that can be recognised, then no prompt is shown, and once it is
// open, all accounts are checked.
func TestALockedKeyringIsNotAskedForInTheBackground(t *testing.T) {
	keepingLocked(t, true, func(t *testing.T, m *machine) {
		m.wait(24 * time.Hour)
		if m.keyring.Prompts() != 0 || m.net.Count() != 0 {
			t.Errorf("%d prompts and %d calls", m.keyring.Prompts(), m.net.Count())
		}
		m.keyring.SetLocked(false)
		m.wait(longestBackoff + time.Minute)
		if n := m.checked(t); n != 5 || m.keyring.Prompts() != 0 {
			t.Errorf("%d of 5 checked after it was opened, %d prompts", n, m.keyring.Prompts())
		}
	})
}

// Given a locked keyring that was unlocked during a sleep, then the accounts are checked at
// the wake.
func TestAWakeLooksAtALockedKeyringAgain(t *testing.T) {
	keepingLocked(t, true, func(t *testing.T, m *machine) {
		m.wait(10 * time.Hour)
		m.keyring.SetLocked(false)
		m.wake <- struct{}{}
		m.wait(10 * time.Second)
		if n := m.checked(t); n != 5 {
			t.Errorf("%d of 5 checked", n)
		}
	})
}

// says counts the accounts of which the index says this trouble.
func (m *machine) says(t *testing.T, trouble account.Trouble) (n int) {
	t.Helper()
	for _, a := range m.mustList(t) {
		if a.Trouble == trouble {
			n++
		}
	}
	return n
}

// Given a locked keyring, then each account says so until it is unlocked, by this app or
// without it.
func TestTheIndexSaysOfALockedKeyringThatItIsOne(t *testing.T) {
	for name, open := range map[string]func(t *testing.T, m *machine){
		"by this app": func(t *testing.T, m *machine) {
			m.keyring.SetLocked(false)
			if err := m.store.Unlock(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := m.says(t, account.Locked); n != 0 {
				t.Errorf("still said of %d", n)
			}
			m.changed <- struct{}{}
			m.wait(10 * time.Second)
		},
		"without it": func(_ *testing.T, m *machine) {
			m.keyring.SetLocked(false)
			m.wait(lockedBackoff + 10*time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			keepingLocked(t, true, func(t *testing.T, m *machine) {
				m.wait(time.Hour)
				if n := m.says(t, account.Locked); n != 5 {
					t.Fatalf("said of %d of 5", n)
				}
				open(t, m)
				if n, locked := m.checked(t), m.says(t, account.Locked); n != 5 || locked != 0 {
					t.Errorf("%d of 5 checked, %d still said to be locked", n, locked)
				}
			})
		})
	}
}

// Given a locked keyring, when the user dismisses the prompt, then that is an error, and
// the accounts still say that it is locked.
func TestAKeyringThatStaysLockedIsStillSaidToBe(t *testing.T) {
	keepingLocked(t, true, func(t *testing.T, m *machine) {
		m.wait(time.Minute)
		trouble, ok := errors.AsType[*keyring.Error](m.store.Unlock(t.Context()))
		if !ok || trouble.Kind != keyring.Locked {
			t.Errorf("got %v", trouble)
		}
		if n := m.says(t, account.Locked); n != 5 {
			t.Errorf("said of %d of 5", n)
		}
	})
}

// Given a keyring that can't be asked without a prompt, then five accounts raise
// one together, and the next comes half an hour later at the earliest.
func TestALockedKeyringShowsOnePromptForAllAccounts(t *testing.T) {
	keepingLocked(t, false, func(t *testing.T, m *machine) {
		for range 29 {
			m.wait(time.Minute)
			m.wake <- struct{}{} // a network that comes and goes changes nothing
		}
		if m.keyring.Prompts() != 1 {
			t.Errorf("%d prompts in half an hour", m.keyring.Prompts())
		}
		m.wait(24 * time.Hour)
		if m.keyring.Prompts() > 50 {
			t.Errorf("%d prompts in a day", m.keyring.Prompts())
		}
		m.keyring.SetLocked(false)
		m.wait(longestBackoff + time.Minute)
		if n := m.checked(t); n != 5 {
			t.Errorf("%d of 5 checked after it was opened", n)
		}
	})
}
