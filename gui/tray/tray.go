// Package tray is the resident role: the account menu in the system tray. No
// Fyne window system, and it builds without cgo on Linux and Windows.
//
// One goroutine (keeper) owns everything that changes; clicks, the index and
// finished work reach it as functions. What it shows is computed by rowsOf and
// laid into a menu whose rows are pooled.
package tray

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"egnyte-accounts/gui/crashlog"
	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/client"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/refresher"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words/language"
)

// Options is what the tray starts with.
type Options struct {
	Service string // --service, passed on to every window
}

// Run shows the tray until Quit, SIGTERM, the end of the session bus or the
// end of ctx; all of these are a nil error, and so is a tray that runs already.
// *desktop.MissingError where no tray can be: without a session bus. Without a
// tray host it says so on stderr, and the icon comes with the host. It must be
// called on the main goroutine, once in a process.
func Run(ctx context.Context, options Options) (err error) {
	instance, err := desktop.Claim(ctx, desktop.TrayRole, "here")
	if errors.Is(err, desktop.ErrRunning) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("starting the tray: %w", err)
	}
	defer instance.Close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		for message := range instance.Raised() { // by a later start: the icon is there already
			if message == desktop.Stop {
				stop()
			}
		}
	}()
	dir, err := settings.Dir()
	if err != nil {
		return fmt.Errorf("starting the tray: %w", err)
	}
	level := new(slog.LevelVar)
	reread := func() { level.Set(settings.LogLevel(dir)) }
	reread()
	records := crashlog.Here()
	records.Begin("tray", level)
	defer func() { records.End(err) }()
	secrets := keyring.System()
	store := account.Open(dir, secrets)
	return run(ctx, deps{
		accounts: store,
		client:   &client.Client{Dir: dir, Keyring: secrets, Accounts: store, Pages: language.Pages()},
		browser:  redirect.SystemBrowser{},
		start:    desktop.Start,
		notify:   desktop.Notify,
		explain:  explain,
		keep: func(ctx context.Context, changed <-chan struct{}) {
			refresher.Refresher{Store: store, Wake: desktop.Wakes(ctx), Changed: changed, Log: slog.Default()}.Run(ctx)
		},
		reread:  reread,
		end:     desktop.Tell,
		service: options.Service,
	})
}

// run is Run with everything that it stands on given.
func run(ctx context.Context, d deps) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	d.quit = quit
	k := newKeeper(ctx, d) // reads the accounts meanwhile
	if err := stayWithHost(ctx, quit); err != nil {
		return err
	}
	if err := desktop.CheckTray(ctx); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, err)
	}
	changes, err := d.accounts.Watch(ctx)
	if err != nil {
		return fmt.Errorf("following the accounts: %w", err)
	}
	menu, alive := make(chan struct{}, 1), make(chan struct{}, 1)
	var running sync.WaitGroup
	running.Go(func() { share(ctx, changes, d.reread, menu, alive) })
	if d.keep != nil { // renew and check the accounts in parallel to the menu
		running.Go(func() { d.keep(ctx, alive) })
	}
	err = runSystray(ctx, k, menu)
	quit()
	running.Wait()
	return err
}

// share hands each change of accounts or settings on, after the process has taken
// up the settings, until ctx ends or changes is closed.
func share(ctx context.Context, changes <-chan struct{}, reread func(), to ...chan<- struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case _, open := <-changes:
			if !open {
				return
			}
		}
		if reread != nil {
			reread()
		}
		for _, other := range to {
			select {
			case other <- struct{}{}:
			default: // one is waiting already
			}
		}
	}
}
