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

// practiceLimit is how long the practice Egnyte may take to answer.
const practiceLimit = 15 * time.Second

// tryPractice sets up the practice Egnyte on a free port, starts it, and goes
// on to adding an account.
func (s *screen) tryPractice() {
	s.notice = ""
	starting := s.quiet("Cancel", s.leaveKey)
	body := page(markApp, heading("Starting the practice Egnyte…"), say("It runs on this computer only."), nil, starting)
	s.show(view{title: "Starting practice", body: body, first: starting, back: s.leaveKey})
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
	key := oauth.Key{ID: PracticeKeyID, Secret: oauth.NewSecret(PracticeSecret), RedirectURI: oauth.DefaultRedirectURI}
	if err := s.setup.SaveKey(ctx, service, key); err != nil {
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

// wakePractice starts the practice Egnyte again where it is in force and does
// not answer, as after a restart of the computer.
func (s *screen) wakePractice() {
	address, ok := practiceAddress(s.service())
	if !ok || s.known.setup.Key.ID != PracticeKeyID {
		return
	}
	try(s, practiceLimit, func(ctx context.Context) error {
		if s.practice.Answers(ctx, address) {
			return nil
		}
		return s.practice.Start(ctx, address)
	}, func(err error) {
		if err != nil {
			s.say("The practice Egnyte could not be started.")
		}
	})
}

// practiceNote tells whom to sign in as.
func (s *screen) practiceNote() string {
	if !s.inPractice() || s.known.setup.Key.ID != PracticeKeyID {
		return ""
	}
	return fmt.Sprintf("Practice Egnyte: domain %s, sign in as %s with the password %s.", practiceDomain, practicePerson, practicePassword)
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
