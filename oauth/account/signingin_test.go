package account

import "testing"

func TestOthersSeeThatAPersonIsSigningIn(t *testing.T) {
	t.Parallel()
	store, secrets := newStore(t)
	other := Open(store.dir, secrets) // as another process would
	if other.SomebodySignsIn() {
		t.Error("somebody signs in where nobody ever was")
	}
	first, second := store.SigningIn(), store.SigningIn()
	first()
	if !other.SomebodySignsIn() {
		t.Error("the second of two who sign in is not seen")
	}
	second()
	if other.SomebodySignsIn() {
		t.Error("who is done is still signing in")
	}
}
