package window

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"egnyte-accounts/gui/crashlog"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
)

// appName ends every window title.
const appName = "Accounts for Egnyte"

// screen is the one window: what it knows, and the view that it shows. It
// lives on the UI's thread; whatever may block goes through off.
type screen struct {
	world
	win        fyne.Window
	background *background
	options    Options

	view     view
	known    known
	reads    int             // the number of the newest read
	crash    crashlog.Report // that nobody has dismissed
	notice   string          // one line above the accounts, until the next view
	session  *session        // the sign-in under way
	settings *settingsForm   // while they are shown or left with changes
	held     *holding        // a key that has to wait; nil: none
	unkept   *unkept         // a grant that waits for a person's word
	only     bool            // opened for one sign-in, and ends with it
	stays    time.Duration
}

// known is what was read from disk.
type known struct {
	read     bool
	accounts []account.Account
	setup    settings.Effective
	stopped  error // why no new sign-in can start; nil if one can
	noTray   bool
}

// view is what fills the window.
type view struct {
	title string // unique, since it is how a screen reader tells where it is
	body  fyne.CanvasObject
	first fyne.Focusable // gets the focus: what is pressed or typed next
	back  func()         // Esc
	leave func()         // frees what the view runs; may be nil
	list  bool           // the accounts: drawn anew when they change
	start bool           // the start of a sign-in: drawn anew when the setup changes
	says  string         // with list and start: all that it says, to tell whether it changed
}

func newScreen(w world, win fyne.Window, ctx context.Context, options Options) *screen {
	s := &screen{
		world: w, win: win, options: options,
		background: &background{ctx: ctx},
		only:       options.View == "signin" || options.View == "settings",
		stays:      4 * time.Second,
	}
	win.SetPadded(false) // views have their own margins, and what scrolls goes to the edge
	win.Canvas().SetOnTypedKey(s.typedKey)
	s.addShortcuts()
	return s
}

// show puts a view in the window.
func (s *screen) show(v view) {
	if s.view.leave != nil {
		s.view.leave()
	}
	s.view = v
	s.retitle(v.title)
	s.win.Canvas().Unfocus() // new content forgets the focus without telling who had it
	s.win.SetContent(v.body)
	s.settle()
	if v.first != nil {
		s.win.Canvas().Focus(v.first)
	}
}

// settle lays the view out again: wrapped lines know their height only once
// they have a width.
func (s *screen) settle() {
	if s.view.body != nil {
		s.view.body.Refresh()
	}
}

// onLeave has one more thing done when the view goes.
func (s *screen) onLeave(f func()) {
	before := s.view.leave
	s.view.leave = func() {
		if before != nil {
			before()
		}
		f()
	}
}

// retitle says that the view has turned to something else.
func (s *screen) retitle(title string) {
	s.view.title = title
	s.win.SetTitle(title + " — " + appName)
}

// typedKey is asked when nothing has the focus, as after a click.
func (s *screen) typedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyEscape:
		s.escape()
	case fyne.KeyReturn, fyne.KeyEnter:
		if b, ok := s.view.first.(*button); ok {
			b.press()
		}
	}
}

func (s *screen) escape() {
	if s.view.back != nil {
		s.view.back()
	}
}

// open shows what the window was started for.
func (s *screen) open() {
	switch {
	case s.options.Reconnect != "":
		s.showAccounts()
		s.openReconnect(s.options.Reconnect, s.options.Problem)
	case s.options.View == "signin":
		s.showStart("")
	case s.options.View == "settings":
		s.showSettings()
	default:
		s.showAccounts()
	}
	s.read(s.wakePractice)
	s.readCrash()
	s.background.wg.Go(s.follow)
	try(s, readLimit, s.tray, func(err error) {
		s.known.noTray = err != nil
		s.redraw()
	})
}

// openReconnect tells of a problem that the tray met, or signs in again at once.
func (s *screen) openReconnect(name, problem string) {
	off(s, readLimit, s.accounts.List, func(list []account.Account, err error) {
		if err != nil {
			s.showFailed(request{}, err)
			return
		}
		for _, a := range list {
			if a.Name == name {
				s.takeOver(request{account: &a}, problem)
				return
			}
		}
		s.showFailed(request{}, account.ErrNoAccount)
	})
}

// takeOver goes on where the tray could not: with what only a window can do,
// else with the problem's explanation.
func (s *screen) takeOver(r request, problem string) {
	problem, a := advice.HandedOver(problem, titleOf(*r.account), s.now())
	switch {
	case problem == "", problem == advice.Code(&redirect.ElsewhereError{}):
		s.begin(r)
	case a.Action == advice.InstallCert:
		s.showConsent(r)
	case problem == advice.Code(&oauth.ConfigError{Field: "password"}):
		s.showPassword(r)
	default:
		s.showProblem(r, a)
	}
}

// raised does what a later start of the window asked for, in the words of
// message. A sign-in under way goes on undisturbed.
func (s *screen) raised(message string) {
	s.win.Show()
	s.win.RequestFocus()
	if s.session != nil {
		return
	}
	what, rest, _ := strings.Cut(message, " ")
	name, problem, _ := strings.Cut(rest, "\t")
	switch {
	case what == "signin" && name != "":
		s.openReconnect(name, problem)
	case what == "signin":
		s.showStart("")
	case what == "settings" && s.settings == nil:
		s.showSettings()
	case what == "accounts":
		s.only = false
		s.showAccounts()
	}
}

// message is what a start with these options says to the window that is there.
func (o Options) message() string {
	switch {
	case o.View == "settings":
		return "settings"
	case o.View != "signin":
		return "accounts"
	case o.Reconnect == "":
		return "signin"
	case o.Problem == "":
		return "signin " + o.Reconnect
	}
	return "signin " + o.Reconnect + "\t" + o.Problem
}

// read reads accounts and setup, draws what changed, and goes on with then.
func (s *screen) read(then func()) {
	s.reads++
	number, service := s.reads, s.options.Service
	off(s, readLimit, func(ctx context.Context) (known, error) {
		list, err := s.accounts.List(ctx)
		if err != nil {
			return known{}, err
		}
		setup, err := s.setup.Known(ctx, service)
		k := known{read: true, accounts: list, setup: setup, stopped: err}
		if len(list) > 0 { // they go on
			err = nil
		}
		return k, err
	}, func(k known, err error) {
		if number != s.reads {
			return // a newer one is under way
		}
		if err != nil {
			if s.session == nil {
				s.showFailed(request{reread: true}, err)
			}
			return
		}
		k.noTray = s.known.noTray
		s.known = k
		s.redraw()
		if then != nil {
			then()
		}
	})
}

// redraw brings a view that shows what was read up to date.
func (s *screen) redraw() {
	switch {
	case s.view.start && s.known.stopped != nil:
		s.showStopped()
	case s.view.list:
		s.redrawAccounts()
	case s.view.start && s.known.read && s.known.setup.Key.ID == "":
		s.showAccounts()
	case s.view.start:
		s.redrawStart()
	}
}

// follow reads again whenever the accounts change, by whichever process.
func (s *screen) follow() {
	changes, err := s.accounts.Watch(s.background.ctx)
	if err != nil {
		return // the list still follows what this window does
	}
	for {
		select {
		case <-s.background.ctx.Done():
			return
		case _, open := <-changes:
			if !open {
				return
			}
			s.post(func() { s.read(nil) })
		}
	}
}

// leaveSignIn goes back to where the sign-in came from.
func (s *screen) leaveSignIn() {
	s.stop()
	s.discard()
	if s.only {
		s.quit()
		return
	}
	s.showAccounts()
}

// close ends what is under way and waits for it, within reason: when it
// returns, no listener is left.
func (s *screen) close(limit time.Duration) {
	s.stop()
	s.discard()
	s.background.wait(limit)
}

// service is the Egnyte in force; until it is read, Egnyte's own.
func (s *screen) service() oauth.Service { return s.known.setup.Service }

func titleOf(a account.Account) string {
	if name := oauth.Plain(a.DisplayName); name != "" {
		return name
	}
	return oauth.Plain(a.Username)
}
