package window

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"egnyte-accounts/gui/crashlog"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/client"
	"egnyte-accounts/oauth/localcert"
)

// Accounts stores the accounts: *account.Store.
type Accounts interface {
	Unlock(ctx context.Context) error // the keyring; the system may ask for its password
	List(ctx context.Context) ([]account.Account, error)
	SignOut(ctx context.Context, name string) error // *account.NotRevokedError
	Remove(ctx context.Context, name string) error  // without revoking the token
	SetDefault(ctx context.Context, name string) error
	Watch(ctx context.Context) (<-chan struct{}, error)
}

// Client signs users in: *client.Client.
type Client interface {
	SignIn(ctx context.Context, r client.Request, ui client.UI) (account.Account, error)
	Save(ctx context.Context, r client.Request, u *client.UnsavedError) (account.Account, error)
	Discard(ctx context.Context, u *client.UnsavedError)
}

// Practice runs the practice service in a process of its own.
type Practice interface {
	Answers(ctx context.Context, address string) bool
	// Start returns when it answers at address.
	Start(ctx context.Context, address string) error
	Stop(ctx context.Context) error
}

// Certificates is the certificate for https on this machine.
type Certificates interface {
	// SetUp makes one and has the user's browsers trust it. The error is about its
	// files; the report says which browsers refused.
	SetUp(ctx context.Context) (localcert.Report, error)
}

// Names finds the domain that a company's own host name stands for: oauth.Names.
type Names interface {
	Resolve(ctx context.Context, service oauth.Service, typed string) (oauth.Domain, error)
}

// Records are the app's log and crash reports: *crashlog.Records, and what opens
// their files.
type Records interface {
	Report() (crashlog.Report, error) // of crashes that were not dismissed
	Forget(report crashlog.Report) error
	Recovered(value any) // writes a report of a panic
	LogPath() (string, error)
	Tail(lines int) (string, error) // of the log, safe to send
	Open(ctx context.Context, path string) error
}

// deps is what the window needs from the rest of the program. Calls that may block
// go through inBackground.
type deps struct {
	accounts Accounts
	client   Client
	config   Configuration
	practice Practice
	browser  oauth.Browser
	names    Names

	certificates Certificates
	records      Records

	reread    func()                      // takes up changed settings that the whole process follows, as the log level; may be nil
	tray      func(context.Context) error // why there is no tray icon; nil if there is one
	post      func(func())                // runs a function on the UI thread, later
	quit      func()
	about     fyne.AppMetadata // the version, and in a package the page of releases
	copy      func(text string)
	clipboard func(context.Context) (string, error) // its text; called off the UI thread
	now       func() time.Time
}

// Limits for work off the UI thread. A keyring may wait for the user to type its
// password.
const (
	readLimit    = 15 * time.Second
	pasteLimit   = 2 * time.Second
	keepLimit    = 60 * time.Second
	browserLimit = 30 * time.Second
	namesLimit   = 15 * time.Second
	setUpLimit   = 4 * time.Minute // Windows and macOS ask the user for consent
)

// background is the work off the UI thread. The end of the program waits for it.
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

// inBackground runs work off the UI thread and passes its result to done, on it.
func inBackground[T any](w *window, limit time.Duration, work func(context.Context) (T, error), done func(T, error)) {
	w.background.wg.Go(func() {
		ctx, cancel := context.WithTimeout(w.background.ctx, limit)
		defer cancel()
		result, err := work(ctx)
		if w.background.ctx.Err() == nil {
			w.post(func() { done(result, err) })
		}
	})
}

// tryInBackground is inBackground for work that returns no more than an error.
func tryInBackground(w *window, limit time.Duration, work func(context.Context) error, done func(error)) {
	inBackground(w, limit,
		func(ctx context.Context) (struct{}, error) { return struct{}{}, work(ctx) },
		func(_ struct{}, err error) { done(err) })
}

// after runs f on the UI thread after a delay, unless ctx has ended by then.
func (w *window) after(ctx context.Context, delay time.Duration, f func()) {
	w.background.wg.Go(func() {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-timer.C:
			w.postUnlessEnded(ctx, f)
		}
	})
}

// everySecond runs f on the UI thread once a second until ctx ends.
func (w *window) everySecond(ctx context.Context, f func()) {
	w.background.wg.Go(func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				w.postUnlessEnded(ctx, f)
			}
		}
	})
}

func (w *window) postUnlessEnded(ctx context.Context, f func()) {
	w.post(func() {
		if ctx.Err() == nil {
			f()
		}
	})
}
