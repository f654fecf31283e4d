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
func refused(t *testing.T, refusal *oauth.Refusal) *testWindow {
	t.Helper()
	tw := newTestWindow(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
	tw.untilRead()
	tw.showStart("")
	tw.press(fyne.KeyReturn)
	tw.next().end <- result{err: refusal}
	tw.untilTitle("Sign-in did not work")
	return tw
}

// Given a refusal with a time to come back, then the button says that time and
// can't be pressed before.
func TestTheButtonWaitsUntilEgnyteSaid(t *testing.T) {
	tw := refused(t, &oauth.Refusal{Kind: oauth.RefusedServer, RetryAfter: 140 * time.Minute})
	help := findByText(tw.win.Content(), "Try again at 14:20")
	if help == nil || !help.Disabled() {
		t.Fatalf("the window says %q", textsOf(tw.win.Content()))
	}
	tw.focusIs("Close")
	help.press()
	if len(tw.client.calls) > 0 {
		t.Error("it could be pressed")
	}
	tw.now = func() time.Time { return noon.Add(140 * time.Minute) }
	tw.until("the time", func() bool { return !help.Disabled() })
	if help.Text != "Try again" {
		t.Errorf("then it says %q", help.Text)
	}
	help.press()
	tw.next()
}

// Given a key of which Egnyte takes no token request for a while, when another
// sign-in begins, then no browser opens, and the window says until when.
func TestAKeyThatHasToWaitBeginsNoSignIn(t *testing.T) {
	tw := refused(t, &oauth.Refusal{Kind: oauth.RefusedTokenLimit, RetryAfter: time.Hour})
	tw.press(fyne.KeyReturn) // Close
	tw.now = func() time.Time { return noon.Add(30 * time.Minute) }
	tw.showStart("")
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Sign-in did not work")
	if !tw.says("[Try again at 13:00]") || len(tw.client.calls) > 0 {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	tw.press(fyne.KeyReturn)
	tw.known.setup.Key.ID = "another-key"
	tw.showStart("")
	tw.press(fyne.KeyReturn)
	tw.next()
}

// Given a time to come back that the tray was told, then the window that it
// opens keeps to it.
func TestTheTraysTimeIsKeptTo(t *testing.T) {
	problem := advice.Handover(&oauth.Refusal{Kind: oauth.RefusedTokenLimit, RetryAfter: time.Hour}, noon)
	tw := newTestWindow(t, Options{View: "signin", Reconnect: accountOf(jane).Name, Problem: problem}, withAccounts(accountOf(jane)))
	tw.untilTitle("Sign-in did not work")
	if help := findByText(tw.win.Content(), "Try again at 13:00"); help == nil || !help.Disabled() || !tw.says("Nothing is lost. Try again after 13:00.") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
}

// Given an address that Egnyte does not know, then the window shows ours, and
// its one button copies that.
func TestOurAddressIsShownAndCopied(t *testing.T) {
	const ours = "https://localhost:8443/back"
	tw := refused(t, &oauth.Refusal{Kind: oauth.RefusedRedirectURI, RedirectURI: ours})
	if !tw.says(ours) {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	tw.focusIs("Copy the address")
	tw.press(fyne.KeyReturn)
	if tw.copied != ours {
		t.Errorf("copied %q", tw.copied)
	}
}

// Given any problem, then the window offers one button, and one to leave.
func TestAProblemHasOneButton(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
	tw.untilRead()
	for _, err := range []error{
		oauth.ErrTimeout, &oauth.Refusal{Kind: oauth.RefusedKeyKind}, &oauth.Refusal{Kind: oauth.RefusedRedirectURI},
		&redirect.PortTakenError{Port: 8080}, &redirect.PortTakenError{Holder: redirect.Holder{Ours: true}},
		&redirect.ElsewhereError{URI: "https://example.com/back"}, &localcert.UnusableError{}, &account.NotRevokedError{},
	} {
		tw.showFailed(request{}, err)
		var buttons []string
		for _, text := range textsOf(tw.win.Content()) {
			if strings.HasPrefix(text, "[") && text != "[Details]" && text != "[Close]" && text != "[Later]" {
				buttons = append(buttons, text)
			}
		}
		if len(buttons) != 1 {
			t.Errorf("%v: %q", err, buttons)
		}
	}
}
