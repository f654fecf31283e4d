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
			w.only = false
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

func (w *window) inPractice() bool {
	_, ok := practiceAddress(w.service())
	return ok
}

// inOwnPractice is inPractice with this app's own key.
func (w *window) inOwnPractice() bool {
	return w.inPractice() && w.known.setup.Key.ID == PracticeKeyID
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

// askLeavePractice asks once, and says what happens.
func (w *window) askLeavePractice() {
	leave := w.primary(words.Say("Leave practice"), nil)
	leave.OnTapped = func() {
		leave.Disable()
		w.leavePractice()
	}
	w.show(&baseView{w: w, title: words.Say("Leave practice?"), first: leave,
		content: page(markApp, heading(words.Say("Leave the practice Egnyte?")),
			paragraph(words.Say("Its accounts and its key go from this computer. They were for practice only.")), nil,
			leave, w.quiet(words.Say("Stay"), w.showAccounts))})
}

func (w *window) leavePractice() {
	accounts := w.known.accounts
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
	address, _ := practiceAddress(w.service())
	if !w.inOwnPractice() {
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

// practiceNote tells whom to sign in as.
func (w *window) practiceNote() string {
	if !w.inOwnPractice() {
		return ""
	}
	return words.Say("Practice Egnyte: domain {domain}, sign in as {name} with the password {password}.",
		"domain", practiceDomain, "name", practicePerson, "password", practicePassword)
}

func (w *window) practiceHint() []fyne.CanvasObject {
	note := w.practiceNote()
	if note == "" {
		return nil
	}
	return []fyne.CanvasObject{caption(note)}
}
