package account

import (
	"path/filepath"
	"testing"

	"egnyte-accounts/oauth/keyring/keyringtest"
)

// What a sign-in waits for: two index writes, flushed, and a keyring write.
func BenchmarkAdd(b *testing.B) {
	store := Open(b.TempDir(), &keyringtest.Keyring{Dir: filepath.Join(b.TempDir(), "keyring")})
	grant := grantOf("jsmith", 1, "one")
	for b.Loop() {
		if _, err := store.Save(b.Context(), "", grant); err != nil {
			b.Fatal(err)
		}
	}
}

// What `egnyte-auth token` does: one index read and one keyring read.
func BenchmarkFindAndToken(b *testing.B) {
	store := Open(b.TempDir(), &keyringtest.Keyring{Dir: filepath.Join(b.TempDir(), "keyring")})
	if _, err := store.Save(b.Context(), "", grantOf("jsmith", 1, "one")); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		a, err := store.Find(b.Context(), "", nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := store.Token(b.Context(), a, TokenOptions{NoRenewal: true}); err != nil {
			b.Fatal(err)
		}
	}
}
