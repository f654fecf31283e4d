package window

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"egnyte-accounts/oauth"
)

func TestWithoutAKeyItAsksForOne(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, func(sc *scene) { sc.desk.now.Key.ID = "" })
	sc.untilTitle("No account yet")
	sc.focusIs("Enter your API key")
	sc.press(fyne.KeyReturn)
	sc.untilTitle("API key")
	sc.press(fyne.KeyReturn)
	sc.until("the complaint", func() bool { return sc.says("The API key is missing.") })
	test.Type(sc.win.Canvas().Focused(), "my-key")
	sc.press(fyne.KeyTab)
	test.Type(sc.win.Canvas().Focused(), "my-secret")
	sc.press(fyne.KeyReturn)
	sc.untilTitle("No account yet")
	sc.focusIs("Add account")
	key := sc.desk.now.Key
	if key.ID != "my-key" || key.Secret.Reveal() != "my-secret" || key.RedirectURI != oauth.DefaultRedirectURI {
		t.Errorf("saved %q, %q", key.ID, key.RedirectURI)
	}
}

func TestThePracticeEgnyteIsSetUpAndStarted(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, func(sc *scene) { sc.desk.now.Key.ID = "" })
	sc.untilTitle("No account yet")
	sc.press(fyne.KeyTab)
	sc.focusIs("Try it with the practice service")
	sc.press(fyne.KeyReturn)
	sc.until("the names", func() bool { return sc.says("sign in as jsmith") })
	sc.focusIs("Add account")
	address := <-sc.practice.started
	if got, ok := practiceAddress(sc.desk.now.Service); !ok || got != address {
		t.Errorf("settings say %v, the practice service listens at %v", sc.desk.now.Service, address)
	}
}

func TestThePracticeEgnyteIsWokenAtStart(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, func(sc *scene) {
		sc.desk.now.Service, sc.desk.now.Key.ID = service("http://egnyte.localhost:4321"), PracticeKeyID
	})
	sc.until("the start", func() bool { return len(sc.practice.started) > 0 || poke(sc) })
	if address := <-sc.practice.started; address != "127.0.0.1:4321" {
		t.Errorf("started at %q", address)
	}
}
