package window

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/settings"
)

var unknownLock = &settings.PolicyError{
	Fault: settings.PolicyUnknownLock, Name: "Domain", File: &settings.FileError{Path: "/etc/egnyte-accounts/policy.json", Reason: "unknown lock: Domain"},
}

// Given a policy that can't be relied on, then the accounts are shown and one of
// them can be signed in again and signed out; a new sign-in is stopped, and the
// window says why.
func TestAPolicyAtFaultStopsNewSignInsOnly(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, func(sc *scene) {
		withAccounts(needsYou(jane))(sc)
		sc.desk.stopped = unknownLock
	})
	sc.untilRead()
	sc.until("the list", func() bool { return sc.says("Jane Smith") })
	stopped := func() {
		t.Helper()
		sc.untilTitle("That did not work")
		if !sc.says("locks a setting that this version does not know (Domain)") || !sc.says("Your administrator must fix /etc/egnyte-accounts/policy.json") {
			t.Errorf("the window says %q", textsOf(sc.win.Content()))
		}
	}
	findByText(sc.win.Content(), "Add account").press()
	stopped()
	sc.press(fyne.KeyEscape)
	sc.untilTitle("Accounts")
	findByText(sc.win.Content(), "Reconnect").press()
	if a := sc.next(); a.signIn.Domain.Host() != "acme.egnyte.com" {
		t.Errorf("signed in at %v", a.signIn.Domain)
	} else {
		a.end <- ending{grant: jane}
	}
	sc.until("an account that goes on", func() bool { return sc.says("Stays signed in") })
	sc.screen.showStart("")
	stopped()
}

// Given no account and such a policy, then the window says so at once, also where
// it was opened for a sign-in.
func TestAPolicyAtFaultIsSaidAtOnce(t *testing.T) {
	for _, view := range []string{"accounts", "signin"} {
		sc := newScene(t, Options{View: view}, func(sc *scene) { sc.desk.stopped = unknownLock })
		sc.untilTitle("That did not work")
		if !sc.says("/etc/egnyte-accounts/policy.json") {
			t.Errorf("%s: the window says %q", view, textsOf(sc.win.Content()))
		}
	}
}

// Given a policy that locked the domain after the window had read it, when another
// one is typed, then the sign-in is refused with the reason.
func TestATypedDomainThatALockForbidsIsRefused(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, nil)
	sc.untilTitle("Sign in")
	sc.untilRead()
	sc.desk.mu.Lock()
	sc.desk.stopped = &settings.LockedError{Field: "domain", Path: "/etc/policy.json", From: settings.Flag, Name: "domain", Asked: "globex.egnyte.com"}
	sc.desk.mu.Unlock()
	sc.press(fyne.KeyTab)
	test.Type(sc.typed(), "globex")
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Sign-in did not work")
	if !sc.says("The policy of this computer locks domain, so globex.egnyte.com can't be used.") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	if got := sc.desk.asked; got.Domain != "globex.egnyte.com" || got.Flow != "code" {
		t.Errorf("asked for %+v", got)
	}
}

// A domain that is locked without a value is asked for in the browser.
func TestADomainThatIsLockedWithoutAValueIsNotTyped(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, func(sc *scene) {
		sc.desk.now.Locked = map[string]bool{"domain": true}
	})
	sc.untilTitle("Sign in")
	sc.untilRead()
	if sc.says("if you know your domain") || findEntry(sc.screen.view.body) != nil {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	sc.press(fyne.KeyReturn)
	if a := sc.next(); a.signIn.Flow != oauth.FlowEnhanced || sc.desk.asked.Flow != "enhanced" || sc.desk.asked.Domain != "" {
		t.Errorf("asked for %+v", sc.desk.asked)
	}
}
