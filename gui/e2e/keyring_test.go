//go:build e2e && linux

package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/keyring/keyringtest"
)

// patient is how long an unlock may take if its prompt is not answered.
const patient = 4 * soon

// advised is the window's advice as its Copy button gives it.
func (s *scene) advised() string {
	s.Helper()
	var text string
	s.check(session.Eventually(s.Context(), soon, func() error {
		var err error
		if text, err = s.Display.Clipboard(s.Context()); err == nil && !strings.Contains(text, "password store") {
			err = fmt.Errorf("the clipboard holds %q", text)
		}
		return err
	}))
	return text
}

// copiesAdvice waits for the window's advice, and checks its words.
func (s *scene) copiesAdvice(words ...string) {
	s.Helper()
	_, err := s.Display.WaitWindow(s.Context(), "Sign-in did not work — ", patient)
	s.check(err)
	s.press("shift+Tab", "Return") // Details, which stand above the button
	s.press("Tab", "Return")       // Copy, next to the text
	said := s.advised()
	for _, word := range words {
		if !strings.Contains(said, word) {
			s.Errorf("it does not say %q: %s", word, said)
		}
	}
}

func (s *scene) openedNothing(before int) {
	s.Helper()
	if opened := s.Browser.Opened(); len(opened) > before {
		s.Errorf("a browser was opened: %d links", len(opened)-before)
	}
}

// indexed writes an account of whom only the list knows.
func (s *scene) indexed(username string) {
	s.Helper()
	person := s.person(username)
	service, err := oauth.ParseService(s.egnyte.URL())
	s.check(err)
	domain, err := service.ParseDomain(person.Domain)
	s.check(err)
	grant := oauth.Grant{Domain: domain, Key: oauth.Key{ID: s.egnyte.Key().ID, RedirectURI: s.egnyte.Key().RedirectURI},
		User: oauth.User{ID: person.ID, Username: username, FirstName: person.First, LastName: person.Last}}
	store := account.Open(filepath.Join(s.config, "egnyte-accounts"), &keyringtest.Keyring{})
	_, err = store.Save(s.Context(), "", grant)
	s.check(err)
}

func TestWithoutAKeyringTheTraySaysSoAndStays(t *testing.T) {
	s := onDesktopWithout(t, session.Options{NoKeyring: true})
	s.indexed("jsmith")
	s.longAgo()
	tray := s.withTray()
	s.menuSays(soon, "● Jane Smith — acme") // what can't be read is not dead
	s.check(s.TrayHost.Click(t.Context(), "Jane Smith", "Reconnect"))
	s.copiesAdvice("There is no password store on this computer", "Install ")
	s.openedNothing(0)
	s.menuSays(soon, "● Jane Smith — acme")
	s.says(tray)
}

// Given a locked keyring, then the tray's rows say so, and the menu's entry asks to unlock it;
// a notification says if that was not answered.
func TestALockedKeyringInTheTrayIsSaid(t *testing.T) {
	s := onDesktopWithout(t, session.Options{})
	s.signedIn("jsmith")
	s.check(s.LockKeyring())
	before := len(s.Browser.Opened())
	s.longAgo()
	s.withTray()
	s.menuSays(soon, "■ Jane Smith — acme: password store locked")
	seen := len(s.Notifications.All())
	s.check(s.TrayHost.Click(t.Context(), "Jane Smith", "Unlock password store"))
	told, err := s.Notifications.Wait(t.Context(), patient, seen, "The password store stays locked")
	s.check(err)
	if !strings.Contains(told.Body, "nlock") {
		t.Errorf("it says %q", told.Body)
	}
	s.openedNothing(before)
	if len(s.egnyte.Tokens("acme", "jsmith")) != 1 {
		t.Error("the sign-in was ended all the same")
	}
	s.check(s.Lose(t.Context(), "gnome-keyring-daemon")) // it comes back unlocked, as after an answer
	s.check(s.RestartKeyring(t.Context()))
	s.check(s.TrayHost.Click(t.Context(), "Jane Smith", "Unlock password store"))
	s.menuSays(soon, "● Jane Smith — acme")
}
