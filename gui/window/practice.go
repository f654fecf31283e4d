package window

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
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

// tryPractice sets up the practice Egnyte on a free port, starts it, and goes
// on to adding an account.
func (s *screen) tryPractice() {
	s.notice = ""
	starting := s.quiet(words.Say("Cancel"), s.leaveKey)
	body := page(markApp, heading(words.Say("Starting the practice Egnyte…")), say(words.Say("It runs on this computer only.")), nil, starting)
	s.show(view{title: words.Say("Starting practice"), body: body, first: starting, back: s.leaveKey})
	s.options.Service = ""
	try(s, keepLimit+practiceLimit, s.setUpPractice, func(err error) {
		switch {
		case s.view.body != body: // the person went elsewhere
			s.read(nil)
		case err != nil:
			s.showFailed(request{reread: true}, err)
		default:
			s.only = false
			s.read(s.showAccounts)
		}
	})
}

func (s *screen) setUpPractice(ctx context.Context) error {
	port, err := freePort()
	if err != nil {
		return fmt.Errorf("finding a port for the practice Egnyte: %w", err)
	}
	service, err := oauth.ParseService("http://egnyte.localhost:" + port)
	if err != nil {
		return err
	}
	known, _, err := s.config.Show(ctx, "")
	if err != nil {
		return err
	}
	var unset []string // what was meant for another service
	for _, name := range []string{"flow", "domain"} {
		if known.From[name] == settings.Settings {
			unset = append(unset, name)
		}
	}
	_, err = s.config.Apply(ctx, settings.Edit{
		Set:    map[string]string{"service": service.String(), "client_id": PracticeKeyID, "redirect_uri": oauth.DefaultRedirectURI},
		Unset:  unset,
		Secret: oauth.NewSecret(PracticeSecret),
	})
	if err != nil {
		return err
	}
	return s.practice.Start(ctx, net.JoinHostPort("127.0.0.1", port))
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

func (s *screen) inPractice() bool {
	_, ok := practiceAddress(s.service())
	return ok
}

// inOwnPractice is inPractice by this app's own button: with its key.
func (s *screen) inOwnPractice() bool {
	return s.inPractice() && s.known.setup.Key.ID == PracticeKeyID
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
func (s *screen) leavePractice() {
	accounts := s.known.accounts
	try(s, keepLimit, func(ctx context.Context) error {
		for _, a := range accounts {
			if !isPractice(a) {
				continue
			}
			if err := s.accounts.Remove(ctx, a.Name); err != nil && !errors.Is(err, account.ErrNoAccount) {
				return err
			}
		}
		_, err := s.config.Apply(ctx, settings.Edit{
			Unset: []string{"service", "client_id", "redirect_uri"}, // and the key's secret goes with it
		})
		if err != nil {
			return err
		}
		return s.practice.Stop(ctx)
	}, func(err error) {
		if err != nil {
			s.showFailed(request{reread: true}, err)
			return
		}
		s.options.Service = ""
		s.read(s.showAccounts)
	})
}

// askLeavePractice asks once, and says what happens.
func (s *screen) askLeavePractice() {
	leave := s.primary(words.Say("Leave practice"), nil)
	leave.OnTapped = func() {
		leave.Disable()
		s.leavePractice()
	}
	body := page(markApp, heading(words.Say("Leave the practice Egnyte?")),
		say(words.Say("Its accounts and its key go from this computer. They were for practice only.")), nil,
		leave, s.quiet(words.Say("Stay"), s.showAccounts))
	s.show(view{title: words.Say("Leave practice?"), body: body, first: leave, back: s.showAccounts})
}

// wakePractice starts the practice Egnyte again where it is in force and does
// not answer, as after a restart of the computer.
func (s *screen) wakePractice() {
	address, _ := practiceAddress(s.service())
	if !s.inOwnPractice() {
		return
	}
	try(s, practiceLimit, func(ctx context.Context) error {
		if s.practice.Answers(ctx, address) {
			return nil
		}
		return s.practice.Start(ctx, address)
	}, func(err error) {
		if err != nil {
			s.say(words.Say("The practice Egnyte could not be started."))
		}
	})
}

// practiceNote tells whom to sign in as.
func (s *screen) practiceNote() string {
	if !s.inOwnPractice() {
		return ""
	}
	return words.Say("Practice Egnyte: domain {domain}, sign in as {name} with the password {password}.",
		"domain", practiceDomain, "name", practicePerson, "password", practicePassword)
}

func (s *screen) practiceHint() []fyne.CanvasObject {
	note := s.practiceNote()
	if note == "" {
		return nil
	}
	l := muted(note)
	l.SizeName = theme.SizeNameCaptionText
	return []fyne.CanvasObject{l}
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
