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

func withFlow(flow oauth.Flow) func(*scene) {
	return func(sc *scene) { sc.desk.now.Flow = flow }
}

func TestAPasswordIsSentOnceAndKeptNowhere(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, withFlow(oauth.FlowPassword))
	sc.untilTitle("Sign in with a password")
	test.Type(sc.typed(), "acme")
	sc.press(fyne.KeyTab)
	test.Type(sc.typed(), "jsmith")
	sc.press(fyne.KeyTab)
	secret := sc.typed()
	if !secret.Password {
		t.Error("the password can be read on the screen")
	}
	test.Type(secret, "jane-at-acme")
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Checking with Egnyte")
	a := sc.next()
	if a.signIn.Flow != oauth.FlowPassword || a.signIn.Domain.Host() != "acme.egnyte.com" || a.signIn.Username != "jsmith" || a.signIn.Password.Reveal() != "jane-at-acme" {
		t.Errorf("got %v at %v as %v", a.signIn.Flow, a.signIn.Domain, a.signIn.Username)
	}
	if secret.Text != "" {
		t.Error("the entry still holds the password")
	}
	if strings.Contains(fmt.Sprintf("%+v %+v", sc.session.request, sc.view), "jane-at-acme") {
		t.Error("the window still holds the password")
	}
	a.end <- ending{err: &oauth.Refusal{Kind: oauth.RefusedPassword, Host: "acme.egnyte.com"}}
	sc.untilTitle("Sign-in did not work")
	sc.press(fyne.KeyReturn) // try again
	sc.untilTitle("Sign in with a password")
	again := sc.typed()
	if !again.Password || again.Text != "" {
		t.Errorf("the focus is on %+v", again)
	}
	test.Type(again, "right")
	sc.press(fyne.KeyReturn)
	a = sc.next()
	if a.signIn.Username != "jsmith" || a.signIn.Domain.Label() != "acme" || a.signIn.Password.Reveal() != "right" {
		t.Errorf("got %v at %v", a.signIn.Username, a.signIn.Domain)
	}
	a.end <- ending{grant: jane}
	sc.untilTitle("Signed in as Jane Smith")
}

func TestAPasswordFormSaysWhatIsMissing(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, withFlow(oauth.FlowPassword))
	sc.untilTitle("Sign in with a password")
	sc.press(fyne.KeyReturn)
	if !sc.says("It is empty.") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	test.Type(sc.typed(), "acme")
	sc.press(fyne.KeyReturn)
	if !sc.says("The user name is missing.") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	test.Type(sc.typed(), "jsmith")
	sc.press(fyne.KeyReturn)
	if !sc.says("The password is missing.") || !sc.typed().Password {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
}

func TestAnInternalKeyLeadsToThePassword(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, nil)
	sc.untilTitle("Sign in")
	sc.untilRead()
	sc.press(fyne.KeyTab)
	test.Type(sc.typed(), "acme")
	sc.press(fyne.KeyReturn)
	sc.next().end <- ending{err: &oauth.Refusal{Kind: oauth.RefusedKeyKind}}
	sc.untilTitle("Sign-in did not work")
	sc.focusIs("Sign in with a password")
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Sign in with a password")
	test.Type(sc.typed(), "jsmith") // the domain is known
	sc.press(fyne.KeyTab)
	test.Type(sc.typed(), "jane-at-acme")
	sc.press(fyne.KeyReturn)
	if a := sc.next(); a.signIn.Flow != oauth.FlowPassword || a.signIn.Domain.Label() != "acme" {
		t.Errorf("got %v at %v", a.signIn.Flow, a.signIn.Domain)
	}
}

func TestAnAccountThatSignedInWithAPasswordIsAskedForItAgain(t *testing.T) {
	a := needsYou(jane)
	a.Flow, a.KeyID = oauth.FlowPassword, "an-older-key"
	sc := newScene(t, Options{View: "accounts"}, withAccounts(a))
	sc.until("the list", func() bool { return sc.says("Needs you") })
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Sign in with a password")
	if !sc.says("Sign in as Jane Smith") || !sc.says("acme.egnyte.com") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	test.Type(sc.typed(), "new-password")
	sc.press(fyne.KeyReturn)
	act := sc.next()
	if act.signIn.Flow != oauth.FlowPassword || act.signIn.Username != "jsmith" || act.signIn.Domain.Label() != "acme" {
		t.Errorf("got %v as %v at %v", act.signIn.Flow, act.signIn.Username, act.signIn.Domain)
	}
	act.end <- ending{grant: jane}
	sc.untilTitle("Signed in as Jane Smith")
}

func TestAPasswordIsAskedForEvenIfNobodyKnewThatItIsNeeded(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, withAccounts(needsYou(jane)))
	sc.until("the list", func() bool { return sc.says("Needs you") })
	sc.press(fyne.KeyReturn)
	sc.next().end <- ending{err: &oauth.ConfigError{Field: "username", Reason: "missing"}}
	sc.untilTitle("Sign in with a password")
}

func TestALeftPasswordIsForgotten(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, func(sc *scene) {
		sc.desk.now.Flow = oauth.FlowPassword
		sc.desk.now.Domain = jane.Domain
		sc.desk.now.From = map[string]settings.Source{"domain": settings.LockedPolicy}
	})
	sc.untilTitle("Sign in with a password")
	if !sc.says("acme.egnyte.com") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	test.Type(sc.typed(), "jsmith")
	sc.press(fyne.KeyTab)
	secret := sc.typed()
	test.Type(secret, "jane-at-acme")
	sc.only = false
	sc.press(fyne.KeyEscape)
	sc.untilTitle("No account yet")
	if secret.Text != "" {
		t.Error("the entry still holds the password")
	}
}
