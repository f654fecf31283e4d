package account

import (
	"testing"

	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/keyringtest"
)

// Given an account that has to sign in again and whose user was notified, then that is
// remembered through a sign-in that can't be saved, and forgotten by one that is.
func TestANotificationIsRememberedForOneTurnToReconnect(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	notified := func(want bool, when string) {
		t.Helper()
		if a := e.account(t); a.Notified != want {
			t.Errorf("%s: notified %v", when, a.Notified)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(e.store.MarkNotified(t.Context(), e.name, "nobody@acme"))
	notified(false, "while nobody need be told")
	must(e.store.markReconnect(t.Context(), e.name, "unauthorized"))
	notified(false, "at first")
	must(e.store.MarkNotified(t.Context(), e.name))
	must(e.store.markReconnect(t.Context(), e.name, "invalid-grant"))
	notified(true, "when it is found once more")

	e.keyring.Fail(trouble(keyring.Locked), keyringtest.Set, keyringtest.Delete)
	if _, err := e.store.Save(t.Context(), e.name, egnytetest.SignIn(t, e.Server)); err == nil {
		t.Fatal("it was kept")
	}
	e.keyring.Fail(nil)
	notified(true, "after a reconnect that was not kept")

	_, err := e.store.Save(t.Context(), e.name, egnytetest.SignIn(t, e.Server))
	must(err)
	notified(false, "after one that was")
	must(e.store.markReconnect(t.Context(), e.name, "unauthorized"))
	notified(false, "at the next turn")
}
