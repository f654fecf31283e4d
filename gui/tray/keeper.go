package tray

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/client"
	"egnyte-accounts/oauth/words"
)

// Accounts is the store as the tray uses it.
type Accounts interface {
	List(ctx context.Context) ([]account.Account, error)
	Watch(ctx context.Context) (<-chan struct{}, error)
	Unlock(ctx context.Context) error // the keyring; it may ask for its password
	MarkNotified(ctx context.Context, names ...string) error
	SomebodySignsIn() bool
}

// Client signs users in: *client.Client.
type Client interface {
	SignIn(ctx context.Context, r client.Request, ui client.UI) (account.Account, error)
}

// deps is what the tray stands on.
type deps struct {
	accounts Accounts
	client   Client
	browser  oauth.Browser
	start    func(args ...string) error
	notify   func(ctx context.Context, n desktop.Notification) error
	explain  func(error) string                                 // an error in words for the person
	keep     func(ctx context.Context, changed <-chan struct{}) // keeps the accounts alive; nil: nobody does
	reread   func()                                             // takes up changed settings; may be nil
	service  string
	end      func(ctx context.Context, role, message string) error // desktop.Tell
	quit     func()
}

// storeLimit bounds one call to the store: keyrings ask people to unlock them.
const storeLimit = 90 * time.Second

// iconPatience is how long the icon waits for the accounts.
const iconPatience = 10 * time.Millisecond

// keeper keeps the menu true. Its fields belong to the goroutine of loop.
type keeper struct {
	deps
	ctx      context.Context // the role's; everything ends with it
	inbox    chan func()
	work     sync.WaitGroup
	menu     menu
	pool     *pool
	accounts map[string]account.Account
	order    []account.Account
	trouble  string
	shown    badge
	jobs     map[string]*job // at most one for each account

	attention attention
	first     chan listed // of the read that newKeeper began
}

// job is work that is under way for an account.
type job struct {
	cancel  context.CancelFunc
	waiting bool // a reconnect, which the user may cancel
}

func newKeeper(ctx context.Context, d deps) *keeper {
	k := &keeper{deps: d, ctx: ctx, inbox: make(chan func()), jobs: make(map[string]*job),
		shown: badge{tooltip: programName}, first: make(chan listed, 1)}
	go func() {
		accounts, err := k.list()
		k.first <- listed{accounts, err}
	}()
	return k
}

func (k *keeper) list() ([]account.Account, error) {
	ctx, cancel := context.WithTimeout(account.WithoutPrompt(k.ctx), storeLimit)
	defer cancel()
	return k.deps.accounts.List(ctx)
}

// listed is what a read of the index gave.
type listed struct {
	accounts []account.Account
	err      error
}

// build makes the menu, with the accounts if they are read by now or nearly so:
// what comes after the icon costs its host a new look at the menu for each entry.
func (k *keeper) build(m menu) {
	k.menu = m
	opens := func(entry item, view string) { k.onClick(entry, func() { k.startRole("--window", view) }) }
	k.pool = newPool(m, time.Now, k.watchSlot)
	opens(k.pool.more, "accounts")
	m.separator()
	opens(m.add(words.Say("Add account…")), "signin")
	opens(m.add(words.Say("Accounts…")), "accounts")
	opens(m.add(words.Say("Settings…")), "settings")
	m.separator()
	k.onClick(m.add(words.Say("Quit")), k.quitAll)
	limit := time.NewTimer(iconPatience)
	defer limit.Stop()
	select {
	case l := <-k.first:
		k.take(l.accounts, l.err)
	case <-limit.C:
	}
}

// quitAll ends the tray, with the window and the practice service that were started
// from it.
func (k *keeper) quitAll() {
	ctx, cancel := context.WithTimeout(k.ctx, 5*time.Second)
	defer cancel()
	for _, role := range []string{desktop.WindowRole, desktop.PracticeRole} {
		if err := k.end(ctx, role, desktop.Stop); err != nil {
			slog.Warn("a process of ours goes on", "role", role, "error", err)
		}
	}
	k.quit()
}

// loop runs until the role ends, and its work with it.
func (k *keeper) loop(changes <-chan struct{}) {
	k.work.Go(func() { k.follow(changes) })
	for {
		select {
		case act := <-k.inbox:
			act()
		case <-k.ctx.Done():
			k.finish()
			return
		}
	}
}

// finish gives work a moment to tidy up: a listener to close, a grant to end.
// A keyring that stays silent doesn't keep the tray from ending.
func (k *keeper) finish() {
	done := make(chan struct{})
	go func() { k.work.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		slog.Warn("the tray ends with work unfinished")
	}
}

// do hands act to the loop; it reports false when the role has ended.
func (k *keeper) do(act func()) bool {
	select {
	case k.inbox <- act:
		return true
	case <-k.ctx.Done():
		return false
	}
}

// follow reads the index again whenever it changes.
func (k *keeper) follow(changes <-chan struct{}) {
	for {
		accounts, err := k.list()
		if !k.do(func() { k.take(accounts, err) }) {
			return
		}
		select {
		case _, open := <-changes:
			if !open {
				return
			}
		case <-k.ctx.Done():
			return
		}
	}
}

// take keeps what the index says. An index that can't be read changes nothing
// but the icon: the last known accounts are still the best guess.
func (k *keeper) take(accounts []account.Account, err error) {
	if err != nil {
		slog.Warn("the accounts can't be read", "error", err)
		k.trouble = words.Say("The accounts can't be read")
		k.render()
		return
	}
	k.trouble, k.order = "", accounts
	k.accounts = make(map[string]account.Account, len(accounts))
	for i, a := range accounts {
		accounts[i] = a.At(k.pool.now())
		k.accounts[a.Name] = accounts[i]
	}
	for name, j := range k.jobs {
		if _, here := k.accounts[name]; !here && j.waiting {
			j.cancel() // signed out elsewhere: nobody is waited for
		}
	}
	k.notice(accounts)
	k.render()
}

func (k *keeper) render() {
	waiting := make(map[string]bool, len(k.jobs))
	for name, j := range k.jobs {
		waiting[name] = j.waiting
	}
	rows := rowsOf(k.order, waiting, k.pool.now())
	k.pool.show(rows)
	if now := badgeOf(rows, k.troubled()); now != k.shown {
		k.shown = now
		k.menu.setBadge(now)
	}
}

// troubled is what keeps all accounts from going on.
func (k *keeper) troubled() string {
	if k.trouble == "" && slices.ContainsFunc(k.order, account.Account.IsLocked) {
		return words.Say("The password store is locked")
	}
	return k.trouble
}

func (k *keeper) onClick(entry item, act func()) {
	clicked := entry.clicked()
	go func() {
		for {
			select {
			case <-clicked:
				act()
			case <-k.ctx.Done():
				return
			}
		}
	}()
}

// watchSlot turns clicks on a slot's submenu into commands.
func (k *keeper) watchSlot(at int, on [3]item) {
	open, other, out := on[0].clicked(), on[1].clicked(), on[2].clicked()
	go func() {
		for {
			var c command
			select {
			case <-open:
				c = openEgnyte
			case <-other:
				c = again
			case <-out:
				c = signOut
			case <-k.ctx.Done():
				return
			}
			k.do(func() { k.command(at, c) })
		}
	}()
}

func (k *keeper) command(at int, c command) {
	a, here := k.accounts[k.pool.account(at)]
	if !here {
		return
	}
	switch c {
	case openEgnyte:
		k.openEgnyte(a)
	case again:
		k.again(a)
	case signOut:
		k.startRole("--window", "signout", "--account", a.Name) // which asks first
	}
}
