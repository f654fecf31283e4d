package window

import (
	"context"
	"crypto/tls"
	"sync"
	"time"

	"egnyte-accounts/gui/crashlog"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/settings"
)

// Accounts is where accounts are kept: *account.Store.
type Accounts interface {
	Unlock(ctx context.Context) error // the keyring; it may ask for its password
	List(ctx context.Context) ([]account.Account, error)
	Save(ctx context.Context, name string, grant oauth.Grant) (account.Account, error) // name "": by user and domain
	Discard(ctx context.Context, grant oauth.Grant) error                              // ends it at Egnyte, unless it was saved
	SignOut(ctx context.Context, name string) error                                    // *account.NotRevokedError
	Remove(ctx context.Context, name string) error                                     // doesn't tell Egnyte
	SigningIn() (done func())
	SetDefault(ctx context.Context, name string) error
	Watch(ctx context.Context) (<-chan struct{}, error)
}

// Setup knows how this machine and person sign in.
type Setup interface {
	// Known is what is in force, without the secret: no keyring is asked. The error
	// says why no new sign-in can start; accounts go on with what is in force.
	Known(ctx context.Context, service string) (settings.Effective, error)
	// SignIn is a sign-in with what is in force and what was asked for.
	SignIn(ctx context.Context, asked settings.Fields) (oauth.SignIn, error)
	// SignInAgain is a sign-in with the service and key of an account.
	SignInAgain(ctx context.Context, a account.Account) (oauth.SignIn, error)
}

// Practice runs the practice service in a process of its own.
type Practice interface {
	Answers(ctx context.Context, address string) bool
	// Start returns when it answers at address.
	Start(ctx context.Context, address string) error
	Stop(ctx context.Context) error
}

// Egnyte is what the window asks of Egnyte itself.
type Egnyte interface {
	SignIn(ctx context.Context, s oauth.SignIn) (oauth.Grant, error)
}

// Certificates is the certificate for https on this machine.
type Certificates interface {
	// TLS gives it; a *localcert.UnusableError is where a person has to agree
	// to one first.
	TLS(ctx context.Context) (*tls.Certificate, error)
	// SetUp makes one and has this person's browsers trust it. The error is
	// about its files; what a browser's store refused is in the report.
	SetUp(ctx context.Context) (localcert.Report, error)
}

// Names finds the domain behind a company's own host name: oauth.Names.
type Names interface {
	Resolve(ctx context.Context, service oauth.Service, typed string) (oauth.Domain, error)
}

// Records is what the app keeps of its own runs: *crashlog.Records, and what
// opens its files.
type Records interface {
	Report() (crashlog.Report, error) // of crashes that nobody has dismissed
	Forget(report crashlog.Report) error
	Recovered(value any) // keeps a panic as a crash is kept
	LogPath() (string, error)
	Tail(lines int) (string, error) // of the log, safe to send
	Open(ctx context.Context, path string) error
}

// world is all that the window needs of the rest of the program. Whatever of
// it may block is called through off, never on the UI's thread.
type world struct {
	accounts Accounts
	setup    Setup
	config   Configuration
	practice Practice
	egnyte   Egnyte
	browser  oauth.Browser
	names    Names

	certificates Certificates
	records      Records

	tray      func(context.Context) error // why there is no tray icon; nil error: there is one
	post      func(func())                // runs a function on the UI's thread, later
	quit      func()
	copy      func(text string)
	clipboard func(context.Context) (string, error) // its text; called off the UI's thread
	now       func() time.Time
}

// Limits for work off the UI's thread. A keyring may be waiting for its
// password, which a person types.
const (
	readLimit    = 15 * time.Second
	pasteLimit   = 2 * time.Second
	keepLimit    = 60 * time.Second
	browserLimit = 30 * time.Second
	revokeLimit  = 8 * time.Second
	namesLimit   = 15 * time.Second
	setUpLimit   = 4 * time.Minute // Windows and macOS ask the person meanwhile
	signInLimit  = 5 * time.Minute // for the person in the browser
)

// background counts what runs off the UI's thread, so that the end of the
// program can wait for it.
type background struct {
	ctx context.Context
	wg  sync.WaitGroup
}

// wait waits for all of it, but no longer than limit.
func (b *background) wait(limit time.Duration) {
	done := make(chan struct{})
	go func() { b.wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(limit):
	}
}

// off runs work away from the UI's thread and hands its result to then, on it.
func off[T any](s *screen, limit time.Duration, work func(context.Context) (T, error), then func(T, error)) {
	s.background.wg.Go(func() {
		ctx, cancel := context.WithTimeout(s.background.ctx, limit)
		defer cancel()
		result, err := work(ctx)
		if s.background.ctx.Err() == nil {
			s.post(func() { then(result, err) })
		}
	})
}

// try is off for work that has nothing to hand over but its error.
func try(s *screen, limit time.Duration, work func(context.Context) error, then func(error)) {
	off(s, limit,
		func(ctx context.Context) (struct{}, error) { return struct{}{}, work(ctx) },
		func(_ struct{}, err error) { then(err) })
}
