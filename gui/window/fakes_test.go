package window

import (
	"cmp"
	"context"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/client"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/redirect"
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

// fakeStore is Accounts in memory. Every call fails the test when made on the UI
// thread, since a keyring may take its time.
type fakeStore struct {
	mu      sync.Mutex
	list    []account.Account
	fail    error // of Save
	sealed  error // of Unlock
	away    error // why Egnyte can't be told
	changed chan struct{}
	ui      *fakeUI
}

func (s *fakeStore) lock() func() {
	s.ui.mustNotBlock("the accounts")
	s.mu.Lock()
	return s.mu.Unlock
}

// seal makes Unlock fail.
func (s *fakeStore) seal(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sealed = err
}

func (s *fakeStore) Unlock(context.Context) error {
	defer s.lock()()
	if s.sealed == nil {
		for i := range s.list {
			s.list[i].Trouble = ""
		}
	}
	return s.sealed
}

func (s *fakeStore) List(context.Context) ([]account.Account, error) {
	defer s.lock()()
	return append([]account.Account(nil), s.list...), nil
}

func (s *fakeStore) save(name string, g oauth.Grant) (account.Account, error) {
	defer s.lock()()
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

func (s *fakeStore) SignOut(ctx context.Context, name string) error {
	s.mu.Lock()
	away := s.away
	s.mu.Unlock()
	if away != nil {
		return &account.NotRevokedError{Account: name, Err: away}
	}
	return s.Remove(ctx, name)
}

func (s *fakeStore) Remove(_ context.Context, name string) error {
	defer s.lock()()
	for i, a := range s.list {
		if a.Name == name {
			s.list = append(s.list[:i:i], s.list[i+1:]...)
			return nil
		}
	}
	return account.ErrNoAccount
}

func (s *fakeStore) SetDefault(context.Context, string) error { defer s.lock()(); return nil }

func (s *fakeStore) Watch(context.Context) (<-chan struct{}, error) {
	defer s.lock()()
	return s.changed, nil
}

// put changes the accounts as another process would.
func (s *fakeStore) put(accounts ...account.Account) {
	s.mu.Lock()
	s.list = accounts
	s.mu.Unlock()
	s.changed <- struct{}{}
}

func (s *fakeStore) names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, a := range s.list {
		names = append(names, a.Name)
	}
	return names
}

// fakeSetup is Configuration in memory.
type fakeSetup struct {
	mu      sync.Mutex
	now     settings.Effective
	ui      *fakeUI
	stopped error // of every new sign-in
	fakeConfiguration
}

func (d *fakeSetup) lock() func() {
	d.ui.mustNotBlock("the setup")
	d.mu.Lock()
	return d.mu.Unlock
}

// fakeClient is Client: the test plays Egnyte's part, step by step.
type fakeClient struct {
	ui        *fakeUI
	store     *fakeStore
	setup     *fakeSetup
	calls     chan *fakeSignIn
	discarded chan string // tokens

	mu     sync.Mutex
	asked  settings.Values // of the last sign-in
	locked error           // what it says of the keyring
}

// fakeSignIn is a sign-in under way.
type fakeSignIn struct {
	signIn oauth.SignIn
	end    chan result
	over   chan struct{} // closed when the sign-in has ended
}

type result struct {
	grant oauth.Grant
	err   error
}

func (c *fakeClient) SignIn(ctx context.Context, r client.Request, ui client.UI) (account.Account, error) {
	c.ui.mustNotBlock("a sign-in")
	c.mu.Lock()
	c.asked = r.Settings
	locked := c.locked
	c.mu.Unlock()
	now, _, _ := c.setup.Show(ctx, "")
	s := oauth.SignIn{Service: now.Service, Key: now.Key, Flow: oauth.Flow(r.Settings["flow"]), Username: r.Username, Browser: ui, Report: ui.Step,
		Listen: redirect.Listener{Paste: true, PasteOnly: r.Paste}.Listen}
	host := r.Settings["domain"]
	err := locked
	if r.Again != nil {
		s.Flow, host = now.FlowAgain(r.Again.KeyID, r.Again.Flow), r.Again.Domain
		s.Flow = cmp.Or(r.Flow, s.Flow)
	} else {
		err = cmp.Or(err, now.Stopped)
	}
	if host != "" && err == nil {
		s.Domain, err = s.Service.ParseDomain(host)
	}
	if err == nil {
		s.Password, err = ui.Password(ctx, r.Username, s.Domain)
	}
	if err == nil && s.Flow == oauth.FlowPassword && s.Password.IsZero() {
		err = &oauth.ConfigError{Field: "password"}
	}
	if err = cmp.Or(err, ui.Check(s)); err != nil {
		return account.Account{}, err
	}
	a := &fakeSignIn{signIn: s, end: make(chan result), over: make(chan struct{})}
	defer close(a.over)
	s.Report(oauth.Preparing{})
	c.calls <- a
	select {
	case end := <-a.end:
		if end.err != nil {
			return account.Account{}, end.err
		}
		return c.Save(ctx, r, &client.UnsavedError{Grant: end.grant})
	case <-ctx.Done():
		return account.Account{}, ctx.Err()
	}
}

func (c *fakeClient) Save(ctx context.Context, r client.Request, u *client.UnsavedError) (account.Account, error) {
	name := ""
	if r.Again != nil {
		name = r.Again.Name
	}
	a, err := c.store.save(name, u.Grant)
	if err != nil {
		err = &client.UnsavedError{Grant: u.Grant, Err: err}
	}
	return a, err
}

func (c *fakeClient) Discard(_ context.Context, u *client.UnsavedError) {
	c.ui.mustNotBlock("Egnyte")
	c.discarded <- u.Grant.Token.Access.Reveal()
}

// fakePractice is Practice without a process.
type fakePractice struct{ started, stopped chan string }

func (r fakePractice) Stop(context.Context) error { r.stopped <- ""; return nil }

func (r fakePractice) Answers(context.Context, string) bool { return false }
func (r fakePractice) Start(_ context.Context, address string) error {
	r.started <- address
	return nil
}

// fakeBrowser is a Browser that opens nothing.
type fakeBrowser struct{ opened chan string }

func (b fakeBrowser) Open(_ context.Context, url string) error { b.opened <- url; return nil }

// fakeNames is Names: what each host name stands for. One that it does not know
// leads nowhere.
type fakeNames struct {
	ui    *fakeUI
	names map[string]string
	held  chan struct{} // if set, answers wait for it
}

func (d *fakeNames) Resolve(ctx context.Context, s oauth.Service, typed string) (oauth.Domain, error) {
	d.ui.mustNotBlock("the names")
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

// fakeCertificates is Certificates: what it hands out, and what its stores say.
type fakeCertificates struct {
	ui      *fakeUI
	mu      sync.Mutex
	reports []localcert.Report
	asked   int
}

func (o *fakeCertificates) SetUp(context.Context) (localcert.Report, error) {
	o.ui.mustNotBlock("the certificate's stores")
	o.mu.Lock()
	defer o.mu.Unlock()
	report := o.reports[min(o.asked, len(o.reports)-1)]
	o.asked++
	return report, nil
}

// fakeClipboard is the clipboard, whose owner may hang.
type fakeClipboard struct {
	ui     *fakeUI
	mu     sync.Mutex
	text   string
	looked int           // how often it was read
	hung   chan struct{} // the owner doesn't answer until this is closed; nil: it answers
}

func (c *fakeClipboard) Read(context.Context) (string, error) {
	c.ui.mustNotBlock("the clipboard's owner")
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

func (c *fakeClipboard) set(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text = text
}

func (c *fakeClipboard) reads() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.looked
}

// fakeUI is the UI thread: functions posted to it run where the test waits.
type fakeUI struct {
	t     *testing.T
	queue chan func()
	id    string
}

func (u *fakeUI) post(f func()) { u.queue <- f }

// mustNotBlock fails the test when called on the UI thread.
func (u *fakeUI) mustNotBlock(what string) {
	if u != nil && goroutine() == u.id {
		u.t.Errorf("%s were asked on the UI thread", what)
	}
}

// testWindow is a window with fakes for all that it depends on.
type testWindow struct {
	*window
	t            *testing.T
	ui           *fakeUI
	store        *fakeStore
	setup        *fakeSetup
	client       *fakeClient
	practice     fakePractice
	browser      fakeBrowser
	names        *fakeNames
	certificates *fakeCertificates
	records      *fakeRecords
	copied       string
	clipboard    *fakeClipboard
	hasQuit      bool
	end          context.CancelFunc
}

func newTestWindow(t *testing.T, options Options, change func(*testWindow)) *testWindow {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(newPalette())
	ui := &fakeUI{t: t, queue: make(chan func(), 1000), id: goroutine()}
	tw := &testWindow{t: t, ui: ui,
		store:        &fakeStore{changed: make(chan struct{}), ui: ui},
		setup:        &fakeSetup{ui: ui, now: settings.Effective{Key: oauth.Key{ID: "a-key"}}},
		client:       &fakeClient{ui: ui, calls: make(chan *fakeSignIn, 10), discarded: make(chan string, 10)},
		practice:     fakePractice{make(chan string, 10), make(chan string, 10)},
		browser:      fakeBrowser{make(chan string, 10)},
		names:        &fakeNames{ui: ui},
		certificates: &fakeCertificates{ui: ui},
		records:      &fakeRecords{ui: ui, path: "/state/app.log"},
		clipboard:    &fakeClipboard{ui: ui},
	}
	tw.client.store, tw.client.setup = tw.store, tw.setup
	if change != nil {
		change(tw)
	}
	ctx, cancel := context.WithCancel(context.Background())
	win := a.NewWindow(appName)
	win.Resize(fyne.NewSize(440, 540))
	tw.end = cancel
	tw.window = newWindow(deps{
		accounts: tw.store, client: tw.client, config: tw.setup, practice: tw.practice, browser: tw.browser,
		names: tw.names, certificates: tw.certificates, records: tw.records,
		tray: func(context.Context) error { return nil },
		post: ui.post, now: func() time.Time { return noon },
		quit: func() { tw.hasQuit = true }, copy: func(text string) { tw.copied = text },
		clipboard: tw.clipboard.Read,
	}, win, ctx, options)
	tw.open()
	t.Cleanup(func() {
		cancel()
		tw.close(5 * time.Second)
		win.Close()
	})
	return tw
}
