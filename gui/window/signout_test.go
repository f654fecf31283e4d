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
	sc := newScene(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
	sc.until("the list", func() bool { return sc.says("Jane Smith") })
	sc.press(fyne.KeyTab, fyne.KeyReturn)                              // the row's menu
	sc.press(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn) // its last item
	sc.untilTitle("Sign out Jane Smith?")
	sc.focusIs("Sign out")
	sc.press(fyne.KeyReturn)
	sc.untilTitle("No account yet")
	if names := sc.shelf.names(); len(names) != 0 {
		t.Errorf("left: %q", names)
	}
	if !sc.says("Jane Smith is signed out, here and at Egnyte.") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
}

// signsOut goes as far as a sign-out that Egnyte does not hear.
func (sc *scene) signsOut() {
	sc.t.Helper()
	sc.signsOutBut(&oauth.Unreachable{Host: "acme.egnyte.com", Err: errors.New("no network")})
}

func (sc *scene) signsOutBut(err error) {
	sc.t.Helper()
	sc.shelf.away = err
	sc.until("the list", func() bool { return sc.says("Jane Smith") })
	sc.press(fyne.KeyTab, fyne.KeyReturn)
	sc.press(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	sc.untilTitle("Sign out Jane Smith?")
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Not signed out")
	sc.focusIs("Remove anyway")
	if names := sc.shelf.names(); len(names) != 1 {
		sc.t.Errorf("it was removed at once")
	}
}

func TestWhatEgnyteDidNotHearCanBeRemovedAnyway(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
	sc.signsOut()
	sc.press(fyne.KeyReturn)
	sc.untilTitle("No account yet")
	if !sc.says("Jane Smith is signed out, on this computer. At Egnyte the sign-in ends by itself.") || len(sc.shelf.names()) != 0 {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
}

// Given a keyring that lost the account's token, when the account signs out, then
// the window says so and removes the account only on the button that offers it.
func TestAnAccountWithoutItsTokenCanBeRemovedAnyway(t *testing.T) {
	for _, err := range []error{keyring.ErrNotFound, account.ErrBrokenItem} {
		sc := newScene(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
		sc.signsOutBut(err)
		if !sc.says("could not be ended at Egnyte") || sc.says("Try again later") {
			t.Errorf("the window says %q", textsOf(sc.win.Content()))
		}
		sc.press(fyne.KeyReturn)
		sc.untilTitle("No account yet")
	}
}

func TestWhatEgnyteDidNotHearCanWait(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
	sc.signsOut()
	sc.press(fyne.KeyEscape)
	sc.untilTitle("Accounts")
	if len(sc.shelf.names()) != 1 {
		t.Error("it was removed")
	}
}

func TestASignOutThatTheTrayCouldNotFinishIsOfferedHere(t *testing.T) {
	sc := newScene(t, Options{View: "signin", Reconnect: "jsmith@acme.egnyte.com", Problem: "not-revoked"}, withAccounts(accountOf(jane)))
	sc.untilTitle("Not signed out")
	if !sc.says("Egnyte could not be told that Jane Smith signs out") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	sc.focusIs("Remove anyway")
	sc.press(fyne.KeyReturn)
	sc.untilTitle("No account yet")
	if len(sc.shelf.names()) != 0 {
		t.Error("it is still there")
	}
}
