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
func (tw *testWindow) pasting(uri string) (a *fakeSignIn, came <-chan oauth.Callback) {
	tw.t.Helper()
	tw.untilRead()
	tw.press(fyne.KeyReturn)
	return tw.comesTo(uri)
}

func (tw *testWindow) comesTo(uri string) (a *fakeSignIn, came <-chan oauth.Callback) {
	tw.t.Helper()
	a = tw.next()
	receiver, err := a.signIn.Listen(tw.t.Context(), uri, "s")
	if err != nil {
		tw.t.Fatal(err)
	}
	tw.t.Cleanup(func() { _ = receiver.Close() })
	callbacks := make(chan oauth.Callback, 1)
	go func() {
		if callback, err := receiver.Receive(context.Background()); err == nil {
			callbacks <- callback
		}
	}()
	tw.waitsFor(a, receiver)
	tw.untilTitle("Paste the address")
	return a, callbacks
}

func (tw *testWindow) typed() *entry {
	tw.t.Helper()
	e, ok := tw.win.Canvas().Focused().(*entry)
	if !ok {
		tw.t.Fatalf("the focus is on %+v", tw.win.Canvas().Focused())
	}
	return e
}

func (tw *testWindow) cameWith(code string, came <-chan oauth.Callback) {
	tw.t.Helper()
	var callback oauth.Callback
	tw.until("the answer", func() bool {
		select {
		case callback = <-came:
			return true
		default:
			return false
		}
	})
	if callback.Code.Reveal() != code {
		tw.t.Errorf("another code came: %v", callback)
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
			tw := newTestWindow(t, Options{View: "signin"}, nil)
			_, came := tw.pasting(elsewhere)
			if !tw.says("a page of signin.acme.example") || !tw.says("Waiting, 5:00 left") {
				t.Errorf("the window says %q", textsOf(tw.win.Content()))
			}
			field := tw.typed()
			field.SetText(text)
			tw.press(fyne.KeyReturn)
			tw.cameWith("c1", came)
			if field.Text != "" {
				t.Error("the code stays in the field")
			}
		})
	}
}

func TestWhatIsNotTheAddressIsSaidBesideTheField(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	_, came := tw.pasting(elsewhere)
	field := tw.typed()
	for text, want := range map[string]string{
		"":                                  "There is no address in what was pasted.",
		"two words":                         "There is no address in what was pasted.",
		"https://acme.egnyte.com/app":       "the address of another page",
		elsewhere:                           "holds no answer",
		elsewhere + "?code=c&state=another": "another sign-in",
		"http://signin.acme.example/egnyte/back?code=c&state=s": "the address of another page",
	} {
		field.SetText(text)
		tw.press(fyne.KeyReturn)
		if !tw.says(want) {
			t.Errorf("%q: the window says %q", text, textsOf(tw.win.Content()))
		}
		if tw.win.Canvas().Focused() != field {
			t.Errorf("%q: the focus left the field", text)
		}
	}
	nothingCame(t, came)
	field.SetText("a")
	if tw.says("That ") {
		t.Error("the complaint outlives its text")
	}
}

func TestACodeAloneIsTakenOnASecondWordOnly(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	_, came := tw.pasting(elsewhere)
	field := tw.typed()
	field.SetText("abc123")
	tw.press(fyne.KeyReturn)
	if !tw.says("That is a code alone") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	nothingCame(t, came)
	tw.focusIs("Use this code all the same")

	field.SetText("abc124") // another text is another question
	if !tw.says("[Continue]") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	tw.win.Canvas().Focus(field)
	tw.press(fyne.KeyReturn)
	nothingCame(t, came)
	tw.later(2 * time.Second)
	tw.press(fyne.KeyReturn)
	tw.cameWith("abc124", came)
}

// later moves the clock.
func (tw *testWindow) later(by time.Duration) {
	now := tw.now().Add(by)
	tw.now = func() time.Time { return now }
}

// Given a code alone, when the action that submits it goes on, as a double click
// or a key that is held down does, or keys typed while the clipboard is read, then
// that is no confirmation, however long it goes on.
func TestACodeAloneIsNotConfirmedByTheActionThatSubmittedIt(t *testing.T) {
	for name, submit := range map[string]func(*testWindow, *entry){
		"Enter held down": func(tw *testWindow, field *entry) {
			field.SetText("abc123")
			tw.press(fyne.KeyReturn)
			tw.later(700 * time.Millisecond)
			for range 50 {
				tw.press(fyne.KeyReturn)
				tw.later(30 * time.Millisecond)
			}
		},
		"double click": func(tw *testWindow, field *entry) {
			field.SetText("abc123")
			tw.press(fyne.KeyTab)
			tw.focusIs("Continue")
			pressed := tw.win.Canvas().Focused().(*button)
			test.Tap(pressed)
			test.Tap(pressed)
			tw.win.Canvas().Focus(pressed) // Fyne's tap gives it up
		},
		"typed ahead": func(tw *testWindow, field *entry) {
			tw.clipboard.set("abc123")
			tw.pastes()
			tw.press(fyne.KeyReturn, fyne.KeyReturn)
		},
	} {
		t.Run(name, func(t *testing.T) {
			tw := newTestWindow(t, Options{View: "signin"}, nil)
			_, came := tw.pasting(elsewhere)
			submit(tw, tw.typed())
			tw.until("the question", func() bool { return tw.says("That is a code alone") })
			nothingCame(t, came)
			tw.later(2 * time.Second)
			tw.focusIs("Use this code all the same")
			tw.press(fyne.KeyReturn)
			tw.cameWith("abc123", came)
		})
	}
}

// pastes presses Ctrl+V in what has the focus.
func (tw *testWindow) pastes() {
	tw.t.Helper()
	tw.typed().TypedShortcut(&fyne.ShortcutPaste{Clipboard: fyne.CurrentApp().Clipboard()})
}

// Given an address on the clipboard, then it is read once the user asks for it, by
// Ctrl+V or by the button, and not before.
func TestTheClipboardIsReadWhenAskedOnly(t *testing.T) {
	for name, ask := range map[string]func(*testWindow){
		"Ctrl+V, Enter": func(tw *testWindow) { tw.pastes(); tw.press(fyne.KeyReturn) },
		"button": func(tw *testWindow) {
			tw.press(fyne.KeyTab)
			tw.focusIs("Use the address on the clipboard")
			tw.press(fyne.KeyReturn)
		},
	} {
		t.Run(name, func(t *testing.T) {
			tw := newTestWindow(t, Options{View: "signin"}, nil)
			tw.clipboard.set(elsewhere + "?code=c1\n  &state=s\n") // as a mail program breaks it
			_, came := tw.pasting(elsewhere)
			tw.raised("signin")
			tw.press(fyne.KeyReturn) // on an empty field
			if n := tw.clipboard.reads(); n > 0 || !tw.says("There is no address in what was pasted.") {
				t.Errorf("read %d times; the window says %q", n, textsOf(tw.win.Content()))
			}
			ask(tw)
			tw.cameWith("c1", came)
			if n := tw.clipboard.reads(); n != 1 {
				t.Errorf("read %d times", n)
			}
		})
	}
}

// Given a clipboard whose owner hangs, when the user pastes, then the window goes
// on and says so, and what is typed in the meantime is kept.
func TestAHungClipboardIsSaid(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	tw.clipboard.hung = make(chan struct{})
	_, came := tw.pasting(elsewhere)
	field := tw.typed()
	tw.pastes()
	tw.until("the clipboard to be read", func() bool { return tw.clipboard.reads() == 1 })
	test.Type(field, elsewhere+"?code=c1&state=s")
	close(tw.clipboard.hung)
	tw.until("the sentence", func() bool { return tw.says("The clipboard does not answer.") })
	if field.Text != elsewhere+"?code=c1&state=s" {
		t.Errorf("the field says %q", field.Text)
	}
	nothingCame(t, came)
	tw.press(fyne.KeyReturn)
	tw.cameWith("c1", came)
}

func TestAPortOfAnotherSignInIsTriedAgainOnceThatIsOver(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	tw.untilRead()
	tw.press(fyne.KeyReturn)
	a := tw.next()
	taken, err := a.signIn.Listen(t.Context(), "http://127.0.0.1/callback", "s")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, err = a.signIn.Listen(t.Context(), taken.RedirectURI(), "s")
	a.end <- result{err: err}
	tw.untilTitle("Sign-in did not work")
	tw.focusIs("Try again")
	_ = taken.Close()
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Finish in your browser")
	tw.next()
}

func TestAStrangersPortIsDoneWithout(t *testing.T) {
	const address = "http://127.0.0.1:8080/callback"
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	tw.untilRead()
	tw.press(fyne.KeyReturn)
	tw.next().end <- result{err: &redirect.PortTakenError{Port: 8080}}
	tw.untilTitle("Sign-in did not work")
	tw.focusIs("Paste the address instead")
	tw.press(fyne.KeyReturn)
	_, came := tw.comesTo(address)
	if !tw.says("a page of 127.0.0.1:8080 that it can't open") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	tw.typed().SetText(address + "?code=c1&state=s")
	tw.press(fyne.KeyReturn)
	tw.cameWith("c1", came)
}

func TestEscWhilePastingEndsTheSignIn(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	a, _ := tw.pasting(elsewhere)
	tw.press(fyne.KeyEscape)
	tw.until("the end", func() bool { return tw.hasQuit })
	tw.isOver(a)
}
