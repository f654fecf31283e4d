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
	tw := newTestWindow(t, Options{View: "accounts"}, func(tw *testWindow) {
		withAccounts(needsYou(jane))(tw)
		tw.setup.stopped = unknownLock
	})
	tw.untilRead()
	tw.until("the list", func() bool { return tw.says("Jane Smith") })
	stopped := func() {
		t.Helper()
		tw.untilTitle("That did not work")
		if !tw.says("locks a setting that this version does not know (Domain)") || !tw.says("Your administrator must fix /etc/egnyte-accounts/policy.json") {
			t.Errorf("the window says %q", textsOf(tw.win.Content()))
		}
	}
	findByText(tw.win.Content(), "Add account").press()
	stopped()
	tw.press(fyne.KeyEscape)
	tw.untilTitle("Accounts")
	findByText(tw.win.Content(), "Reconnect").press()
	if a := tw.next(); a.signIn.Domain.Host() != "acme.egnyte.com" {
		t.Errorf("signed in at %v", a.signIn.Domain)
	} else {
		a.end <- result{grant: jane}
	}
	tw.until("an account that goes on", func() bool { return tw.says("Stays signed in") })
	tw.window.showStart("")
	stopped()
}

// Given no account and such a policy, then the window says so at once, also where
// it was opened for a sign-in.
func TestAPolicyAtFaultIsSaidAtOnce(t *testing.T) {
	for _, view := range []string{"accounts", "signin"} {
		tw := newTestWindow(t, Options{View: view}, func(tw *testWindow) { tw.setup.stopped = unknownLock })
		tw.untilTitle("That did not work")
		if !tw.says("/etc/egnyte-accounts/policy.json") {
			t.Errorf("%s: the window says %q", view, textsOf(tw.win.Content()))
		}
	}
}

// Given a policy that locked the domain after the window had read it, when another
// one is typed, then the sign-in is refused with the reason.
func TestATypedDomainThatALockForbidsIsRefused(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	tw.untilTitle("Sign in")
	tw.untilRead()
	tw.setup.mu.Lock()
	tw.setup.stopped = &settings.LockedError{Field: "domain", Path: "/etc/policy.json", From: settings.Flag, Name: "domain", Asked: "globex.egnyte.com"}
	tw.setup.mu.Unlock()
	tw.press(fyne.KeyTab)
	test.Type(tw.typed(), "globex")
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Sign-in did not work")
	if !tw.says("The policy of this computer locks domain, so globex.egnyte.com can't be used.") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	if got := tw.client.asked; got["domain"] != "globex.egnyte.com" || got["flow"] != "code" {
		t.Errorf("asked for %+v", got)
	}
}

// A domain that is locked without a value is asked for in the browser.
func TestADomainThatIsLockedWithoutAValueIsNotTyped(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, func(tw *testWindow) {
		tw.setup.now.Locked = map[string]bool{"domain": true}
	})
	tw.untilTitle("Sign in")
	tw.untilRead()
	if tw.says("if you know your domain") || firstOf[*entry](tw.win.Content()) != nil {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	tw.press(fyne.KeyReturn)
	if a := tw.next(); a.signIn.Flow != oauth.FlowEnhanced || tw.client.asked["flow"] != "enhanced" || tw.client.asked["domain"] != "" {
		t.Errorf("asked for %+v", tw.client.asked)
	}
}
