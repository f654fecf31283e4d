package window

import (
	"errors"
	"testing"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/keyring"
)

func TestSignOutAsksOnce(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
	tw.until("the list", func() bool { return tw.says("Jane Smith") })
	tw.press(fyne.KeyTab, fyne.KeyReturn)                              // the row's menu
	tw.press(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn) // its last item
	tw.untilTitle("Sign out Jane Smith?")
	tw.focusIs("Sign out")
	tw.press(fyne.KeyReturn)
	tw.untilTitle("No account yet")
	if names := tw.store.names(); len(names) != 0 {
		t.Errorf("left: %q", names)
	}
	if !tw.says("Jane Smith is signed out, here and at Egnyte.") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
}

// signsOut goes as far as a sign-out that Egnyte does not hear.
func (tw *testWindow) signsOut() {
	tw.t.Helper()
	tw.signsOutBut(&oauth.Unreachable{Host: "acme.egnyte.com", Err: errors.New("no network")})
}

func (tw *testWindow) signsOutBut(err error) {
	tw.t.Helper()
	tw.store.away = err
	tw.until("the list", func() bool { return tw.says("Jane Smith") })
	tw.press(fyne.KeyTab, fyne.KeyReturn)
	tw.press(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	tw.untilTitle("Sign out Jane Smith?")
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Not signed out")
	tw.focusIs("Remove anyway")
	if names := tw.store.names(); len(names) != 1 {
		tw.t.Errorf("it was removed at once")
	}
}

func TestWhatEgnyteDidNotHearCanBeRemovedAnyway(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
	tw.signsOut()
	tw.press(fyne.KeyReturn)
	tw.untilTitle("No account yet")
	if !tw.says("Jane Smith is signed out, on this computer. At Egnyte the sign-in ends by itself.") || len(tw.store.names()) != 0 {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
}

// Given a keyring that lost the account's token, when the account signs out, then
// the window says so and removes the account only on the button that offers it.
func TestAnAccountWithoutItsTokenCanBeRemovedAnyway(t *testing.T) {
	for _, err := range []error{keyring.ErrNotFound, account.ErrBrokenItem} {
		tw := newTestWindow(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
		tw.signsOutBut(err)
		if !tw.says("could not be ended at Egnyte") || tw.says("Try again later") {
			t.Errorf("the window says %q", textsOf(tw.win.Content()))
		}
		tw.press(fyne.KeyReturn)
		tw.untilTitle("No account yet")
	}
}

func TestWhatEgnyteDidNotHearCanWait(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
	tw.signsOut()
	tw.press(fyne.KeyEscape)
	tw.untilTitle("Accounts")
	if len(tw.store.names()) != 1 {
		t.Error("it was removed")
	}
}

func TestASignOutThatTheTrayCouldNotFinishIsOfferedHere(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin", Reconnect: "jsmith@acme.egnyte.com", Problem: "not-revoked"}, withAccounts(accountOf(jane)))
	tw.untilTitle("Not signed out")
	if !tw.says("Egnyte could not be told that Jane Smith signs out") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	tw.focusIs("Remove anyway")
	tw.press(fyne.KeyReturn)
	tw.untilTitle("No account yet")
	if len(tw.store.names()) != 0 {
		t.Error("it is still there")
	}
}
