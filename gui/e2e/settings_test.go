//go:build e2e && linux

package e2e

import (
	"strings"
	"testing"

	"egnyte-accounts/oauth/practice"
)

// A key is entered in the settings by keyboard alone, tested before it is
// saved, and signs in.
func TestAKeyIsTestedInTheSettingsAndSignsIn(t *testing.T) {
	s := onDesktop(t)
	key := s.egnyte.Key()
	s.env = s.env[:2] // no key in the environment
	s.run("egnyte-accounts", "--window", "accounts")
	s.window("No account yet")
	s.press("ctrl+comma")
	s.window("Settings")
	s.check(s.Display.Type(t.Context(), "stranger"))
	s.press("Tab", "Tab", "Tab", "Tab", "Tab", "Return") // secret, kind, address, Copy, Test this key
	s.titleBegins("Settings: Egnyte does not know this API key.")
	if s.egnyte.Requests("enhanced") != 1 {
		t.Errorf("Egnyte was asked %d times", s.egnyte.Requests("enhanced"))
	}
	s.picture("settings-unknown-key")

	s.press("shift+Tab", "shift+Tab", "shift+Tab", "shift+Tab", "shift+Tab", "ctrl+a")
	s.check(s.Display.Type(t.Context(), key.ID))
	s.press("Tab")
	s.check(s.Display.Type(t.Context(), key.Secret))
	s.press("Tab", "Tab", "Tab", "Tab", "Return")
	s.titleBegins("Settings: Egnyte has nothing against this key and its address.")
	s.press("shift+Tab", "shift+Tab", "shift+Tab", "shift+Tab", "Return") // back in the secret: save
	s.window("Settings: Saved.")
	s.picture("settings-saved")

	host := strings.TrimPrefix(s.egnyte.URL(), "http://")
	all, err := s.Secrets("egnyte-accounts")
	s.check(err)
	found := false
	for _, item := range all {
		found = found || item.User == "client_secret:"+key.ID+"@"+host && item.Text == key.Secret
	}
	if !found {
		t.Error("the secret is not in the keyring")
	}
	got := s.auth("config", "get", "client_id")
	s.ends(got, 0)
	if got.Stdout() != key.ID+"\n" {
		t.Errorf("saved %q", got.Stdout())
	}

	s.press("Escape")
	s.window("No account yet")
	s.press("Return")
	s.window("Sign in")
	s.press("Return")
	s.asPerson(s.person("jsmith"), "acme", practice.Allow)
	s.window("Signed in as Jane Smith")
	s.keptAs("jsmith")
}

// titleBegins waits for a title that says more than the view: an answer.
func (s *scene) titleBegins(with string) {
	s.Helper()
	_, err := s.Display.WaitWindow(s.Context(), with, soon)
	s.check(err)
}
