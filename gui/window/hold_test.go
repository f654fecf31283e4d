package window

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/redirect"
)

// refused is a sign-in that Egnyte has just refused.
func refused(t *testing.T, refusal *oauth.Refusal) *scene {
	t.Helper()
	sc := newScene(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
	sc.untilRead()
	sc.showStart("")
	sc.press(fyne.KeyReturn)
	sc.next().end <- ending{err: refusal}
	sc.untilTitle("Sign-in did not work")
	return sc
}

// Given a refusal with a time to come back, then the button says that time and
// can't be pressed before.
func TestTheButtonWaitsUntilEgnyteSaid(t *testing.T) {
	sc := refused(t, &oauth.Refusal{Kind: oauth.RefusedServer, RetryAfter: 140 * time.Minute})
	help := findByText(sc.win.Content(), "Try again at 14:20")
	if help == nil || !help.Disabled() {
		t.Fatalf("the window says %q", textsOf(sc.win.Content()))
	}
	sc.focusIs("Close")
	help.press()
	if len(sc.stage.calls) > 0 {
		t.Error("it could be pressed")
	}
	sc.now = func() time.Time { return noon.Add(140 * time.Minute) }
	sc.until("the time", func() bool { return !help.Disabled() })
	if help.Text != "Try again" {
		t.Errorf("then it says %q", help.Text)
	}
	help.press()
	sc.next()
}

// Given a key of which Egnyte takes no token request for a while, when another
// sign-in is begun meanwhile, then no browser opens, and the window says until when.
func TestAKeyThatHasToWaitBeginsNoSignIn(t *testing.T) {
	sc := refused(t, &oauth.Refusal{Kind: oauth.RefusedTokenLimit, RetryAfter: time.Hour})
	sc.press(fyne.KeyReturn) // Close
	sc.now = func() time.Time { return noon.Add(30 * time.Minute) }
	sc.showStart("")
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Sign-in did not work")
	if !sc.says("[Try again at 13:00]") || len(sc.stage.calls) > 0 {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	sc.press(fyne.KeyReturn)
	sc.known.setup.Key.ID = "another-key"
	sc.showStart("")
	sc.press(fyne.KeyReturn)
	sc.next()
}

// Given a time to come back that the tray was told, then the window that it
// opens keeps to it.
func TestTheTraysTimeIsKeptTo(t *testing.T) {
	problem := advice.Handover(&oauth.Refusal{Kind: oauth.RefusedTokenLimit, RetryAfter: time.Hour}, noon)
	sc := newScene(t, Options{View: "signin", Reconnect: accountOf(jane).Name, Problem: problem}, withAccounts(accountOf(jane)))
	sc.untilTitle("Sign-in did not work")
	if help := findByText(sc.win.Content(), "Try again at 13:00"); help == nil || !help.Disabled() || !sc.says("Nothing is lost. Try again after 13:00.") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
}

// Given an address that Egnyte does not know, then the window shows ours, and
// its one button copies that.
func TestOurAddressIsShownAndCopied(t *testing.T) {
	const ours = "https://localhost:8443/back"
	sc := refused(t, &oauth.Refusal{Kind: oauth.RefusedRedirectURI, RedirectURI: ours})
	if !sc.says(ours) {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	sc.focusIs("Copy the address")
	sc.press(fyne.KeyReturn)
	if sc.copied != ours {
		t.Errorf("copied %q", sc.copied)
	}
}

// No problem offers more than one button, beside leaving.
func TestAProblemHasOneButton(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
	sc.untilRead()
	for _, err := range []error{
		oauth.ErrTimeout, &oauth.Refusal{Kind: oauth.RefusedKeyKind}, &oauth.Refusal{Kind: oauth.RefusedRedirectURI},
		&redirect.PortTakenError{Port: 8080}, &redirect.PortTakenError{Holder: redirect.Holder{Ours: true}},
		&redirect.ElsewhereError{URI: "https://example.com/back"}, &localcert.UnusableError{}, &account.NotRevokedError{},
	} {
		sc.showFailed(request{}, err)
		var buttons []string
		for _, text := range textsOf(sc.win.Content()) {
			if strings.HasPrefix(text, "[") && text != "[Details]" && text != "[Close]" && text != "[Later]" {
				buttons = append(buttons, text)
			}
		}
		if len(buttons) != 1 {
			t.Errorf("%v: %q", err, buttons)
		}
	}
}
