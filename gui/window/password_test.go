package window

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/settings"
)

func withFlow(flow oauth.Flow) func(*testWindow) {
	return func(tw *testWindow) { tw.setup.now.Flow = flow }
}

func TestAPasswordIsSentOnceAndKeptNowhere(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, withFlow(oauth.FlowPassword))
	tw.untilTitle("Sign in with a password")
	test.Type(tw.typed(), "acme")
	tw.press(fyne.KeyTab)
	test.Type(tw.typed(), "jsmith")
	tw.press(fyne.KeyTab)
	secret := tw.typed()
	if !secret.Password {
		t.Error("the password can be read on the screen")
	}
	test.Type(secret, "jane-at-acme")
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Checking with Egnyte")
	a := tw.next()
	if a.signIn.Flow != oauth.FlowPassword || a.signIn.Domain.Host() != "acme.egnyte.com" || a.signIn.Username != "jsmith" || a.signIn.Password.Reveal() != "jane-at-acme" {
		t.Errorf("got %v at %v as %v", a.signIn.Flow, a.signIn.Domain, a.signIn.Username)
	}
	if secret.Text != "" {
		t.Error("the entry still holds the password")
	}
	if strings.Contains(fmt.Sprintf("%+v %+v", tw.session.request, tw.view), "jane-at-acme") {
		t.Error("the window still holds the password")
	}
	a.end <- result{err: &oauth.Refusal{Kind: oauth.RefusedPassword, Host: "acme.egnyte.com"}}
	tw.untilTitle("Sign-in did not work")
	tw.press(fyne.KeyReturn) // try again
	tw.untilTitle("Sign in with a password")
	again := tw.typed()
	if !again.Password || again.Text != "" {
		t.Errorf("the focus is on %+v", again)
	}
	test.Type(again, "right")
	tw.press(fyne.KeyReturn)
	a = tw.next()
	if a.signIn.Username != "jsmith" || a.signIn.Domain.Label() != "acme" || a.signIn.Password.Reveal() != "right" {
		t.Errorf("got %v at %v", a.signIn.Username, a.signIn.Domain)
	}
	a.end <- result{grant: jane}
	tw.untilTitle("Signed in as Jane Smith")
}

func TestAPasswordFormSaysWhatIsMissing(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, withFlow(oauth.FlowPassword))
	tw.untilTitle("Sign in with a password")
	tw.press(fyne.KeyReturn)
	if !tw.says("It is empty.") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	test.Type(tw.typed(), "acme")
	tw.press(fyne.KeyReturn)
	if !tw.says("The user name is missing.") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	test.Type(tw.typed(), "jsmith")
	tw.press(fyne.KeyReturn)
	if !tw.says("The password is missing.") || !tw.typed().Password {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
}

func TestAnInternalKeyLeadsToThePassword(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	tw.untilTitle("Sign in")
	tw.untilRead()
	tw.press(fyne.KeyTab)
	test.Type(tw.typed(), "acme")
	tw.press(fyne.KeyReturn)
	tw.next().end <- result{err: &oauth.Refusal{Kind: oauth.RefusedKeyKind}}
	tw.untilTitle("Sign-in did not work")
	tw.focusIs("Sign in with a password")
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Sign in with a password")
	test.Type(tw.typed(), "jsmith") // the domain is known
	tw.press(fyne.KeyTab)
	test.Type(tw.typed(), "jane-at-acme")
	tw.press(fyne.KeyReturn)
	if a := tw.next(); a.signIn.Flow != oauth.FlowPassword || a.signIn.Domain.Label() != "acme" {
		t.Errorf("got %v at %v", a.signIn.Flow, a.signIn.Domain)
	}
}

func TestAnAccountThatSignedInWithAPasswordIsAskedForItAgain(t *testing.T) {
	a := needsYou(jane)
	a.Flow, a.KeyID = oauth.FlowPassword, "an-older-key"
	tw := newTestWindow(t, Options{View: "accounts"}, withAccounts(a))
	tw.until("the list", func() bool { return tw.says("Needs you") })
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Sign in with a password")
	if !tw.says("Sign in as Jane Smith") || !tw.says("acme.egnyte.com") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	test.Type(tw.typed(), "new-password")
	tw.press(fyne.KeyReturn)
	act := tw.next()
	if act.signIn.Flow != oauth.FlowPassword || act.signIn.Username != "jsmith" || act.signIn.Domain.Label() != "acme" {
		t.Errorf("got %v as %v at %v", act.signIn.Flow, act.signIn.Username, act.signIn.Domain)
	}
	act.end <- result{grant: jane}
	tw.untilTitle("Signed in as Jane Smith")
}

func TestAPasswordIsAskedForEvenIfNobodyKnewThatItIsNeeded(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, withAccounts(needsYou(jane)))
	tw.until("the list", func() bool { return tw.says("Needs you") })
	tw.press(fyne.KeyReturn)
	tw.next().end <- result{err: &oauth.ConfigError{Field: "username", Reason: "missing"}}
	tw.untilTitle("Sign in with a password")
}

func TestALeftPasswordIsForgotten(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, func(tw *testWindow) {
		tw.setup.now.Flow = oauth.FlowPassword
		tw.setup.now.Domain = jane.Domain
		tw.setup.now.From = map[string]settings.Source{"domain": settings.LockedPolicy}
	})
	tw.untilTitle("Sign in with a password")
	if !tw.says("acme.egnyte.com") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	test.Type(tw.typed(), "jsmith")
	tw.press(fyne.KeyTab)
	secret := tw.typed()
	test.Type(secret, "jane-at-acme")
	tw.single = false
	tw.press(fyne.KeyEscape)
	tw.untilTitle("No account yet")
	if secret.Text != "" {
		t.Error("the entry still holds the password")
	}
}
