package tray

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/client"
)

// memory keeps accounts in memory, as the store keeps them in files.
type memory struct {
	mu       sync.Mutex
	accounts []account.Account
	failure  error // of List
	locked   error // of Unlock
	replace  error
	changes  chan struct{}
	replaced []oauth.Grant
	signsIn  int // how many people are at the browser
}

func newMemory(accounts ...account.Account) *memory {
	return &memory{accounts: accounts, changes: make(chan struct{}, 1)}
}

func (m *memory) List(context.Context) ([]account.Account, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.accounts), m.failure
}

func (m *memory) Watch(context.Context) (<-chan struct{}, error) { return m.changes, nil }

func (m *memory) change(act func()) {
	m.mu.Lock()
	act()
	m.mu.Unlock()
	select {
	case m.changes <- struct{}{}:
	default:
	}
}

func (m *memory) Unlock(context.Context) error {
	m.mu.Lock()
	err := m.locked
	m.mu.Unlock()
	if err == nil {
		m.change(func() {
			for i := range m.accounts {
				m.accounts[i].Trouble = ""
			}
		})
	}
	return err
}

func (m *memory) save(name string, grant oauth.Grant) (account.Account, error) {
	if m.replace != nil {
		return account.Account{}, m.replace
	}
	var result account.Account
	err := account.ErrNoAccount
	m.change(func() {
		for i := range m.accounts {
			if m.accounts[i].Name == name {
				m.accounts[i].State = account.Ready
				m.replaced = append(m.replaced, grant)
				result, err = m.accounts[i], nil
			}
		}
	})
	return result, err
}

func (m *memory) MarkNotified(_ context.Context, names ...string) error {
	m.change(func() {
		for i := range m.accounts {
			m.accounts[i].Notified = m.accounts[i].Notified || slices.Contains(names, m.accounts[i].Name)
		}
	})
	return nil
}

func (m *memory) SigningIn() func() {
	m.atBrowser(1)
	return func() { m.atBrowser(-1) }
}

func (m *memory) atBrowser(people int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.signsIn += people
}

func (m *memory) SomebodySignsIn() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.signsIn > 0
}

type browserFunc func(ctx context.Context, url string) error

func (f browserFunc) Open(ctx context.Context, url string) error { return f(ctx, url) }

// desk is a keeper at work on a paper menu.
type desk struct {
	*paperMenu
	store   *memory
	deps    deps
	client  *fakeClient
	started chan string
	told    chan string
	notices chan desktop.Notification
	opened  chan string
	muted   error // what every notification meets
	quit    context.CancelFunc
	ended   chan struct{}
}

func newDesk(t *testing.T, accounts ...account.Account) *desk {
	t.Helper()
	ctx, quit := context.WithCancel(t.Context())
	d := &desk{paperMenu: &paperMenu{}, store: newMemory(accounts...), started: make(chan string, 9), told: make(chan string, 9), notices: make(chan desktop.Notification, 9),
		opened: make(chan string, 9), quit: quit, ended: make(chan struct{})}
	d.client = &fakeClient{store: d.store}
	d.deps = deps{
		accounts: d.store,
		client:   d.client,
		browser:  browserFunc(func(_ context.Context, url string) error { d.opened <- url; return nil }),
		start:    func(args ...string) error { d.started <- strings.Join(args, " "); return nil },
		notify: func(_ context.Context, n desktop.Notification) error {
			if d.muted != nil {
				return d.muted
			}
			if n.Clicked != nil {
				d.notices <- n
				return nil
			}
			d.told <- n.Title
			return nil
		},
		explain: func(err error) string { return err.Error() },
		end:     func(_ context.Context, role, message string) error { d.told <- message + " " + role; return nil },
		quit:    quit,
	}
	t.Cleanup(func() {
		quit()
		receive(t, d.ended)
	})
	d.run(ctx)
	return d
}

// run begins with deps that tests may still change through d.deps' functions.
func (d *desk) run(ctx context.Context) {
	k := newKeeper(ctx, d.deps)
	k.build(d.paperMenu)
	go func() { defer close(d.ended); k.loop(d.store.changes) }()
}

func (d *desk) mute(err error) { d.muted = err } // before anything is told

// signsIn says what the next sign-ins do.
func (d *desk) signsIn(act func(ctx context.Context, report func(oauth.Step)) (oauth.Grant, error)) {
	d.store.mu.Lock()
	defer d.store.mu.Unlock()
	d.client.act = func(ctx context.Context, _ string, report func(oauth.Step)) (oauth.Grant, error) {
		return act(ctx, report)
	}
}

// fakeClient is Client: act is what the user and Egnyte do; nil signs in.
type fakeClient struct {
	store *memory
	act   func(ctx context.Context, account string, report func(oauth.Step)) (oauth.Grant, error)
}

func (c *fakeClient) SignIn(ctx context.Context, r client.Request, ui client.UI) (account.Account, error) {
	if err := c.store.Unlock(ctx); err != nil {
		return account.Account{}, err
	}
	c.store.mu.Lock()
	act := c.act
	c.store.mu.Unlock()
	done := c.store.SigningIn()
	grant, err := oauth.Grant{}, error(nil)
	if act != nil {
		grant, err = act(ctx, r.Again.Name, ui.Step)
	}
	done()
	if err != nil {
		return account.Account{}, err
	}
	return c.store.save(r.Again.Name, grant)
}

func (d *desk) click(t *testing.T, path ...string) {
	t.Helper()
	until(t, func() bool { return d.find(path...) != nil }, "no entry %q in %q", path, d.titles())
	select {
	case d.find(path...).clicks <- struct{}{}:
	case <-time.After(20 * time.Second):
		t.Fatalf("nobody hears clicks on %q", path)
	}
}

func (d *desk) shows(t *testing.T, titles ...string) {
	t.Helper()
	until(t, func() bool { return slices.Equal(d.titles(), titles) }, "the menu never showed %q", titles)
}

func until(t *testing.T, holds func() bool, format string, args ...any) {
	t.Helper()
	limit, again := time.After(20*time.Second), time.NewTicker(time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-again.C:
		case <-limit:
			t.Fatalf(format, args...)
		}
	}
}

func receive[T any](t *testing.T, from <-chan T) (value T) {
	t.Helper()
	select {
	case value = <-from:
	case <-time.After(20 * time.Second):
		t.Fatal("waited 20 s for nothing")
	}
	return value
}

func expect(t *testing.T, from <-chan string, want string) {
	t.Helper()
	if got := receive(t, from); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
