package window

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/redirect"
)

const elsewhere = "https://signin.acme.example/egnyte/back"

// pasting is a sign-in whose browser ends at uri, up to the view that takes
// the address. The state of the test's Egnyte is "s".
func (sc *scene) pasting(uri string) (a *act, came <-chan oauth.Callback) {
	sc.t.Helper()
	sc.untilRead()
	sc.press(fyne.KeyReturn)
	return sc.comesTo(uri)
}

func (sc *scene) comesTo(uri string) (a *act, came <-chan oauth.Callback) {
	sc.t.Helper()
	a = sc.next()
	receiver, err := a.signIn.Listen(sc.t.Context(), uri, "s")
	if err != nil {
		sc.t.Fatal(err)
	}
	sc.t.Cleanup(func() { _ = receiver.Close() })
	callbacks := make(chan oauth.Callback, 1)
	go func() {
		if callback, err := receiver.Receive(context.Background()); err == nil {
			callbacks <- callback
		}
	}()
	sc.waits(a)
	sc.untilTitle("Paste the address")
	return a, callbacks
}

func (sc *scene) typed() *entry {
	sc.t.Helper()
	e, ok := sc.win.Canvas().Focused().(*entry)
	if !ok {
		sc.t.Fatalf("the focus is on %+v", sc.win.Canvas().Focused())
	}
	return e
}

func (sc *scene) cameWith(code string, came <-chan oauth.Callback) {
	sc.t.Helper()
	var callback oauth.Callback
	sc.until("the answer", func() bool {
		select {
		case callback = <-came:
			return true
		default:
			return poke(sc)
		}
	})
	if callback.Code.Reveal() != code {
		sc.t.Errorf("another code came: %v", callback)
	}
}

func nothingCame(t *testing.T, came <-chan oauth.Callback) {
	t.Helper()
	select {
	case <-came:
		t.Error("an answer was taken")
	default:
	}
}

func TestAnAddressIsPastedByKeyboard(t *testing.T) {
	for name, text := range map[string]string{
		"whole":            elsewhere + "?code=c1&state=s",
		"query":            "?code=c1&state=s",
		"in <> and quotes": ` "<` + elsewhere + `?state=s&code=c1>" `,
	} {
		t.Run(name, func(t *testing.T) {
			sc := newScene(t, Options{View: "signin"}, nil)
			_, came := sc.pasting(elsewhere)
			if !sc.says("a page of signin.acme.example") || !sc.says("Waiting, 5:00 left") {
				t.Errorf("the window says %q", textsOf(sc.win.Content()))
			}
			field := sc.typed()
			field.SetText(text)
			sc.press(fyne.KeyReturn)
			sc.cameWith("c1", came)
			if field.Text != "" {
				t.Error("the code stays in the field")
			}
		})
	}
}

func TestWhatIsNotTheAddressIsSaidBesideTheField(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, nil)
	_, came := sc.pasting(elsewhere)
	field := sc.typed()
	for text, want := range map[string]string{
		"":                                  "There is no address in what was pasted.",
		"two words":                         "There is no address in what was pasted.",
		"https://acme.egnyte.com/app":       "the address of another page",
		elsewhere:                           "holds no answer",
		elsewhere + "?code=c&state=another": "another sign-in",
		"http://signin.acme.example/egnyte/back?code=c&state=s": "the address of another page",
	} {
		field.SetText(text)
		sc.press(fyne.KeyReturn)
		if !sc.says(want) {
			t.Errorf("%q: the window says %q", text, textsOf(sc.win.Content()))
		}
		if sc.win.Canvas().Focused() != field {
			t.Errorf("%q: the focus left the field", text)
		}
	}
	nothingCame(t, came)
	field.SetText("a")
	if sc.says("That ") {
		t.Error("the complaint outlives its text")
	}
}

func TestACodeAloneIsTakenOnASecondWordOnly(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, nil)
	_, came := sc.pasting(elsewhere)
	field := sc.typed()
	field.SetText("abc123")
	sc.press(fyne.KeyReturn)
	if !sc.says("That is a code alone") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	nothingCame(t, came)
	sc.focusIs("Use this code all the same")

	field.SetText("abc124") // another text is another question
	if !sc.says("[Continue]") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	sc.win.Canvas().Focus(field)
	sc.press(fyne.KeyReturn)
	nothingCame(t, came)
	sc.later(2 * time.Second)
	sc.press(fyne.KeyReturn)
	sc.cameWith("abc124", came)
}

// later moves the scene's clock.
func (sc *scene) later(by time.Duration) {
	now := sc.now().Add(by)
	sc.now = func() time.Time { return now }
}

// Given a code alone, when the action that submits it goes on, as a double click
// or a key that is held down does, or keys typed while the clipboard is read, then
// that is no confirmation, however long it goes on.
func TestACodeAloneIsNotConfirmedByTheActionThatSubmittedIt(t *testing.T) {
	for name, submit := range map[string]func(*scene, *entry){
		"Enter held down": func(sc *scene, field *entry) {
			field.SetText("abc123")
			sc.press(fyne.KeyReturn)
			sc.later(700 * time.Millisecond)
			for range 50 {
				sc.press(fyne.KeyReturn)
				sc.later(30 * time.Millisecond)
			}
		},
		"double click": func(sc *scene, field *entry) {
			field.SetText("abc123")
			sc.press(fyne.KeyTab)
			sc.focusIs("Continue")
			pressed := sc.win.Canvas().Focused().(*button)
			test.Tap(pressed)
			test.Tap(pressed)
			sc.win.Canvas().Focus(pressed) // Fyne's tap gives it up
		},
		"typed ahead": func(sc *scene, field *entry) {
			sc.clip.set("abc123")
			sc.pastes()
			sc.press(fyne.KeyReturn, fyne.KeyReturn)
		},
	} {
		t.Run(name, func(t *testing.T) {
			sc := newScene(t, Options{View: "signin"}, nil)
			_, came := sc.pasting(elsewhere)
			submit(sc, sc.typed())
			sc.until("the question", func() bool { return sc.says("That is a code alone") || poke(sc) })
			nothingCame(t, came)
			sc.later(2 * time.Second)
			sc.focusIs("Use this code all the same")
			sc.press(fyne.KeyReturn)
			sc.cameWith("abc123", came)
		})
	}
}

// pastes presses Ctrl+V in what has the focus.
func (sc *scene) pastes() {
	sc.t.Helper()
	sc.typed().TypedShortcut(&fyne.ShortcutPaste{Clipboard: fyne.CurrentApp().Clipboard()})
}

// Given an address on the clipboard, then it is read once the user asks for it, by
// Ctrl+V or by the button, and not before.
func TestTheClipboardIsReadWhenAskedOnly(t *testing.T) {
	for name, ask := range map[string]func(*scene){
		"Ctrl+V, Enter": func(sc *scene) { sc.pastes(); sc.press(fyne.KeyReturn) },
		"button": func(sc *scene) {
			sc.press(fyne.KeyTab)
			sc.focusIs("Use the address on the clipboard")
			sc.press(fyne.KeyReturn)
		},
	} {
		t.Run(name, func(t *testing.T) {
			sc := newScene(t, Options{View: "signin"}, nil)
			sc.clip.set(elsewhere + "?code=c1\n  &state=s\n") // as a mail program breaks it
			_, came := sc.pasting(elsewhere)
			sc.raised("signin")
			sc.press(fyne.KeyReturn) // on an empty field
			if n := sc.clip.reads(); n > 0 || !sc.says("There is no address in what was pasted.") {
				t.Errorf("read %d times; the window says %q", n, textsOf(sc.win.Content()))
			}
			ask(sc)
			sc.cameWith("c1", came)
			if n := sc.clip.reads(); n != 1 {
				t.Errorf("read %d times", n)
			}
		})
	}
}

// Given a clipboard whose owner hangs, when the user pastes, then the window goes
// on and says so, and what is typed in the meantime is kept.
func TestAHungClipboardIsSaid(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, nil)
	sc.clip.hung = make(chan struct{})
	_, came := sc.pasting(elsewhere)
	field := sc.typed()
	sc.pastes()
	sc.until("the clipboard to be read", func() bool { return sc.clip.reads() == 1 || poke(sc) })
	test.Type(field, elsewhere+"?code=c1&state=s")
	close(sc.clip.hung)
	sc.until("the sentence", func() bool { return sc.says("The clipboard does not answer.") })
	if field.Text != elsewhere+"?code=c1&state=s" {
		t.Errorf("the field says %q", field.Text)
	}
	nothingCame(t, came)
	sc.press(fyne.KeyReturn)
	sc.cameWith("c1", came)
}

func TestAPortOfAnotherSignInIsTriedAgainOnceThatIsOver(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, nil)
	sc.untilRead()
	sc.press(fyne.KeyReturn)
	a := sc.next()
	taken, err := a.signIn.Listen(t.Context(), "http://127.0.0.1/callback", "s")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, err = a.signIn.Listen(t.Context(), taken.RedirectURI(), "s")
	a.end <- ending{err: err}
	sc.untilTitle("Sign-in did not work")
	sc.focusIs("Try again")
	_ = taken.Close()
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Finish in your browser")
	sc.next()
}

func TestAStrangersPortIsDoneWithout(t *testing.T) {
	const address = "http://127.0.0.1:8080/callback"
	sc := newScene(t, Options{View: "signin"}, nil)
	sc.untilRead()
	sc.press(fyne.KeyReturn)
	sc.next().end <- ending{err: &redirect.PortTakenError{Port: 8080}}
	sc.untilTitle("Sign-in did not work")
	sc.focusIs("Paste the address instead")
	sc.press(fyne.KeyReturn)
	_, came := sc.comesTo(address)
	if !sc.says("a page of 127.0.0.1:8080 that it can't open") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	sc.typed().SetText(address + "?code=c1&state=s")
	sc.press(fyne.KeyReturn)
	sc.cameWith("c1", came)
}

func TestEscWhilePastingEndsTheSignIn(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, nil)
	a, _ := sc.pasting(elsewhere)
	sc.press(fyne.KeyEscape)
	sc.until("the end", func() bool { return sc.quitted })
	sc.isOver(a)
}
