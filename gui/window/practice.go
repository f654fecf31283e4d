package window

import (
	"context"
	"net"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/words"
)

// The key of the practice Egnyte and a user there. They are good for nothing else.
const (
	PracticeKeyID    = "practice"
	PracticeSecret   = "practice-secret"
	practiceDomain   = "acme"
	practicePerson   = "jsmith"
	practicePassword = "jane-at-acme"
)

// practiceLimit is how long the practice Egnyte may take to answer.
const practiceLimit = 15 * time.Second

// tryPractice sets up the practice Egnyte on a free port, starts it, and goes on to
// adding an account.
func (w *window) tryPractice() {
	w.notice, w.options.Service = "", ""
	cancel := w.quiet(words.Say("Cancel"), w.leaveKey)
	v := &baseView{w: w, title: words.Say("Starting practice"), first: cancel, back: w.leaveKey,
		content: page(markApp, heading(words.Say("Starting the practice Egnyte…")), paragraph(words.Say("It runs on this computer only.")), nil, cancel)}
	w.show(v)
	tryInBackground(w, keepLimit+practiceLimit, w.setUpPractice, func(err error) {
		switch {
		case !v.shown():
			w.read(nil)
		case err != nil:
			w.showFailed(request{reread: true}, err)
		default:
			w.single = false
			w.read(w.showAccounts)
		}
	})
}

// practiceAddress is where a practice service listens; ok is false for other services.
func practiceAddress(service oauth.Service) (address string, ok bool) {
	name, port, err := net.SplitHostPort(service.Host())
	if err != nil || !strings.HasSuffix(name, ".localhost") {
		return "", false
	}
	return net.JoinHostPort("127.0.0.1", port), true
}

// isPractice reports an account of a practice service.
func isPractice(a account.Account) bool {
	service, err := oauth.ParseService(a.Service)
	if err != nil {
		return false
	}
	_, ok := practiceAddress(service)
	return ok
}

// leavePracticeView asks once before it removes everything of the practice Egnyte.
type leavePracticeView struct {
	baseView
	leave, stay *button
}

func newLeavePracticeView(w *window) *leavePracticeView {
	v := &leavePracticeView{baseView: baseView{w: w, title: words.Say("Leave practice?")}}
	v.leave = w.primary(words.Say("Leave practice"), v.onLeave)
	v.stay = w.quiet(words.Say("Stay"), v.Back)
	v.first = v.leave
	v.content = page(markApp, heading(words.Say("Leave the practice Egnyte?")),
		paragraph(words.Say("Its accounts and its key go from this computer. They were for practice only.")), nil, v.leave, v.stay)
	return v
}

func (v *leavePracticeView) onLeave() {
	v.leave.Disable()
	w, accounts := v.w, v.w.known.accounts
	tryInBackground(w, keepLimit, func(ctx context.Context) error { return w.endPractice(ctx, accounts) }, func(err error) {
		if err != nil {
			w.showFailed(request{reread: true}, err)
			return
		}
		w.options.Service = ""
		w.read(w.showAccounts)
	})
}

// wakePractice starts our practice Egnyte if it does not answer, as after a restart
// of the computer.
func (w *window) wakePractice() {
	address, _ := practiceAddress(w.known.service())
	if !w.known.inOwnPractice() {
		return
	}
	tryInBackground(w, practiceLimit, func(ctx context.Context) error {
		if w.practice.Answers(ctx, address) {
			return nil
		}
		return w.practice.Start(ctx, address)
	}, func(err error) {
		if err != nil {
			w.notify(words.Say("The practice Egnyte could not be started."))
		}
	})
}

// practiceHint is the note that tells whom to sign in as, if there is one.
func practiceHint(k known) []fyne.CanvasObject {
	if k.practiceNote() == "" {
		return nil
	}
	return []fyne.CanvasObject{caption(k.practiceNote())}
}
