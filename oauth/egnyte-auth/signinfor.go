package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/settings"
)

// signInLimit is how long --signin waits for the person.
const signInLimit = 5 * time.Minute

// signInFor signs in because a token was asked for: again for an account that
// is known, else for a new one at the domain that was named.
func (p *program) signInFor(c *cobra.Command, store *account.Store, a account.Account, args []string) (account.Account, error) {
	dir, err := settings.Dir()
	if err != nil {
		return a, fmt.Errorf("finding the settings folder: %w", err)
	}
	place, err := p.place()
	if err != nil {
		return a, err
	}
	if err := store.Unlock(c.Context()); err != nil {
		return a, err
	}
	f := &signInFlags{asked: settings.Values{"service": p.service}, username: a.Username, timeout: signInLimit, forToken: true,
		commandLine: commandLine(c, "store", "service")}
	signIn, err := f.signInOf(c.Context(), dir, place.keyring, store, a, args)
	if err != nil {
		return a, err
	}
	if signIn, err = f.withPassword(c, signIn); err != nil {
		return a, err
	}
	grant, err := f.visit(c, dir, signIn)
	if err != nil {
		return a, err
	}
	return keepGrant(c.Context(), store, a.Name, grant)
}

func (f *signInFlags) signInOf(ctx context.Context, dir string, keyring keyring.Keyring, store *account.Store, a account.Account, args []string) (oauth.SignIn, error) {
	if a.Name != "" {
		key, err := store.Key(ctx, a)
		if err != nil {
			return oauth.SignIn{}, err
		}
		return settings.SignInAgain(ctx, dir, keyring, settings.Existing{Service: a.Service, Domain: a.Domain, Flow: a.Flow, Key: key, Scopes: a.Scopes})
	}
	if len(args) > 0 {
		at := strings.LastIndex(args[0], "@")
		f.username, f.asked["domain"] = args[0][:max(at, 0)], args[0][at+1:]
	}
	if err := f.check(); err != nil {
		return oauth.SignIn{}, err
	}
	return f.signIn(ctx, dir, keyring)
}
