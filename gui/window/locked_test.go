package window

import (
	"testing"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/keyring"
)

// Given an account that a locked password store keeps from being renewed, then its
// row says so, and its button has the store opened; where that fails the person
// is told what to do.
func TestALockedPasswordStoreIsUnlockedFromTheRow(t *testing.T) {
	locked := accountOf(jane)
	locked.Trouble = account.Locked
	sc := newScene(t, Options{View: "accounts"}, withAccounts(locked))
	sc.untilRead()
	sc.until("the row", func() bool {
		return sc.says("The system's password store is locked. This sign-in goes on once it is open.")
	})
	sc.shelf.lock(&keyring.Error{Kind: keyring.Locked, Err: keyring.ErrNotFound})
	sc.focusIs("Unlock")
	sc.press(fyne.KeyReturn)
	sc.until("the advice", func() bool { return sc.says("Unlock it with your login password, then try again.") })
	sc.shelf.lock(nil)
	findByText(sc.win.Content(), "Unlock").press()
	sc.until("an account that goes on", func() bool { return sc.says("Stays signed in") && !sc.says("locked") })
}
