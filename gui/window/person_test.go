package window

import (
	"runtime"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

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
func (sc *scene) until(what string, holds func() bool) {
	sc.t.Helper()
	late := time.After(10 * time.Second)
	for !holds() {
		select {
		case f := <-sc.ui.queue:
			f()
		case <-late:
			sc.t.Fatalf("waited for %s; the window says %q: %s", what, sc.win.Title(), strings.Join(textsOf(sc.win.Content()), " | "))
		}
	}
}

func (sc *scene) untilTitle(title string) {
	sc.t.Helper()
	sc.until("the title "+title, func() bool { return sc.win.Title() == title+" — Accounts for Egnyte" })
}

func (sc *scene) untilRead() {
	sc.t.Helper()
	sc.until("the accounts", func() bool { return sc.known.read })
}

// press sends keys to what has the focus, as a keyboard would.
func (sc *scene) press(keys ...fyne.KeyName) {
	for _, key := range keys {
		switch focused := sc.win.Canvas().Focused(); {
		case key == fyne.KeyTab:
			sc.win.Canvas().FocusNext()
		case focused != nil:
			focused.TypedKey(&fyne.KeyEvent{Name: key})
		default:
			sc.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: key})
		}
	}
}

func (sc *scene) focusIs(text string) {
	sc.t.Helper()
	b, ok := sc.win.Canvas().Focused().(*button)
	if !ok || b.Text != text {
		sc.t.Errorf("the focus is on %+v, want the button %q", sc.win.Canvas().Focused(), text)
	}
}

func (sc *scene) says(want string) bool {
	return slices.ContainsFunc(textsOf(sc.win.Content()), func(text string) bool { return strings.Contains(text, want) })
}

// textsOf is all that can be read.
func textsOf(o fyne.CanvasObject) []string {
	if !o.Visible() {
		return nil
	}
	switch o := o.(type) {
	case *widget.Label:
		return []string{o.Text}
	case *note:
		return []string{o.Text}
	case *button:
		return []string{"[" + o.Text + "]"}
	case *container.Scroll:
		return textsOf(o.Content)
	case *fyne.Container:
		var texts []string
		for _, child := range o.Objects {
			texts = append(texts, textsOf(child)...)
		}
		return texts
	}
	return nil
}

// next is the sign-in that Egnyte sees next.
func (sc *scene) next() *act {
	sc.t.Helper()
	var a *act
	sc.until("a sign-in", func() bool {
		select {
		case a = <-sc.stage.calls:
			return true
		default:
			return poke(sc)
		}
	})
	return a
}

// poke keeps until looking while nothing is posted.
func poke(sc *scene) bool {
	go sc.ui.post(func() {})
	runtime.Gosched()
	return false
}

func (sc *scene) waits(a *act) {
	sc.t.Helper()
	a.signIn.Report(oauth.WaitingForBrowser{URL: "https://acme.egnyte.com/puboauth/authorize?state=s", Start: "http://127.0.0.1:7/start/T", Until: noon.Add(5 * time.Minute)})
	sc.until("the countdown", func() bool { return sc.says("Waiting, 5:00 left") })
}

func (sc *scene) isOver(a *act) {
	sc.t.Helper()
	select {
	case <-a.over:
	case <-time.After(5 * time.Second):
		sc.t.Error("the sign-in still listens")
	}
}

func withAccounts(accounts ...account.Account) func(*scene) {
	return func(sc *scene) { sc.shelf.list = accounts }
}

func needsYou(g oauth.Grant) account.Account {
	a := accountOf(g)
	a.State, a.Reason = account.Reconnect, oauth.RefusedUnauthorized
	return a
}

func findByText(o fyne.CanvasObject, text string) *button {
	var found *button
	switch o := o.(type) {
	case *button:
		if o.Text == text {
			return o
		}
	case *container.Scroll:
		return findByText(o.Content, text)
	case *fyne.Container:
		for _, child := range o.Objects {
			if b := findByText(child, text); b != nil {
				found = b
			}
		}
	}
	return found
}
