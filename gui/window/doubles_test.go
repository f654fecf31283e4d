package window

import (
	"context"
	"crypto/tls"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/settings"
)

var noon = time.Date(2026, time.March, 3, 12, 0, 0, 0, time.UTC)

func service(url string) oauth.Service {
	s, err := oauth.ParseService(url)
	if err != nil {
		panic(err)
	}
	return s
}

func grantOf(username, first, last, domain string) oauth.Grant {
	d, err := service("").ParseDomain(domain)
	if err != nil {
		panic(err)
	}
	return oauth.Grant{Domain: d, User: oauth.User{Username: username, FirstName: first, LastName: last},
		Token: oauth.Token{Access: oauth.NewSecret("access-of-" + username)}}
}

func accountOf(g oauth.Grant) account.Account {
	a := account.Account{
		Name: g.User.Username + "@" + g.Domain.Host(), Domain: g.Domain.Host(), Service: g.Domain.Service().String(),
		Username: g.User.Username, DisplayName: g.User.Name(), State: account.Ready, Flow: g.Flow,
	}
	if !g.Token.Expiry.IsZero() {
		a.Expires = &g.Token.Expiry
	}
	return a
}

var (
	jane = grantOf("jsmith", "Jane", "Smith", "acme")
	ann  = grantOf("adoe", "Ann", "Doe", "globex")
)

// shelf is Accounts in memory. Like a keyring, it may take its time: every call
// fails the test when made on the UI's thread.
type shelf struct {
	mu      sync.Mutex
	list    []account.Account
	fail    error // of Save
	locked  error // of Unlock
	away    error // why Egnyte can't be told
	signing int   // people at the browser
	changed chan struct{}
	ui      *thread

	discarded chan string // tokens
}

func (s *shelf) off() func() {
	s.ui.mustBeElsewhere("the accounts")
	s.mu.Lock()
	return s.mu.Unlock
}

// lock makes Unlock fail.
func (s *shelf) lock(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.locked = err
}

func (s *shelf) Unlock(context.Context) error {
	defer s.off()()
	if s.locked == nil {
		for i := range s.list {
			s.list[i].Trouble = ""
		}
	}
	return s.locked
}

func (s *shelf) List(context.Context) ([]account.Account, error) {
	defer s.off()()
	return append([]account.Account(nil), s.list...), nil
}

func (s *shelf) Save(_ context.Context, name string, g oauth.Grant) (account.Account, error) {
	defer s.off()()
	if name == "" {
		if s.fail != nil {
			return account.Account{}, s.fail
		}
		a := accountOf(g)
		s.list = append(s.list, a)
		return a, nil
	}
	for i, a := range s.list {
		switch {
		case a.Name != name:
		case a.Username != g.User.Username:
			return account.Account{}, &account.OtherPersonError{Want: a, Grant: g}
		default:
			s.list[i] = accountOf(g)
			return s.list[i], nil
		}
	}
	return account.Account{}, account.ErrNoAccount
}

// Discard: what could not be kept is nowhere, so it is ended.
func (s *shelf) Discard(_ context.Context, g oauth.Grant) error {
	defer s.off()()
	s.discarded <- g.Token.Access.Reveal()
	return nil
}

func (s *shelf) SigningIn() func() {
	defer s.off()()
	s.signing++
	return func() {
		defer s.off()()
		s.signing--
	}
}

// signsIn tells whether a person is at the browser, as the tray would ask.
func (s *shelf) signsIn() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.signing > 0
}

func (s *shelf) SignOut(ctx context.Context, name string) error {
	s.mu.Lock()
	away := s.away
	s.mu.Unlock()
	if away != nil {
		return &account.NotRevokedError{Account: name, Err: away}
	}
	return s.Remove(ctx, name)
}

func (s *shelf) Remove(_ context.Context, name string) error {
	defer s.off()()
	for i, a := range s.list {
		if a.Name == name {
			s.list = append(s.list[:i:i], s.list[i+1:]...)
			return nil
		}
	}
	return account.ErrNoAccount
}

func (s *shelf) SetDefault(context.Context, string) error { defer s.off()(); return nil }

func (s *shelf) Watch(context.Context) (<-chan struct{}, error) {
	defer s.off()()
	return s.changed, nil
}

// put changes the accounts as another process would.
func (s *shelf) put(accounts ...account.Account) {
	s.mu.Lock()
	s.list = accounts
	s.mu.Unlock()
	s.changed <- struct{}{}
}

func (s *shelf) names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, a := range s.list {
		names = append(names, a.Name)
	}
	return names
}

// desk is Setup in memory.
type desk struct {
	mu  sync.Mutex
	now settings.Effective
	ui  *thread
	// locked is what everything says that needs the keyring.
	locked  error
	stopped error           // of every new sign-in
	asked   settings.Fields // of the last one
	controls
}

func (d *desk) off() func() {
	d.ui.mustBeElsewhere("the setup")
	d.mu.Lock()
	return d.mu.Unlock
}

func (d *desk) Known(context.Context, string) (settings.Effective, error) {
	defer d.off()()
	return d.now, d.stopped
}

func (d *desk) SignIn(_ context.Context, asked settings.Fields) (oauth.SignIn, error) {
	defer d.off()()
	d.asked = asked
	if d.stopped != nil {
		return oauth.SignIn{}, d.stopped
	}
	return oauth.SignIn{Service: d.now.Service, Key: d.now.Key}, nil
}

func (d *desk) SignInAgain(_ context.Context, a account.Account) (oauth.SignIn, error) {
	defer d.off()()
	if d.locked != nil {
		return oauth.SignIn{}, d.locked
	}
	domain, err := d.now.Service.ParseDomain(a.Domain)
	return oauth.SignIn{Service: d.now.Service, Key: d.now.Key, Flow: d.now.FlowAgain(a.KeyID, a.Flow), Domain: domain}, err
}

// stage is Egnyte: the test plays its part, step by step.
type stage struct {
	ui    *thread
	calls chan *act
}

// act is one sign-in on the stage.
type act struct {
	signIn oauth.SignIn
	end    chan ending
	over   chan struct{} // closed when the sign-in has let go of all that it opened
}

type ending struct {
	grant oauth.Grant
	err   error
}

func (e *stage) SignIn(ctx context.Context, s oauth.SignIn) (oauth.Grant, error) {
	e.ui.mustBeElsewhere("Egnyte")
	a := &act{signIn: s, end: make(chan ending), over: make(chan struct{})}
	defer close(a.over)
	s.Report(oauth.Preparing{})
	e.calls <- a
	select {
	case end := <-a.end:
		return end.grant, end.err
	case <-ctx.Done():
		return oauth.Grant{}, ctx.Err()
	}
}

// rehearsal is Practice without a process.
type rehearsal struct{ started, stopped chan string }

func (r rehearsal) Stop(context.Context) error { r.stopped <- ""; return nil }

func (r rehearsal) Answers(context.Context, string) bool { return false }
func (r rehearsal) Start(_ context.Context, address string) error {
	r.started <- address
	return nil
}

// tab is a Browser that opens nothing.
type tab struct{ opened chan string }

func (b tab) Open(_ context.Context, url string) error { b.opened <- url; return nil }

// directory is Names: what each host name stands for. One that it does not know
// leads nowhere.
type directory struct {
	ui    *thread
	names map[string]string
	held  chan struct{} // if set, answers wait for it
}

func (d *directory) Resolve(ctx context.Context, s oauth.Service, typed string) (oauth.Domain, error) {
	d.ui.mustBeElsewhere("the names")
	if d.held != nil {
		select {
		case <-d.held:
		case <-ctx.Done():
			return oauth.Domain{}, ctx.Err()
		}
	}
	if label := d.names[typed]; label != "" {
		return s.ParseDomain(label)
	}
	return oauth.Domain{}, &oauth.CustomNameError{Name: typed, Service: s}
}

// office is Certificates: what it hands out, and what its stores say.
type office struct {
	ui      *thread
	mu      sync.Mutex
	unready error // of TLS, until a set-up that worked
	reports []localcert.Report
	asked   int
}

func (o *office) TLS(context.Context) (*tls.Certificate, error) {
	o.ui.mustBeElsewhere("the certificate")
	o.mu.Lock()
	defer o.mu.Unlock()
	return &tls.Certificate{}, o.unready
}

func (o *office) SetUp(context.Context) (localcert.Report, error) {
	o.ui.mustBeElsewhere("the certificate's stores")
	o.mu.Lock()
	defer o.mu.Unlock()
	report := o.reports[min(o.asked, len(o.reports)-1)]
	o.asked++
	if report.Anywhere() {
		o.unready = nil
	}
	return report, nil
}

// clip is the clipboard, whose owner may hang.
type clip struct {
	ui     *thread
	mu     sync.Mutex
	text   string
	looked int           // how often it was read
	hung   chan struct{} // the owner doesn't answer until this is closed; nil: it answers
}

func (c *clip) Read(context.Context) (string, error) {
	c.ui.mustBeElsewhere("the clipboard's owner")
	c.mu.Lock()
	c.looked++
	text, hung := c.text, c.hung
	c.mu.Unlock()
	if hung != nil {
		<-hung
		return "", context.DeadlineExceeded
	}
	return text, nil
}

func (c *clip) set(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text = text
}

func (c *clip) reads() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.looked
}

// thread is the UI's: functions posted to it run where the test waits.
type thread struct {
	t     *testing.T
	queue chan func()
	id    string
}

func (u *thread) post(f func()) { u.queue <- f }

// mustBeElsewhere fails the test when called from the thread that draws.
func (u *thread) mustBeElsewhere(what string) {
	if u != nil && goroutine() == u.id {
		u.t.Errorf("%s were asked on the UI's thread", what)
	}
}

// scene is a screen with doubles all around.
type scene struct {
	*screen
	t        *testing.T
	ui       *thread
	shelf    *shelf
	desk     *desk
	stage    *stage
	practice rehearsal
	tab      tab
	names    *directory
	office   *office
	archive  *archive
	copied   string
	clip     *clip
	quitted  bool
	end      context.CancelFunc
}

func newScene(t *testing.T, options Options, change func(*scene)) *scene {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(newPalette())
	ui := &thread{t: t, queue: make(chan func(), 1000), id: goroutine()}
	sc := &scene{t: t, ui: ui,
		shelf:    &shelf{changed: make(chan struct{}), ui: ui, discarded: make(chan string, 10)},
		desk:     &desk{ui: ui, now: settings.Effective{Key: oauth.Key{ID: "a-key"}}},
		stage:    &stage{ui: ui, calls: make(chan *act, 10)},
		practice: rehearsal{make(chan string, 10), make(chan string, 10)},
		tab:      tab{make(chan string, 10)},
		names:    &directory{ui: ui},
		office:   &office{ui: ui},
		archive:  &archive{ui: ui, path: "/state/app.log"},
		clip:     &clip{ui: ui},
	}
	if change != nil {
		change(sc)
	}
	ctx, cancel := context.WithCancel(context.Background())
	win := a.NewWindow(appName)
	win.Resize(fyne.NewSize(440, 540))
	sc.end = cancel
	sc.screen = newScreen(world{
		accounts: sc.shelf, setup: sc.desk, config: sc.desk, practice: sc.practice, egnyte: sc.stage, browser: sc.tab,
		names: sc.names, certificates: sc.office, records: sc.archive,
		tray: func(context.Context) error { return nil },
		post: ui.post, now: func() time.Time { return noon },
		quit: func() { sc.quitted = true }, copy: func(text string) { sc.copied = text },
		clipboard: sc.clip.Read,
	}, win, ctx, options)
	sc.open()
	t.Cleanup(func() {
		cancel()
		sc.close(5 * time.Second)
		win.Close()
	})
	return sc
}
