package window

import (
	"errors"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring"
)

func TestAnAccountIsAddedByEnterAlone(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, nil)
	tw.untilTitle("No account yet")
	tw.focusIs("Add account")

	tw.press(fyne.KeyReturn)
	tw.untilTitle("Sign in")
	tw.focusIs("Continue in browser")

	tw.press(fyne.KeyReturn)
	tw.untilTitle("Finish in your browser")
	a := tw.next()
	if a.signIn.Flow != oauth.FlowEnhanced || !a.signIn.Domain.IsZero() {
		t.Errorf("the browser should be asked for the domain: %v %v", a.signIn.Flow, a.signIn.Domain)
	}
	tw.waits(a)
	a.signIn.Report(oauth.Exchanging{Domain: jane.Domain})
	tw.untilTitle("Checking with Egnyte")
	a.end <- result{grant: jane}
	tw.untilTitle("Signed in as Jane Smith")
	tw.focusIs("Done")

	tw.press(fyne.KeyReturn)
	tw.untilTitle("Accounts")
	tw.until("the new account", func() bool { return tw.says("jsmith · acme.egnyte.com") })
}

func TestATypedDomainIsTheCodeFlowThere(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	tw.untilTitle("Sign in")
	tw.untilRead()
	tw.press(fyne.KeyTab)
	field := tw.win.Canvas().Focused().(*entry)

	test.Type(field, "ac_me")
	if !tw.says("A name has letters, digits and hyphens only, not '_'.") {
		t.Errorf("a wrong domain is not explained: %q", textsOf(tw.win.Content()))
	}
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Sign in")

	field.SetText("https://ACME.egnyte.com/app/index.do#x")
	tw.press(fyne.KeyReturn)
	a := tw.next()
	if a.signIn.Flow != oauth.FlowCode || a.signIn.Domain.Host() != "acme.egnyte.com" {
		t.Errorf("got %v at %v", a.signIn.Flow, a.signIn.Domain)
	}
}

func TestEscWhileWaitingEndsTheListenerAtOnce(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, nil)
	tw.untilTitle("No account yet")
	tw.press(fyne.KeyReturn, fyne.KeyReturn)
	a := tw.next()
	tw.waits(a)
	tw.press(fyne.KeyEscape)
	tw.untilTitle("No account yet")
	tw.isOver(a)
}

func TestClosingTheWindowEndsTheListener(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	tw.untilRead()
	tw.press(fyne.KeyReturn)
	a := tw.next()
	tw.waits(a)
	tw.close(5 * time.Second)
	tw.isOver(a)
}

func TestASignInWindowEndsWithItsSignIn(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	tw.doneTime = time.Millisecond
	tw.untilRead()
	tw.press(fyne.KeyReturn)
	tw.next().end <- result{grant: jane}
	tw.untilTitle("Signed in as Jane Smith")
	tw.until("the end", func() bool { return tw.hasQuit })
}

func TestTheQuestionTakesADomainOnly(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	tw.untilRead()
	tw.press(fyne.KeyReturn)
	a := tw.next()
	answered := ""
	a.signIn.Report(oauth.AskDomain{Answer: func(typed string) error { answered = typed; return nil }})
	tw.untilTitle("Which domain?")

	field := tw.win.Canvas().Focused().(*entry)
	test.Type(field, "-acme")
	tw.press(fyne.KeyReturn)
	if answered != "" || !tw.says("no hyphen at its ends") {
		t.Errorf("answered %q; the window says %q", answered, textsOf(tw.win.Content()))
	}
	field.SetText("acme")
	tw.press(fyne.KeyReturn)
	if answered != "acme.egnyte.com" {
		t.Errorf("answered %q", answered)
	}
}

// 'Open again' opens what the browser was opened with; the link that is copied
// is the real one.
func TestTheLinkIsCopiedAndTheStartIsOpenedAgain(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	tw.untilRead()
	tw.press(fyne.KeyReturn)
	tw.waits(tw.next())
	tw.focusIs("Open again")
	tw.press(fyne.KeyReturn)
	if opened := <-tw.browser.opened; opened != "http://127.0.0.1:7/start/T" {
		t.Errorf("opened %q", opened)
	}
	tw.press(fyne.KeyTab, fyne.KeyReturn)
	if tw.copied != "https://acme.egnyte.com/puboauth/authorize?state=s" {
		t.Errorf("copied %q", tw.copied)
	}
}

func TestTheUserIsAskedWhetherASignInIsTheirs(t *testing.T) {
	for _, c := range []struct {
		keys []fyne.KeyName
		want bool
	}{{[]fyne.KeyName{fyne.KeyReturn}, false}, {[]fyne.KeyName{fyne.KeyLeft, fyne.KeyReturn}, true}} {
		tw := newTestWindow(t, Options{View: "signin"}, nil)
		tw.untilRead()
		tw.press(fyne.KeyReturn)
		answers := make(chan bool, 2)
		tw.next().signIn.Report(oauth.ConfirmUser{User: jane.User, Domain: jane.Domain, Answer: func(yes bool) { answers <- yes }})
		tw.untilTitle("Is that you?")
		if !tw.says("Signed in as Jane Smith. Is that you?") || !tw.says("jsmith · acme.egnyte.com") {
			t.Errorf("the window says %q", textsOf(tw.win.Content()))
		}
		tw.focusIs("No")
		tw.press(c.keys...)
		if got := <-answers; got != c.want {
			t.Errorf("%v answers %v", c.keys, got)
		}
		tw.untilTitle("Checking with Egnyte")
	}
}

// An account that signs in again takes its own user only, so nothing is asked.
func TestAReconnectNeedsNoConfirmation(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, withAccounts(needsYou(jane)))
	tw.until("the list", func() bool { return tw.says("Needs you") })
	tw.focusIs("Reconnect")
	tw.press(fyne.KeyReturn)
	answers := make(chan bool, 1)
	tw.next().signIn.Report(oauth.ConfirmUser{User: jane.User, Domain: jane.Domain, Answer: func(yes bool) { answers <- yes }})
	tw.until("the answer", func() bool { return len(answers) > 0 })
	if !<-answers || tw.view.Title() == "Is that you?" {
		t.Error("the user was asked")
	}
}

func TestWithoutABrowserTheLinkIsShown(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	tw.untilRead()
	tw.press(fyne.KeyReturn)
	a := tw.next()
	tw.waits(a)
	a.signIn.Report(oauth.WaitingForBrowser{URL: "https://acme.egnyte.com/x", Until: noon.Add(time.Minute), BrowserError: errors.New("none")})
	tw.until("the link", func() bool { return tw.says("https://acme.egnyte.com/x") })
	tw.focusIs("Copy link")
	tw.press(fyne.KeyReturn)
	if tw.copied != "https://acme.egnyte.com/x" {
		t.Errorf("copied %q", tw.copied)
	}
}

func TestARefusalIsSaidWithOneButtonAndDetails(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	tw.untilRead()
	tw.press(fyne.KeyReturn)
	tw.next().end <- result{err: oauth.ErrDenied}
	tw.untilTitle("Sign-in did not work")
	tw.focusIs("Try again")
	if tw.says(oauth.ErrDenied.Error()) {
		t.Error("the details are unfolded")
	}
	details := findByText(tw.win.Content(), "Details")
	details.press()
	if !tw.says(oauth.ErrDenied.Error()) {
		t.Error("the details stay folded")
	}
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Finish in your browser")
	tw.next()
}

func TestAnotherPersonReplacesNothingAndCanBeAdded(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, withAccounts(needsYou(jane)))
	tw.until("the list", func() bool { return tw.says("Needs you") })
	tw.focusIs("Reconnect")
	tw.press(fyne.KeyReturn)
	a := tw.next()
	if a.signIn.Flow != oauth.FlowCode || a.signIn.Domain.Host() != "acme.egnyte.com" {
		t.Errorf("reconnect at %v by %v", a.signIn.Domain, a.signIn.Flow)
	}
	a.end <- result{grant: ann}
	tw.untilTitle("Somebody else came back")
	if names := tw.store.names(); !slices.Equal(names, []string{"jsmith@acme.egnyte.com"}) {
		t.Errorf("the accounts are %q", names)
	}
	tw.focusIs("Add Ann Doe")
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Signed in as Ann Doe")
	if names := tw.store.names(); !slices.Equal(names, []string{"jsmith@acme.egnyte.com", "adoe@globex.egnyte.com"}) {
		t.Errorf("the accounts are %q", names)
	}
}

func TestAnotherPersonNotAddedIsSignedOutAtEgnyte(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, withAccounts(needsYou(jane)))
	tw.until("the list", func() bool { return tw.says("Needs you") })
	tw.press(fyne.KeyReturn)
	tw.next().end <- result{grant: ann}
	tw.untilTitle("Somebody else came back")
	tw.press(fyne.KeyEscape)
	tw.untilTitle("Accounts")
	if got := <-tw.client.discarded; got != "access-of-adoe" {
		t.Errorf("discarded %q", got)
	}
}

func TestAKeyringThatFailsCostsNoSecondSignIn(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, func(tw *testWindow) {
		tw.store.fail = &keyring.Error{Kind: keyring.Locked, Err: errors.New("locked")}
	})
	tw.untilRead()
	tw.press(fyne.KeyReturn)
	tw.next().end <- result{grant: jane}
	tw.untilTitle("Sign-in did not work")
	tw.store.mu.Lock()
	tw.store.fail = nil
	tw.store.mu.Unlock()
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Signed in as Jane Smith")
}

func TestTheListFollowsOtherProcessesAndKeepsTheFocus(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
	tw.until("the list", func() bool { return tw.says("Jane Smith") })
	tw.press(fyne.KeyTab)
	tw.store.put(accountOf(ann), accountOf(jane))
	tw.until("the other account", func() bool { return tw.says("Ann Doe") })
	if b := tw.win.Canvas().Focused().(*button); b.AccessibilityLabel() != "Actions for Jane Smith" {
		t.Errorf("the focus went to %q", b.AccessibilityLabel())
	}
}

// Egnyte's address is no secret: opening it asks no keyring.
func TestEgnyteIsOpenedWhileTheKeyringIsLocked(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, func(tw *testWindow) {
		withAccounts(accountOf(jane))(tw)
		tw.client.locked = &keyring.Error{Kind: keyring.Locked, Err: errors.New("as the test wants it")}
	})
	tw.untilRead()
	tw.press(fyne.KeyTab, fyne.KeyReturn, fyne.KeyReturn) // the row's menu, Open Egnyte
	tw.until("the browser", func() bool { return len(tw.browser.opened) > 0 || tw.says("could not be opened") })
	if len(tw.browser.opened) == 0 {
		t.Fatal("it was not opened")
	}
	if url := <-tw.browser.opened; url != "https://acme.egnyte.com/" && url != "https://acme.egnyte.com" {
		t.Errorf("opened %s", url)
	}
}

func TestAProblemOfTheTrayIsTold(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin", Reconnect: "jsmith@acme.egnyte.com", Problem: "other-person"}, withAccounts(accountOf(jane)))
	tw.untilTitle("Sign-in did not work")
	if !tw.says("instead of Jane Smith") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
}

func TestARaiseDoesNotDisturbASignIn(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
	tw.untilRead()
	tw.raised("signin")
	tw.untilTitle("Sign in")
	tw.press(fyne.KeyReturn)
	a := tw.next()
	tw.waits(a)
	tw.raised("accounts")
	tw.untilTitle("Finish in your browser")
	tw.press(fyne.KeyEscape)
	tw.isOver(a)
	tw.raised(Options{View: "signin", Reconnect: "jsmith@acme.egnyte.com"}.message())
	if again := tw.next(); again.signIn.Domain.Host() != "acme.egnyte.com" {
		t.Errorf("reconnect at %v", again.signIn.Domain)
	}
}
