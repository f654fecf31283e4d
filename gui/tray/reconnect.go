package tray

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
	"egnyte-accounts/oauth/words/language"
)

const (
	browserLimit   = 5 * time.Minute // for the person in the browser
	reconnectLimit = browserLimit + 2*time.Minute
)

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
	if err := k.deps.accounts.Unlock(ctx); err != nil {
		return a, err
	}
	defer k.deps.accounts.SigningIn()()
	waiting, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var asked sync.Once
	grant, err := k.signIn(waiting, a, k.browser, func(step oauth.Step) {
		slog.Debug("sign-in", "account", a.Name, "step", oauth.StepName(step))
		if at, ok := step.(oauth.WaitingForBrowser); ok && at.BrowserError != nil {
			asked.Do(func() { stop(errNoBrowser) })
		}
		if ask, ok := step.(oauth.ConfirmUser); ok {
			ask.Answer(true) // Save takes the account's own user only
		}
	})
	if err != nil {
		if errors.Is(context.Cause(waiting), errNoBrowser) {
			return a, errNoBrowser
		}
		return a, err
	}
	// From here on Egnyte has issued a token: it is kept or ended, also when
	// the person cancels now.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeLimit)
	defer cancel()
	// A window that asks what to do now can't be handed the grant: secrets don't
	// travel in arguments.
	saved, err := k.deps.accounts.Save(ctx, a.Name, grant)
	if err != nil {
		_ = k.deps.accounts.Discard(ctx, grant) // if it fails, the grant ends by itself in time
	}
	return saved, err
}

// signInWith signs an account in again at its own domain.
func signInWith(dir string, keyring keyring.Keyring, store *account.Store) func(context.Context, account.Account, oauth.Browser, func(oauth.Step)) (oauth.Grant, error) {
	return func(ctx context.Context, a account.Account, browser oauth.Browser, report func(oauth.Step)) (oauth.Grant, error) {
		key, err := store.Key(ctx, a)
		if err != nil {
			return oauth.Grant{}, err
		}
		signIn, err := settings.SignInAgain(ctx, dir, keyring, settings.Existing{Service: a.Service, Domain: a.Domain, Flow: a.Flow, Key: key, Scopes: a.Scopes})
		if err != nil {
			return oauth.Grant{}, err
		}
		signIn.Timeout = browserLimit
		listener := redirect.For(dir, signIn.Relay, nil)
		listener.Pages = language.Pages()
		signIn.Browser, signIn.Listen, signIn.Report = browser, listener.Listen, report
		return signIn.Run(ctx)
	}
}
