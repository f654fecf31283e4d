package tray

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/client"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/words"
)

// reconnectLimit limits a reconnect with all that belongs to it.
const reconnectLimit = client.BrowserLimit + 2*time.Minute

// errNoBrowser: the person needs the link itself, which a menu can't show.
var errNoBrowser = &redirect.NoBrowserError{Err: errors.New("the menu can't show the link")}

// reconnectOrCancel signs an account in again without a window: browser, done,
// a notification. While that waits, a second click calls it off.
func (k *keeper) reconnectOrCancel(a account.Account) {
	if j := k.jobs[a.Name]; j != nil {
		if j.waiting {
			j.cancel()
		}
		return
	}
	slog.Info("signing in again", "account", a.Name)
	k.begin(a.Name, true, reconnectLimit, func(ctx context.Context) {
		renewed, err := k.signInAgain(ctx, a)
		switch {
		case err == nil:
			slog.Info("signed in again", "account", renewed.Name)
			k.tell(words.Say("{name} is connected again", "name", displayName(renewed)), plain(renewed.Username)+" · "+plain(renewed.Domain))
		case errors.Is(ctx.Err(), context.Canceled): // the person, or the end of the tray
		default:
			slog.Info("a reconnect needs a window", "account", a.Name, "error", err)
			k.startRole("--window", "signin", "--reconnect", a.Name, "--problem", advice.Handover(err, time.Now()))
		}
	})
}

func (k *keeper) signInAgain(ctx context.Context, a account.Account) (account.Account, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	// If it isn't saved, it is revoked: a window that asks what to do now can't be given
	// the token, since secrets don't travel in arguments.
	saved, err := k.client.SignIn(ctx, client.Request{Again: &a, NoPaste: true}, &menuUI{k.browser, a.Name, stop})
	if err != nil && errors.Is(context.Cause(ctx), errNoBrowser) {
		err = errNoBrowser
	}
	return saved, err
}

// menuUI is client.UI for an account that signs in again from the menu.
type menuUI struct {
	browser oauth.Browser
	account string
	stop    context.CancelCauseFunc
}

func (u *menuUI) Check(oauth.SignIn) error { return nil }

// Password leaves the question to a window.
func (u *menuUI) Password(context.Context, string, oauth.Domain) (oauth.Secret, error) {
	return oauth.Secret{}, nil
}

func (u *menuUI) Open(ctx context.Context, url string) error { return u.browser.Open(ctx, url) }

func (u *menuUI) Step(step oauth.Step) {
	slog.Debug("sign-in", "account", u.account, "step", oauth.StepName(step))
	switch step := step.(type) {
	case oauth.WaitingForBrowser:
		if step.BrowserError != nil {
			u.stop(errNoBrowser)
		}
	case oauth.ConfirmUser:
		step.Answer(true) // only the account's own user is saved
	}
}
