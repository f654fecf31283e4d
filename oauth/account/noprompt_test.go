package account

import (
	"errors"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/keyringtest"
)

// Given a locked keyring, when a token is needed in the background, then that is an error
// and no prompt is shown; otherwise the user is asked.
func TestALockedKeyringShowsNoPromptInTheBackground(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	e.keyring.SetLocked(true)
	for prompts, take := range []func() error{
		func() error {
			_, err := e.store.Token(WithoutPrompt(t.Context()), e.account(t), TokenOptions{})
			return err
		},
		func() error { _, err := e.fresh(t); return err },
	} {
		err := take()
		var locked *keyring.Error
		if !errors.As(err, &locked) || locked.Kind != keyring.Locked || errors.Is(err, ErrNotAsked) != (prompts == 0) {
			t.Errorf("after %d prompts: %v", prompts, err)
		}
		if got := e.keyring.Prompts(); got != prompts {
			t.Errorf("%d prompts, want %d", got, prompts)
		}
	}
}

// Given a keyring that locks between the read and the write of a renewal, then the user
// is asked, even in the background: the new pair is the only one that works.
func TestAPairIsKeptEvenIfThatTakesAPrompt(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	e.pass(2 * time.Hour)
	a := e.account(t)
	e.keyring.Intercept(func(c keyringtest.Call) error {
		if c.Op == keyringtest.Get && c.Done {
			e.keyring.SetLocked(e.keyring.Calls(keyringtest.Get) == 2) // the one under the account lock
		}
		if c.Op == keyringtest.Set && e.keyring.Prompts() == 1 {
			e.keyring.SetLocked(false) // the user answers, for the next try
		}
		return nil
	})
	token, err := e.store.Token(WithoutPrompt(t.Context()), a, TokenOptions{MinLeft: time.Minute})
	e.mustWork(t, token, err)
	e.keyring.Intercept(nil)
	e.mustHoldNewest(t)
	if n := e.keyring.Prompts(); n != 1 {
		t.Errorf("%d prompts", n)
	}
}

// Given any time that the store hands out, then it has no reading of the monotonic clock,
// which stands still while the machine sleeps. It would be printed as "m=+1.5".
func TestNoTimeIsOfAClockThatStandsStillWhileTheMachineSleeps(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	e.pass(2 * time.Hour)
	token, err := e.fresh(t)
	e.mustWork(t, token, err)
	for what, at := range map[string]time.Time{
		"the store's clock": Open(t.TempDir(), e.keyring).Now(),
		"a token's issue":   token.Issued, "a token's end": token.Expiry,
		"a grant's issue": egnytetest.SignIn(t, e.Server).Token.Issued,
	} {
		if strings.Contains(at.String(), " m=") {
			t.Errorf("%s is %s", what, at)
		}
	}
}
