package window

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"egnyte-accounts/oauth"
)

func TestWithoutAKeyItAsksForOne(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, func(tw *testWindow) { tw.setup.now.Key.ID = "" })
	tw.untilTitle("No account yet")
	tw.focusIs("Enter your API key")
	tw.press(fyne.KeyReturn)
	tw.untilTitle("API key")
	tw.press(fyne.KeyReturn)
	tw.until("the complaint", func() bool { return tw.says("The API key is missing.") })
	test.Type(tw.win.Canvas().Focused(), "my-key")
	tw.press(fyne.KeyTab)
	test.Type(tw.win.Canvas().Focused(), "my-secret")
	tw.press(fyne.KeyReturn)
	tw.untilTitle("No account yet")
	tw.focusIs("Add account")
	key := tw.setup.now.Key
	if key.ID != "my-key" || key.Secret.Reveal() != "my-secret" || key.RedirectURI != oauth.DefaultRedirectURI {
		t.Errorf("saved %q, %q", key.ID, key.RedirectURI)
	}
}

func TestThePracticeEgnyteIsSetUpAndStarted(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, func(tw *testWindow) { tw.setup.now.Key.ID = "" })
	tw.untilTitle("No account yet")
	tw.press(fyne.KeyTab)
	tw.focusIs("Try it with the practice service")
	tw.press(fyne.KeyReturn)
	tw.until("the names", func() bool { return tw.says("sign in as jsmith") })
	tw.focusIs("Add account")
	address := <-tw.practice.started
	if got, ok := practiceAddress(tw.setup.now.Service); !ok || got != address {
		t.Errorf("settings say %v, the practice service listens at %v", tw.setup.now.Service, address)
	}
}

func TestThePracticeEgnyteIsWokenAtStart(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, func(tw *testWindow) {
		tw.setup.now.Service, tw.setup.now.Key.ID = service("http://egnyte.localhost:4321"), PracticeKeyID
	})
	tw.until("the start", func() bool { return len(tw.practice.started) > 0 })
	if address := <-tw.practice.started; address != "127.0.0.1:4321" {
		t.Errorf("started at %q", address)
	}
}
