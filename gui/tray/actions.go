package tray

import (
	"context"
	"log/slog"
	"time"

	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
)

// explain says an error in a sentence or two.
func explain(err error) string {
	return advice.For(err, time.Now()).Sentences()
}

// startRole opens a window, which is a process of its own.
func (k *keeper) startRole(args ...string) {
	if k.service != "" {
		args = append(args, "--service", k.service)
	}
	if err := k.start(args...); err != nil {
		slog.Error("no window can be opened", "error", err)
		k.tell(words.Say("The window can't be opened"), words.Say("Start Accounts for Egnyte again from your applications."))
	}
}

// tell shows a notification. Where there are none the menu has to do.
func (k *keeper) tell(title, body string) {
	if err := k.notify(k.ctx, desktop.Notification{Title: title, Body: body}); err != nil {
		slog.Info("a notification could not be shown", "error", err)
	}
}

// begin runs work off the loop as the one job of an account, then done on the
// loop. It must be called on the loop.
func (k *keeper) begin(name string, waiting bool, limit time.Duration, work func(context.Context)) {
	ctx, cancel := context.WithTimeout(k.ctx, limit)
	k.jobs[name] = &job{cancel: cancel, waiting: waiting}
	k.render()
	k.work.Go(func() {
		defer cancel()
		work(ctx)
		k.do(func() {
			delete(k.jobs, name)
			k.render()
		})
	})
}

func (k *keeper) openEgnyte(a account.Account) {
	k.work.Go(func() {
		ctx, cancel := context.WithTimeout(k.ctx, 30*time.Second)
		defer cancel()
		address, err := homeOf(a)
		if err == nil {
			err = k.browser.Open(ctx, address)
		}
		if err != nil && k.ctx.Err() == nil {
			k.tell(words.Say("Your browser can't be opened"), words.Say("Your Egnyte is at {address}", "address", address))
		}
	})
}

// homeOf is the address of the account's Egnyte. The index is a file that
// others may write: only a domain of its service is opened.
func homeOf(a account.Account) (string, error) {
	domain, err := a.OAuthDomain()
	if err != nil {
		return "", err
	}
	return domain.URL(), nil
}

// again gets an account going: the password store is opened, else its person
// signs in once more. While a reconnect waits it calls that off.
func (k *keeper) again(a account.Account) {
	if a.IsLocked() && k.jobs[a.Name] == nil {
		k.unlock(a)
		return
	}
	k.reconnectOrCancel(a)
}

// unlock has the system ask for the password store's password.
func (k *keeper) unlock(a account.Account) {
	k.begin(a.Name, false, storeLimit, func(ctx context.Context) {
		if err := k.deps.accounts.Unlock(ctx); err != nil && k.ctx.Err() == nil {
			slog.Info("the password store stays locked", "error", err)
			k.tell(words.Say("The password store stays locked"), k.explain(err))
		}
	})
}
