//go:build e2e && desktops && linux

package e2e

import (
	"strings"
	"testing"

	"egnyte-accounts/gui/e2e/session"
)

// Given a password store that is not gnome-keyring, when a user signs in, then the
// account is kept there. A restarted store hands out its token. A locked one asks for its
// password: cancelled, that is said and nothing is lost; unlocked, the token comes.
func TestStoreKeepsTheAccount(t *testing.T) {
	for store, asks := range map[session.Store]string{session.KWallet: "KDE Wallet Service", session.KeePassXC: "Unlock Database"} {
		t.Run(string(store), func(t *testing.T) {
			s := onDesktopWithout(t, session.Options{Store: store})
			s.signedIn("jsmith")
			s.keptAs("jsmith")
			s.printed(s.token("acme"), "jsmith")
			s.StopKeyring()
			s.check(s.RestartKeyring(t.Context()))
			s.printed(s.token("acme"), "jsmith")

			s.check(s.LockKeyring())
			p := s.token("acme")
			s.asked(asks, "Escape")
			s.fails(p, "password store is locked")
			if s.list()[0].State != "ready" {
				t.Errorf("a cancelled question changed the account: %+v", s.list()[0])
			}
			if store == session.KWallet { // its password is a login's
				s.check(s.OpenKWallet(t.Context()))
				p = s.token("acme")
			} else {
				p = s.token("acme")
				s.asked(asks)
				s.types(session.StorePassword)
				s.press("Return")
			}
			s.printed(p, "jsmith")
			s.ends(s.auth("signout", "acme"), 0)
			s.nothingStored()
		})
	}
}

// asked waits for the store's question, and presses keys.
func (s *scene) asked(title string, keys ...string) {
	s.Helper()
	_, err := s.Display.WaitWindow(s.Context(), title, soon)
	s.check(err)
	if len(keys) > 0 {
		s.press(keys...)
	}
}

// Given a KeePassXC that asks before it hands anything out, then a script's token comes
// once the user has agreed, and Diagnose says which option ends the questions.
func TestStoreKeePassXCThatAsksAtEachAccess(t *testing.T) {
	s := onDesktopWithout(t, session.Options{Store: session.KeePassXC, ConfirmAccess: true})
	s.signedIn("jsmith")
	p := s.token("acme")
	s.asked("KeePassXC", "Return")
	s.ends(p, 0)
	said := s.auth("doctor")
	<-said.Done()
	if !strings.Contains(said.Stdout()+said.Stderr(), "KeePassXC") {
		t.Errorf("doctor says nothing of KeePassXC: %s", said.Stdout())
	}
}
