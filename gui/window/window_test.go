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
	sc := newScene(t, Options{View: "accounts"}, nil)
	sc.untilTitle("No account yet")
	sc.focusIs("Add account")

	sc.press(fyne.KeyReturn)
	sc.untilTitle("Sign in")
	sc.focusIs("Continue in browser")

	sc.press(fyne.KeyReturn)
	sc.untilTitle("Finish in your browser")
	a := sc.next()
	if a.signIn.Flow != oauth.FlowEnhanced || !a.signIn.Domain.IsZero() {
		t.Errorf("the browser should be asked for the domain: %v %v", a.signIn.Flow, a.signIn.Domain)
	}
	sc.waits(a)
	a.signIn.Report(oauth.Exchanging{Domain: jane.Domain})
	sc.untilTitle("Checking with Egnyte")
	a.end <- ending{grant: jane}
	sc.untilTitle("Signed in as Jane Smith")
	sc.focusIs("Done")

	sc.press(fyne.KeyReturn)
	sc.untilTitle("Accounts")
	sc.until("the new account", func() bool { return sc.says("jsmith · acme.egnyte.com") })
}

func TestATypedDomainIsTheCodeFlowThere(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, nil)
	sc.untilTitle("Sign in")
	sc.untilRead()
	sc.press(fyne.KeyTab)
	field := sc.win.Canvas().Focused().(*entry)

	test.Type(field, "ac_me")
	if !sc.says("A name has letters, digits and hyphens only, not '_'.") {
		t.Errorf("a wrong domain is not explained: %q", textsOf(sc.win.Content()))
	}
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Sign in")

	field.SetText("https://ACME.egnyte.com/app/index.do#x")
	sc.press(fyne.KeyReturn)
	a := sc.next()
	if a.signIn.Flow != oauth.FlowCode || a.signIn.Domain.Host() != "acme.egnyte.com" {
		t.Errorf("got %v at %v", a.signIn.Flow, a.signIn.Domain)
	}
}

func TestEscWhileWaitingEndsTheListenerAtOnce(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, nil)
	sc.untilTitle("No account yet")
	sc.press(fyne.KeyReturn, fyne.KeyReturn)
	a := sc.next()
	sc.waits(a)
	if !sc.shelf.signsIn() {
		t.Error("the tray can't know that it should be quiet")
	}
	sc.press(fyne.KeyEscape)
	sc.untilTitle("No account yet")
	sc.isOver(a)
	sc.until("the tray to be free to speak", func() bool { return !sc.shelf.signsIn() || poke(sc) })
}

func TestClosingTheWindowEndsTheListener(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, nil)
	sc.untilRead()
	sc.press(fyne.KeyReturn)
	a := sc.next()
	sc.waits(a)
	sc.close(5 * time.Second)
	sc.isOver(a)
}

func TestASignInWindowEndsWithItsSignIn(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, nil)
	sc.stays = time.Millisecond
	sc.untilRead()
	sc.press(fyne.KeyReturn)
	sc.next().end <- ending{grant: jane}
	sc.untilTitle("Signed in as Jane Smith")
	sc.until("the end", func() bool { return sc.quitted })
}

func TestTheQuestionTakesADomainOnly(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, nil)
	sc.untilRead()
	sc.press(fyne.KeyReturn)
	a := sc.next()
	answered := ""
	a.signIn.Report(oauth.AskDomain{Answer: func(typed string) error { answered = typed; return nil }})
	sc.untilTitle("Which domain?")

	field := sc.win.Canvas().Focused().(*entry)
	test.Type(field, "-acme")
	sc.press(fyne.KeyReturn)
	if answered != "" || !sc.says("no hyphen at its ends") {
		t.Errorf("answered %q; the window says %q", answered, textsOf(sc.win.Content()))
	}
	field.SetText("acme")
	sc.press(fyne.KeyReturn)
	if answered != "acme.egnyte.com" {
		t.Errorf("answered %q", answered)
	}
}

// 'Open again' opens what the browser was opened with; the link that is copied
// is the real one.
func TestTheLinkIsCopiedAndTheStartIsOpenedAgain(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, nil)
	sc.untilRead()
	sc.press(fyne.KeyReturn)
	sc.waits(sc.next())
	sc.focusIs("Open again")
	sc.press(fyne.KeyReturn)
	if opened := <-sc.tab.opened; opened != "http://127.0.0.1:7/start/T" {
		t.Errorf("opened %q", opened)
	}
	sc.press(fyne.KeyTab, fyne.KeyReturn)
	if sc.copied != "https://acme.egnyte.com/puboauth/authorize?state=s" {
		t.Errorf("copied %q", sc.copied)
	}
}

func TestTheUserIsAskedWhetherASignInIsTheirs(t *testing.T) {
	for _, c := range []struct {
		keys []fyne.KeyName
		want bool
	}{{[]fyne.KeyName{fyne.KeyReturn}, false}, {[]fyne.KeyName{fyne.KeyLeft, fyne.KeyReturn}, true}} {
		sc := newScene(t, Options{View: "signin"}, nil)
		sc.untilRead()
		sc.press(fyne.KeyReturn)
		answers := make(chan bool, 2)
		sc.next().signIn.Report(oauth.ConfirmUser{User: jane.User, Domain: jane.Domain, Answer: func(yes bool) { answers <- yes }})
		sc.untilTitle("Is that you?")
		if !sc.says("Signed in as Jane Smith. Is that you?") || !sc.says("jsmith · acme.egnyte.com") {
			t.Errorf("the window says %q", textsOf(sc.win.Content()))
		}
		sc.focusIs("No")
		sc.press(c.keys...)
		if got := <-answers; got != c.want {
			t.Errorf("%v answers %v", c.keys, got)
		}
		sc.untilTitle("Checking with Egnyte")
	}
}

// An account that signs in again takes its own user only, so nothing is asked.
func TestAReconnectNeedsNoConfirmation(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, withAccounts(needsYou(jane)))
	sc.until("the list", func() bool { return sc.says("Needs you") })
	sc.focusIs("Reconnect")
	sc.press(fyne.KeyReturn)
	answers := make(chan bool, 1)
	sc.next().signIn.Report(oauth.ConfirmUser{User: jane.User, Domain: jane.Domain, Answer: func(yes bool) { answers <- yes }})
	sc.until("the answer", func() bool { return len(answers) > 0 || poke(sc) })
	if !<-answers || sc.view.title == "Is that you?" {
		t.Error("the user was asked")
	}
}

func TestWithoutABrowserTheLinkIsShown(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, nil)
	sc.untilRead()
	sc.press(fyne.KeyReturn)
	a := sc.next()
	sc.waits(a)
	a.signIn.Report(oauth.WaitingForBrowser{URL: "https://acme.egnyte.com/x", Until: noon.Add(time.Minute), BrowserError: errors.New("none")})
	sc.until("the link", func() bool { return sc.says("https://acme.egnyte.com/x") })
	sc.focusIs("Copy link")
	sc.press(fyne.KeyReturn)
	if sc.copied != "https://acme.egnyte.com/x" {
		t.Errorf("copied %q", sc.copied)
	}
}

func TestARefusalIsSaidWithOneButtonAndDetails(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, nil)
	sc.untilRead()
	sc.press(fyne.KeyReturn)
	sc.next().end <- ending{err: oauth.ErrDenied}
	sc.untilTitle("Sign-in did not work")
	sc.focusIs("Try again")
	if sc.says(oauth.ErrDenied.Error()) {
		t.Error("the details are unfolded")
	}
	details := findByText(sc.win.Content(), "Details")
	details.press()
	if !sc.says(oauth.ErrDenied.Error()) {
		t.Error("the details stay folded")
	}
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Finish in your browser")
	sc.next()
}

func TestAnotherPersonReplacesNothingAndCanBeAdded(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, withAccounts(needsYou(jane)))
	sc.until("the list", func() bool { return sc.says("Needs you") })
	sc.focusIs("Reconnect")
	sc.press(fyne.KeyReturn)
	a := sc.next()
	if a.signIn.Flow != oauth.FlowCode || a.signIn.Domain.Host() != "acme.egnyte.com" {
		t.Errorf("reconnect at %v by %v", a.signIn.Domain, a.signIn.Flow)
	}
	a.end <- ending{grant: ann}
	sc.untilTitle("Somebody else came back")
	if names := sc.shelf.names(); !slices.Equal(names, []string{"jsmith@acme.egnyte.com"}) {
		t.Errorf("the accounts are %q", names)
	}
	sc.focusIs("Add Ann Doe")
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Signed in as Ann Doe")
	if names := sc.shelf.names(); !slices.Equal(names, []string{"jsmith@acme.egnyte.com", "adoe@globex.egnyte.com"}) {
		t.Errorf("the accounts are %q", names)
	}
}

func TestAnotherPersonNotAddedIsSignedOutAtEgnyte(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, withAccounts(needsYou(jane)))
	sc.until("the list", func() bool { return sc.says("Needs you") })
	sc.press(fyne.KeyReturn)
	sc.next().end <- ending{grant: ann}
	sc.untilTitle("Somebody else came back")
	sc.press(fyne.KeyEscape)
	sc.untilTitle("Accounts")
	if got := <-sc.shelf.discarded; got != "access-of-adoe" {
		t.Errorf("discarded %q", got)
	}
}

func TestAKeyringThatFailsCostsNoSecondSignIn(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, func(sc *scene) {
		sc.shelf.fail = &keyring.Error{Kind: keyring.Locked, Err: errors.New("locked")}
	})
	sc.untilRead()
	sc.press(fyne.KeyReturn)
	sc.next().end <- ending{grant: jane}
	sc.untilTitle("Sign-in did not work")
	sc.shelf.mu.Lock()
	sc.shelf.fail = nil
	sc.shelf.mu.Unlock()
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Signed in as Jane Smith")
}

func TestTheListFollowsOtherProcessesAndKeepsTheFocus(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
	sc.until("the list", func() bool { return sc.says("Jane Smith") })
	sc.press(fyne.KeyTab)
	sc.shelf.put(accountOf(ann), accountOf(jane))
	sc.until("the other account", func() bool { return sc.says("Ann Doe") })
	if b := sc.win.Canvas().Focused().(*button); b.id != "more/jsmith@acme.egnyte.com" {
		t.Errorf("the focus went to %q", b.id)
	}
}

// Egnyte's address is no secret: opening it asks no keyring.
func TestEgnyteIsOpenedWhileTheKeyringIsLocked(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, func(sc *scene) {
		withAccounts(accountOf(jane))(sc)
		sc.desk.locked = &keyring.Error{Kind: keyring.Locked, Err: errors.New("as the test wants it")}
	})
	sc.untilRead()
	sc.press(fyne.KeyTab, fyne.KeyReturn, fyne.KeyReturn) // the row's menu, Open Egnyte
	sc.until("the browser", func() bool { return len(sc.tab.opened) > 0 || sc.says("could not be opened") })
	if len(sc.tab.opened) == 0 {
		t.Fatal("it was not opened")
	}
	if url := <-sc.tab.opened; url != "https://acme.egnyte.com/" && url != "https://acme.egnyte.com" {
		t.Errorf("opened %s", url)
	}
}

func TestAProblemOfTheTrayIsTold(t *testing.T) {
	sc := newScene(t, Options{View: "signin", Reconnect: "jsmith@acme.egnyte.com", Problem: "other-person"}, withAccounts(accountOf(jane)))
	sc.untilTitle("Sign-in did not work")
	if !sc.says("instead of Jane Smith") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
}

func TestARaiseDoesNotDisturbASignIn(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
	sc.untilRead()
	sc.raised("signin")
	sc.untilTitle("Sign in")
	sc.press(fyne.KeyReturn)
	a := sc.next()
	sc.waits(a)
	sc.raised("accounts")
	sc.untilTitle("Finish in your browser")
	sc.press(fyne.KeyEscape)
	sc.isOver(a)
	sc.raised(Options{View: "signin", Reconnect: "jsmith@acme.egnyte.com"}.message())
	if again := sc.next(); again.signIn.Domain.Host() != "acme.egnyte.com" {
		t.Errorf("reconnect at %v", again.signIn.Domain)
	}
}
