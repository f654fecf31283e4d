package window

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/gui/words"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/settings"
)

// The practice Egnyte's key and a person of it. They open nothing but the
// stand-in on this computer.
const (
	PracticeKeyID    = "practice"
	PracticeSecret   = "practice-secret"
	practiceDomain   = "acme"
	practicePerson   = "jsmith"
	practicePassword = "jane-at-acme"
)

// PracticeRole is the role of the process that serves it, and PracticeStop the
// message that ends it.
const (
	PracticeRole = "practice"
	PracticeStop = "stop"
)

// practiceLimit is how long the practice Egnyte may take to answer.
const practiceLimit = 15 * time.Second

// tryPractice sets up the practice Egnyte on a free port, starts it, and goes on to
// adding an account.
func (w *window) tryPractice() {
	w.notice, w.options.Service = "", ""
	cancel := w.quiet(words.Say("Cancel"), w.leaveKey)
	v := &baseView{w: w, title: words.Say("Starting practice"), first: cancel, back: w.leaveKey,
		content: page(markApp, heading(words.Say("Starting the practice Egnyte…")), say(words.Say("It runs on this computer only.")), nil, cancel)}
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

func (w *window) setUpPractice(ctx context.Context) error {
	port, err := freePort()
	if err != nil {
		return fmt.Errorf("finding a port for the practice Egnyte: %w", err)
	}
	service, err := oauth.ParseService("http://egnyte.localhost:" + port)
	if err != nil {
		return err
	}
	known, _, err := w.config.Show(ctx, "")
	if err != nil {
		return err
	}
	var unset []string // what was meant for another service
	for _, name := range []string{"flow", "domain"} {
		if known.From[name] == settings.Settings {
			unset = append(unset, name)
		}
	}
	_, err = w.config.Apply(ctx, settings.Edit{
		Set:    map[string]string{"service": service.String(), "client_id": PracticeKeyID, "redirect_uri": oauth.DefaultRedirectURI},
		Unset:  unset,
		Secret: oauth.NewSecret(PracticeSecret),
	})
	if err != nil {
		return err
	}
	return w.practice.Start(ctx, net.JoinHostPort("127.0.0.1", port))
}

// freePort is one that nobody listens on right now.
func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}

// practiceAddress is where a practice service listens; ok is false for a real one.
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

// inOwnPractice is inPractice by this app's own button: with its key.
func (w *window) inOwnPractice() bool {
	return w.inPractice() && w.known.setup.Key.ID == PracticeKeyID
}

// isPractice reports an account that is none of Egnyte's.
func isPractice(a account.Account) bool {
	service, err := oauth.ParseService(a.Service)
	if err != nil {
		return false
	}
	_, ok := practiceAddress(service)
	return ok
}

// leavePractice forgets everything of it: accounts, key and service.
func (w *window) leavePractice() {
	accounts := w.known.accounts
	tryInBackground(w, keepLimit, func(ctx context.Context) error {
		for _, a := range accounts {
			if !isPractice(a) {
				continue
			}
			if err := w.accounts.Remove(ctx, a.Name); err != nil && !errors.Is(err, account.ErrNoAccount) {
				return err
			}
		}
		_, err := w.config.Apply(ctx, settings.Edit{
			Unset: []string{"service", "client_id", "redirect_uri"}, // and the key's secret goes with it
		})
		if err != nil {
			return err
		}
		return w.practice.Stop(ctx)
	}, func(err error) {
		if err != nil {
			w.showFailed(request{reread: true}, err)
			return
		}
		w.options.Service = ""
		w.read(w.showAccounts)
	})
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
			say(words.Say("Its accounts and its key go from this computer. They were for practice only.")), nil,
			leave, w.quiet(words.Say("Stay"), w.showAccounts))})
}

// wakePractice starts the practice Egnyte again where it is in force and does
// not answer, as after a restart of the computer.
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
			w.say(words.Say("The practice Egnyte could not be started."))
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

// practiceRole is Practice in a process of its own.
type practiceRole struct{}

func (practiceRole) Answers(ctx context.Context, address string) bool {
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// Stop ends the process that serves it. Where none does, the role is taken and
// let go of again.
func (practiceRole) Stop(ctx context.Context) error {
	instance, err := desktop.Claim(ctx, PracticeRole, PracticeStop)
	if errors.Is(err, desktop.ErrRunning) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("ending the practice Egnyte: %w", err)
	}
	return instance.Close()
}

func (p practiceRole) Start(ctx context.Context, address string) error {
	if err := desktop.Start("--practice", "--listen", address); err != nil {
		return fmt.Errorf("starting the practice Egnyte: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, practiceLimit)
	defer cancel()
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for !p.Answers(ctx, address) {
		select {
		case <-ctx.Done():
			return errors.Join(errors.New("the practice Egnyte does not answer"), ctx.Err())
		case <-poll.C:
		}
	}
	return nil
}
