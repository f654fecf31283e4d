// Package window is the window role: all of Fyne. It shows accounts and
// sign-in, and ends when its window closes.
package window

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"egnyte-accounts/assets"
	"egnyte-accounts/gui/crashlog"
	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/autostart"
	"egnyte-accounts/oauth/client"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
	"egnyte-accounts/oauth/words/language"
)

// Options is what the window role starts with.
type Options struct {
	View      string // "accounts", "signin", "signout" or "settings"
	Account   string // with View "signout": its name
	Reconnect string // account name: sign in again, with View "signin"
	Problem   string // with Reconnect: an advice.Code of a problem that the tray had
	Service   string // --service
}

// Run shows the window until it is closed. If another process shows it already, Run
// raises that one and returns nil.
func Run(ctx context.Context, options Options) (err error) {
	instance, err := desktop.Claim(ctx, desktop.WindowRole, options.message())
	if errors.Is(err, desktop.ErrRunning) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("opening the window: %w", err)
	}
	defer instance.Close()
	dir, err := settings.Dir()
	if err != nil {
		return fmt.Errorf("opening the window: %w", err)
	}
	records := crashlog.Here()
	level := new(slog.LevelVar)
	reread := func() { level.Set(settings.LogLevel(dir)) }
	reread()
	records.Begin("window", level)
	defer func() { records.End(err) }()
	screen, err := desktop.FindDisplay(ctx)
	if err != nil {
		return err
	}
	kept := readSizes(dir)
	defer func() {
		if err := kept.write(); err != nil {
			slog.Warn("the window's size is not stored", "error", err)
		}
	}()
	d := machineDeps(dir, records)
	d.reread = reread
	defer endHiddenTray(context.WithoutCancel(ctx))
	return display(ctx, options, d, kept, screen, instance.Raised())
}

// endHiddenTray ends a tray that no desktop shows: without a window, the user could not
// end it. One that starts at login stays, to keep the accounts alive.
func endHiddenTray(ctx context.Context) {
	if desktop.CheckTray(ctx) == nil {
		return
	}
	if on, err := autostart.Enabled(); on || err != nil {
		return
	}
	if err := desktop.Tell(ctx, desktop.TrayRole, desktop.Stop); err != nil {
		slog.Warn("the hidden tray could not be ended", "error", err)
	}
}

// machineDeps are the dependencies outside of tests.
func machineDeps(dir string, records *crashlog.Records) deps {
	secrets := keyring.System()
	store := account.Open(dir, secrets)
	return deps{
		accounts: store,
		client:   &client.Client{Dir: dir, Keyring: secrets, Accounts: store, Pages: language.Pages()},
		config:   machineConfiguration{dir, secrets},
		practice: practiceRole{},
		browser:  redirect.SystemBrowser{},
		names:    oauth.Names{HTTP: store.HTTP},
		tray:     desktop.CheckTray,
		now:      time.Now,

		certificates: machineCertificates{dir},
		records:      machineRecords{records},
	}
}

// display runs Fyne until the window closes. Fyne panics if the display goes away or
// can't be used; that becomes an error.
func display(ctx context.Context, options Options, d deps, kept *sizes, screen desktop.Screen, raised <-chan string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			d.records.Recovered(p)
			err = fmt.Errorf("the window could not be shown: %v", p)
		}
	}()
	life, end := context.WithCancel(ctx)
	defer end()
	a := newApp()
	win := a.NewWindow(appName)
	var remember func()
	// Not App.Quit, which panics in Fyne 2.8 if its settings could not be watched.
	d.quit = func() { remember(); win.Close() }
	var ui uiThread
	d.post = ui.post
	d.about = a.Metadata()
	d.copy = func(text string) { a.Clipboard().SetContent(text) }
	d.clipboard = func(ctx context.Context) (string, error) {
		text, err := screen.Clipboard(ctx)
		if errors.Is(err, errors.ErrUnsupported) {
			return ui.clipboard(ctx, a)
		}
		return text, err
	}
	w := newWindow(d, win, life, options)
	w.wayland = onWayland()
	a.Lifecycle().SetOnEnteredForeground(func() {
		w.hasFocus = true
		if w.wayland {
			w.after(life, 100*time.Millisecond, w.sharpen)
		}
	})
	a.Lifecycle().SetOnExitedForeground(func() { w.hasFocus = false })
	win.SetOnClosed(func() { w.stop(); end(); ui.end() })
	remember = kept.restore(win, options.View, screen, userScale(a))
	win.SetCloseIntercept(d.quit)
	w.open()
	showAs(appName, win)
	go w.listenTo(life, raised)
	// The driver's own Quit may be called twice, as on a signal that Fyne handles too.
	stopAsking := context.AfterFunc(ctx, func() { ui.post(a.Driver().Quit); ui.end() })
	ended := make(chan struct{})
	go w.endWhenAsked(ended, end)
	lost := words.Say("The display went away, and the window with it. Accounts stay as they are. Start a sign-in that was under way again.")
	displayDone := ifDisplayIsLost(lost)
	a.Run()
	close(ended)
	displayDone()
	stopAsking()
	end()
	w.close(endLimit)
	if w.wayland && ctx.Err() == nil { // GLFW closes the window if the compositor goes away
		if _, err := desktop.FindDisplay(ctx); err != nil {
			return &desktop.MissingError{Thing: desktop.Display, Sentence: lost, Err: err}
		}
	}
	return nil
}

// endWhenAsked ends the process on SIGTERM and Ctrl+C if the window has not ended
// after a few seconds. Fyne handles both on the UI thread, which hangs with the
// display server or with the clipboard's owner.
func (w *window) endWhenAsked(ended <-chan struct{}, cancel func()) {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(asked)
	select {
	case <-ended:
		return
	case <-asked:
	}
	select {
	case <-ended:
		return
	case <-time.After(endLimit):
	}
	slog.Error("the window hangs, and is ended")
	cancel() // a sign-in under way is ended at Egnyte
	w.background.wait(endLimit)
	os.Exit(1)
}

const endLimit = 3 * time.Second

// showAs shows the window with a window class: on X11 that is the title it has at that
// moment, on Wayland its app_id. Desktops find the app's entry and icon by it.
func showAs(class string, win fyne.Window) {
	setWaylandAppID(desktop.AppID)
	title := win.Title()
	win.SetTitle(class)
	win.Show()
	win.SetTitle(title)
}

// listenTo raises the window for later starts.
func (w *window) listenTo(ctx context.Context, raised <-chan string) {
	for {
		select {
		case <-ctx.Done():
			return
		case message, open := <-raised:
			if !open {
				return
			}
			w.post(func() { w.raised(message) })
		}
	}
}

// newApp is Fyne's app with our theme. It declares that we use fyne.Do, since Fyne
// warns otherwise unless `fyne package` built the program.
func newApp() fyne.App {
	if cache, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(cache, 0o700) // Fyne makes its folder in there, and complains without it
	}
	a := app.NewWithID(desktop.AppID)
	meta := a.Metadata()
	if !meta.Migrations["fyneDo"] {
		meta.ID, meta.Name = desktop.AppID, appName
		meta.Migrations = map[string]bool{"fyneDo": true}
		app.SetMetadata(meta)
	}
	if err := translateFyne(); err != nil {
		fyne.LogError("Fyne's own menus may be in another language", err)
	}
	a.Settings().SetTheme(newPalette())
	a.SetIcon(fyne.NewStaticResource("app.png", assets.WindowIcon))
	keepNoPreferences(a)
	return a
}
