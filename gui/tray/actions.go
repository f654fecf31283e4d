package tray

import (
	"context"
	"errors"
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
	j := &job{cancel: cancel, waiting: waiting}
	k.jobs[name] = j
	k.render()
	k.work.Go(func() {
		defer cancel()
		work(ctx)
		k.do(func() {
			delete(k.jobs, name)
			k.render()
			if j.next != nil {
				j.next()
			}
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

// signOut ends the account at Egnyte and here. A reconnect that waits is called
// off first. Where Egnyte can't be told nothing is removed, and a window offers
// to remove it all the same.
func (k *keeper) signOut(a account.Account) {
	if j := k.jobs[a.Name]; j != nil {
		if j.waiting {
			j.next = func() { k.signOut(a) }
			j.cancel()
		}
		return
	}
	k.begin(a.Name, false, storeLimit, func(ctx context.Context) {
		err := k.deps.accounts.SignOut(ctx, a.Name)
		notRevoked := (*account.NotRevokedError)(nil)
		switch {
		case k.ctx.Err() != nil, errors.Is(err, account.ErrNoAccount): // somebody was faster
		case errors.As(err, &notRevoked):
			slog.Info("a sign-out needs a window", "account", a.Name, "error", err)
			k.startRole("--window", "signin", "--reconnect", a.Name, "--problem", advice.Handover(err, time.Now()))
		case err != nil:
			slog.Error("signing out failed", "account", a.Name, "error", err)
			k.tell(words.Say("{name} could not be signed out", "name", displayName(a)), k.explain(err))
		default:
			slog.Info("signed out", "account", a.Name)
			k.tell(words.Say("{name} is signed out", "name", displayName(a)), plain(a.Username)+" · "+plain(a.Domain))
		}
	})
}
