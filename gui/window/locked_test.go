package window

import (
	"testing"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/keyring"
)

// Given an account that a locked password store keeps from being renewed, then its
// row says so, and its button unlocks the store; if that fails, the window says what
// to do.
func TestALockedPasswordStoreIsUnlockedFromTheRow(t *testing.T) {
	locked := accountOf(jane)
	locked.Trouble = account.Locked
	tw := newTestWindow(t, Options{View: "accounts"}, withAccounts(locked))
	tw.untilRead()
	tw.until("the row", func() bool {
		return tw.says("The system's password store is locked. This sign-in goes on once it is open.")
	})
	tw.store.seal(&keyring.Error{Kind: keyring.Locked, Err: keyring.ErrNotFound})
	tw.focusIs("Unlock")
	tw.press(fyne.KeyReturn)
	tw.until("the advice", func() bool { return tw.says("Unlock it with your login password, then try again.") })
	tw.store.seal(nil)
	findByText(tw.win.Content(), "Unlock").press()
	tw.until("an account that goes on", func() bool { return tw.says("Stays signed in") && !tw.says("locked") })
}
