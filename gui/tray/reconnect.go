package tray

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
)

const (
	browserLimit   = 5 * time.Minute // for the person in the browser
	reconnectLimit = browserLimit + 2*time.Minute
	revokeLimit    = 10 * time.Second
)

// ErrOtherKey: the account was made with another API key or redirect address
// than the one that is in force, so its sign-in has to be looked at.
var ErrOtherKey = errors.New("the account was signed in with another Egnyte API key than the one in force")

// errNoBrowser: the person needs the link itself, which a menu can't show.
var errNoBrowser = errors.New("no browser could be opened")

// reconnectOrCancel signs an account in again without a window: browser, done,
// a notification. While that waits, a second click calls it off.
func (k *keeper) reconnectOrCancel(a account.Account) {
	if j := k.jobs[a.Name]; j != nil {
		if j.waiting {
			j.cancel()
		}
		return
	}
	k.begin(a.Name, true, reconnectLimit, func(ctx context.Context) {
		renewed, err := k.signInAgain(ctx, a)
		switch {
		case err == nil:
			k.tell(displayName(renewed)+" is connected again", plain(renewed.Username)+" · "+plain(renewed.Domain))
		case errors.Is(ctx.Err(), context.Canceled): // the person, or the end of the tray
		default:
			slog.Info("a reconnect needs a window", "account", a.Name, "error", err)
			k.startRole("--window", "signin", "--reconnect", a.Name, "--problem", problemOf(err))
		}
	})
}

func (k *keeper) signInAgain(ctx context.Context, a account.Account) (account.Account, error) {
	if err := k.deps.accounts.CheckKeyring(ctx); err != nil {
		return a, err
	}
	waiting, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var asked sync.Once
	grant, err := k.signIn(waiting, a, k.browser, func(step oauth.Step) {
		if at, ok := step.(oauth.WaitingForBrowser); ok && at.BrowserError != nil {
			asked.Do(func() { stop(errNoBrowser) })
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
	renewed, err := k.deps.accounts.Replace(ctx, a.Name, grant)
	var other *account.OtherPersonError
	var keyring *account.KeyringError
	if errors.As(err, &other) || errors.As(err, &keyring) || errors.Is(err, account.ErrNoAccount) {
		k.discard(ctx, a, grant)
	}
	return renewed, err
}

// discard ends a grant that nothing keeps. A window can't be handed one:
// secrets don't travel in arguments.
func (k *keeper) discard(ctx context.Context, a account.Account, grant oauth.Grant) {
	ctx, cancel := context.WithTimeout(ctx, revokeLimit)
	defer cancel()
	if err := k.revoke(ctx, grant); err != nil {
		slog.Warn("an unused sign-in could not be ended at Egnyte", "account", a.Name, "error", err)
	}
}

func revoke(ctx context.Context, grant oauth.Grant) error {
	return oauth.Revoke(ctx, oauth.NewHTTPClient(), grant.Domain, grant.Key, grant.Token.Access)
}

// signInWith signs an account in again at its own domain, with the settings in
// force.
func signInWith(dir string, keyring account.Keyring) func(context.Context, account.Account, oauth.Browser, func(oauth.Step)) (oauth.Grant, error) {
	return func(ctx context.Context, a account.Account, browser oauth.Browser, report func(oauth.Step)) (oauth.Grant, error) {
		domain, err := domainOf(a)
		if err != nil {
			return oauth.Grant{}, err
		}
		effective, err := settings.Load(dir, settings.Fields{Service: a.Service})
		if err != nil {
			return oauth.Grant{}, err
		}
		if effective.Key.ID != "" && (effective.Key.ID != a.KeyID || !effective.Service.Equal(domain.Service())) {
			return oauth.Grant{}, ErrOtherKey
		}
		if effective, err = effective.WithSecret(ctx, keyring); err != nil {
			return oauth.Grant{}, err
		}
		signIn := effective.SignIn()
		signIn.Flow, signIn.Domain, signIn.Timeout = oauth.FlowCode, domain, browserLimit
		signIn.Service = domain.Service()
		if a.RedirectURI != "" {
			signIn.Key.RedirectURI = a.RedirectURI
		}
		signIn.Browser, signIn.Listen, signIn.Report = browser, redirect.Listen, report
		return signIn.Run(ctx)
	}
}

// problemOf is the word by which the window knows what the tray met:
// a oauth.RefusalKind, or one of these.
func problemOf(err error) string {
	var (
		refusal     *oauth.Refusal
		unreachable *oauth.Unreachable
		config      *oauth.ConfigError
		other       *account.OtherPersonError
		keyring     *account.KeyringError
	)
	switch {
	case errors.As(err, &refusal):
		return string(refusal.Kind)
	case errors.As(err, &other):
		return "other-person"
	case errors.As(err, &keyring):
		return "keyring"
	case errors.As(err, &unreachable):
		return "unreachable"
	case errors.As(err, &config):
		return "config"
	case errors.Is(err, ErrOtherKey):
		return "other-key"
	case errors.Is(err, errNoBrowser):
		return "browser"
	case errors.Is(err, oauth.ErrDenied):
		return "denied"
	case errors.Is(err, oauth.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	}
	return "failed"
}
