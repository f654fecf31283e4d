package account

import "testing"

// Given an account that has to sign in again and whose person was told, then that
// is remembered through a reconnect that is not kept, and forgotten by one that is.
func TestWhoWasToldIsRememberedForOneTurnToReconnect(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	told := func(want bool, when string) {
		t.Helper()
		if a := e.account(t); a.Told != want {
			t.Errorf("%s: told %v", when, a.Told)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(e.store.MarkTold(t.Context(), e.name, "nobody@acme"))
	told(false, "while nobody need be told")
	must(e.store.MarkReconnect(t.Context(), e.name, "unauthorized"))
	told(false, "at first")
	must(e.store.MarkTold(t.Context(), e.name))
	must(e.store.MarkReconnect(t.Context(), e.name, "invalid-grant"))
	told(true, "when it is found once more")

	e.keyring.refuse(trouble(KeyringLocked))
	if _, err := e.store.Replace(t.Context(), e.name, signIn(t, e.Server, 0)); err == nil {
		t.Fatal("it was kept")
	}
	e.keyring.refuse(nil)
	told(true, "after a reconnect that was not kept")

	_, err := e.store.Replace(t.Context(), e.name, signIn(t, e.Server, 0))
	must(err)
	told(false, "after one that was")
	must(e.store.MarkReconnect(t.Context(), e.name, "unauthorized"))
	told(false, "at the next turn")
}
