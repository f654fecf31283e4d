package window

import (
	"runtime"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

// goroutine names the one that runs.
func goroutine() string {
	head := make([]byte, 32)
	head = head[:runtime.Stack(head, false)]
	return strings.Fields(string(head))[1]
}

// until runs what was posted to the UI's thread till the condition holds.
func (tw *testWindow) until(what string, holds func() bool) {
	tw.t.Helper()
	late := time.After(10 * time.Second)
	for !holds() {
		select {
		case f := <-tw.ui.queue:
			f()
		case <-time.After(10 * time.Millisecond): // the condition may be about something else
		case <-late:
			tw.t.Fatalf("waited for %s; the window says %q: %s", what, tw.win.Title(), strings.Join(textsOf(tw.win.Content()), " | "))
		}
	}
}

func (tw *testWindow) untilTitle(title string) {
	tw.t.Helper()
	tw.until("the title "+title, func() bool { return tw.win.Title() == title+" — Accounts for Egnyte" })
}

func (tw *testWindow) untilRead() {
	tw.t.Helper()
	tw.until("the accounts", func() bool { return tw.known.read })
}

// press sends keys to what has the focus, as a keyboard would.
func (tw *testWindow) press(keys ...fyne.KeyName) {
	for _, key := range keys {
		switch focused := tw.win.Canvas().Focused(); {
		case key == fyne.KeyTab:
			tw.win.Canvas().FocusNext()
		case focused != nil:
			focused.TypedKey(&fyne.KeyEvent{Name: key})
		default:
			tw.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: key})
		}
	}
}

// pressID presses a button of the list.
func (tw *testWindow) pressID(id string) {
	tw.t.Helper()
	tw.view.(*accountsView).buttons[id].press()
}

func (tw *testWindow) focusIs(text string) {
	tw.t.Helper()
	b, ok := tw.win.Canvas().Focused().(*button)
	if !ok || b.Text != text {
		tw.t.Errorf("the focus is on %+v, want the button %q", tw.win.Canvas().Focused(), text)
	}
}

func (tw *testWindow) says(want string) bool {
	return slices.ContainsFunc(textsOf(tw.win.Content()), func(text string) bool { return strings.Contains(text, want) })
}

// next is the sign-in that Egnyte sees next.
func (tw *testWindow) next() *fakeSignIn {
	tw.t.Helper()
	var a *fakeSignIn
	tw.until("a sign-in", func() bool {
		select {
		case a = <-tw.client.calls:
			return true
		default:
			return false
		}
	})
	return a
}

func (tw *testWindow) waits(a *fakeSignIn) {
	tw.t.Helper()
	tw.waitsFor(a, nil)
}

// waitsFor is a sign-in that has got to the browser, which receiver waits for.
func (tw *testWindow) waitsFor(a *fakeSignIn, receiver oauth.Receiver) {
	tw.t.Helper()
	a.signIn.Report(oauth.WaitingForBrowser{URL: "https://acme.egnyte.com/puboauth/authorize?state=s", Start: "http://127.0.0.1:7/start/T", Until: noon.Add(5 * time.Minute), Receiver: receiver})
	tw.until("the countdown", func() bool { return tw.says("Waiting, 5:00 left") })
}

func (tw *testWindow) isOver(a *fakeSignIn) {
	tw.t.Helper()
	select {
	case <-a.over:
	case <-time.After(5 * time.Second):
		tw.t.Error("the sign-in still listens")
	}
}

func withAccounts(accounts ...account.Account) func(*testWindow) {
	return func(tw *testWindow) { tw.store.list = accounts }
}

func needsYou(g oauth.Grant) account.Account {
	a := accountOf(g)
	a.State, a.Reason = account.Reconnect, oauth.RefusedUnauthorized
	return a
}
