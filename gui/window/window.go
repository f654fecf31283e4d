package window

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"egnyte-accounts/gui/crashlog"
	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/redirect"
)

// appName ends every window title.
const appName = "Accounts for Egnyte"

// window is the one window: its view, what it has read, and the sign-in under way.
// It lives on the UI thread; whatever may block goes through inBackground.
type window struct {
	deps
	win        fyne.Window
	background *background
	options    Options

	view     view // nil until the first one
	known    known
	reads    int             // the number of the newest read
	thens    []func()        // what the reads under way are followed by
	crash    crashlog.Report // not dismissed yet
	notice   string          // a line above the accounts, until the next view
	session  *session        // the sign-in under way
	settings *settingsView   // while they are shown, or asked about
	limited  *keyLimit       // a key that has to wait; nil if none does
	unsaved  *unsaved        // a grant that waits for the user to decide
	wayland  bool            // Fyne uses Wayland
	hasFocus bool            // the desktop's keyboard focus
	drawnAt  int             // pixels of 1,000 units when sharpen last looked
	single   bool            // opened for one sign-in or the settings, and closes after it
	doneTime time.Duration   // how long 'Signed in as' is shown
}

func newWindow(d deps, win fyne.Window, ctx context.Context, options Options) *window {
	w := &window{
		deps: d, win: win, options: options,
		background: &background{ctx: ctx},
		single:     options.View == "signin" || options.View == "settings",
		doneTime:   4 * time.Second,
	}
	win.SetPadded(false) // views have their own margins, and scrolling content reaches the edge
	win.Canvas().SetOnTypedKey(w.typedKey)
	w.addShortcuts()
	return w
}

// show puts a view in the window.
func (w *window) show(v view) {
	if w.view != nil {
		w.view.Leave()
	}
	w.view = v
	w.win.SetTitle(v.Title() + " — " + appName)
	w.win.Canvas().Unfocus() // new content forgets the focus without telling its owner
	w.win.SetContent(v.Content())
	w.settle()
	if first := v.First(); first != nil {
		w.focus(first)
	}
}

// settle lays the view out again: wrapped text knows its height only once it has a
// width.
func (w *window) settle() {
	if w.view != nil {
		w.view.Content().Refresh()
	}
}

func (w *window) focus(o fyne.Focusable) { w.win.Canvas().Focus(o) }

// typedKey gets the keys while nothing has the focus, as after a click.
func (w *window) typedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyEscape:
		w.view.Back()
	case fyne.KeyReturn, fyne.KeyEnter:
		if b, ok := w.view.First().(*button); ok {
			b.press()
		}
	}
}

// open shows what the window was started for.
func (w *window) open() {
	switch {
	case w.options.Reconnect != "":
		w.showAccounts()
		w.openReconnect(w.options.Reconnect, w.options.Problem)
	case w.options.View == "signout":
		w.showAccounts()
		w.openSignOut(w.options.Account)
	case w.options.View == "signin":
		w.showStart("")
	case w.options.View == "settings":
		w.showSettings()
	default:
		w.showAccounts()
	}
	w.read(w.wakePractice)
	w.readCrash()
	w.background.wg.Go(w.follow)
	tryInBackground(w, readLimit, w.tray, func(err error) {
		w.known.noTray = err != nil
		w.refresh()
	})
}

// openReconnect shows a problem that the tray had, or signs in again at once.
func (w *window) openReconnect(name, problem string) {
	w.withAccount(name, func(a account.Account) { w.takeOver(request{account: &a}, problem) })
}

// openSignOut asks whether to sign out an account.
func (w *window) openSignOut(name string) {
	w.withAccount(name, func(a account.Account) { w.show(newSignOutView(w, a)) })
}

// withAccount looks an account up for do, or shows why it can't.
func (w *window) withAccount(name string, do func(account.Account)) {
	inBackground(w, readLimit, w.accounts.List, func(list []account.Account, err error) {
		if err != nil {
			w.showFailed(request{}, err)
			return
		}
		for _, a := range list {
			if a.Name == name {
				do(a)
				return
			}
		}
		w.showFailed(request{}, account.ErrNoAccount)
	})
}

// takeOver continues a sign-in that the tray could not do: with what only a window can
// do, or with an explanation of the problem.
func (w *window) takeOver(r request, problem string) {
	problem, a := advice.HandedOver(problem, advice.Title(*r.account), w.now())
	switch {
	case problem == "", problem == advice.Code(&redirect.ElsewhereError{}):
		w.begin(r)
	case a.Action == advice.InstallCert:
		w.showConsent(r)
	case problem == advice.Code(&oauth.ConfigError{Field: "password"}):
		w.showPassword(r)
	default:
		w.showProblem(r, a)
	}
}

// raised does what a later start of the window asked for with message. It does not
// disturb a sign-in under way.
func (w *window) raised(message string) {
	if message == desktop.Stop {
		w.quit()
		return
	}
	w.toFront()
	if w.session != nil {
		return
	}
	what, rest, _ := strings.Cut(message, " ")
	name, problem, _ := strings.Cut(rest, "\t")
	switch {
	case what == "signout":
		w.openSignOut(name)
	case what == "signin" && name != "":
		w.openReconnect(name, problem)
	case what == "signin":
		w.showStart("")
	case what == "settings" && w.settings == nil:
		w.showSettings()
	case what == "accounts":
		w.single = false
		w.showAccounts()
	}
}

// toFront shows the window above others. A Wayland window can't ask for that, but a new
// one gets the focus, so there it is shown anew unless it has the focus.
func (w *window) toFront() {
	if w.wayland && !w.hasFocus {
		w.win.Hide()
	}
	w.win.Show()
	w.win.RequestFocus()
}

// sharpen draws the texts again if the scale is another one. A Wayland window learns its
// scale after it was first drawn, and Fyne 2.8 goes on with the texts that it has drawn.
func (w *window) sharpen() {
	c := w.win.Canvas()
	_, now := c.PixelCoordinateForPosition(fyne.NewPos(0, 1000))
	if now == w.drawnAt {
		return
	}
	w.drawnAt = now
	focused := c.Focused()
	c.Unfocus()
	w.win.SetContent(w.win.Content())
	if focused != nil {
		c.Focus(focused)
	}
}

// message is what a start with these options sends to the window that runs already.
func (o Options) message() string {
	switch {
	case o.View == "settings":
		return "settings"
	case o.View == "signout":
		return "signout " + o.Account
	case o.View != "signin":
		return "accounts"
	case o.Reconnect == "":
		return "signin"
	case o.Problem == "":
		return "signin " + o.Reconnect
	}
	return "signin " + o.Reconnect + "\t" + o.Problem
}

// read reads accounts and settings, refreshes the view, and then calls then.
func (w *window) read(then func()) {
	w.reads++
	number, service := w.reads, w.options.Service
	if then != nil {
		w.thens = append(w.thens, then)
	}
	inBackground(w, readLimit, func(ctx context.Context) (known, error) {
		list, err := w.accounts.List(ctx)
		if err != nil {
			return known{}, err
		}
		setup, _, _ := w.config.Show(ctx, service) // Stopped says what is wrong
		k := known{read: true, accounts: list, setup: setup}
		if len(list) > 0 { // they go on
			return k, nil
		}
		return k, setup.Stopped
	}, func(k known, err error) {
		if number != w.reads {
			return // a newer read is under way, and goes on with then
		}
		thens := w.thens
		w.thens = nil
		if err != nil {
			if w.session == nil {
				w.showFailed(request{reread: true}, err)
			}
			return
		}
		k.noTray = w.known.noTray
		w.known = k
		w.refresh()
		for _, then := range thens {
			then()
		}
	})
}

// refresh brings the view up to date with what was read.
func (w *window) refresh() {
	if w.view != nil {
		w.view.Refresh()
	}
}

// follow reads again whenever any process changes the accounts.
func (w *window) follow() {
	changes, err := w.accounts.Watch(w.background.ctx)
	if err != nil {
		return // the list then follows this window only
	}
	for {
		select {
		case <-w.background.ctx.Done():
			return
		case _, open := <-changes:
			if !open {
				return
			}
			if w.reread != nil {
				w.reread()
			}
			w.post(func() { w.read(nil) })
		}
	}
}

// leaveSignIn goes back to where the sign-in came from.
func (w *window) leaveSignIn() {
	w.stop()
	w.discard()
	if w.single {
		w.quit()
		return
	}
	w.showAccounts()
}

// close ends what is under way and waits for it up to limit.
func (w *window) close(limit time.Duration) {
	w.stop()
	w.discard()
	w.background.wait(limit)
}
