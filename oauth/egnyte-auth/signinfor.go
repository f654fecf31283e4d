package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/redirect"
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
	if err := store.CheckKeyring(c.Context()); err != nil {
		return a, err
	}
	signIn, err := p.signInOf(c.Context(), dir, place.keyring, store, a, args)
	if err != nil {
		return a, err
	}
	ctx, cancel := context.WithCancelCause(c.Context())
	defer cancel(nil)
	signIn.Timeout, signIn.Listen, signIn.Browser = signInLimit, redirect.Listen, redirect.SystemBrowser{}
	signIn.Report = (&terminal{in: c.InOrStdin(), err: c.ErrOrStderr(), cancel: cancel}).report
	grant, err := signIn.Run(ctx)
	if err != nil {
		return a, err
	}
	if a.Name == "" {
		a, err = store.Add(c.Context(), grant)
	} else {
		a, err = store.Replace(c.Context(), a.Name, grant)
	}
	if err != nil {
		discard(grant)
		return a, fmt.Errorf("keeping the account: %w", err)
	}
	return a, nil
}

func (p *program) signInOf(ctx context.Context, dir string, keyring account.Keyring, store *account.Store, a account.Account, args []string) (oauth.SignIn, error) {
	if a.Name != "" {
		key, err := store.Key(ctx, a)
		if err != nil {
			return oauth.SignIn{}, err
		}
		return settings.SignInAgain(ctx, dir, keyring, settings.Existing{Service: a.Service, Domain: a.Domain, Key: key})
	}
	f := signInFlags{Fields: settings.Fields{Service: p.service}}
	if len(args) > 0 {
		f.Domain = args[0][strings.LastIndex(args[0], "@")+1:]
	}
	if err := f.check(); err != nil {
		return oauth.SignIn{}, err
	}
	return f.signIn(ctx, dir, keyring)
}

// discard ends a grant that nothing keeps.
func discard(grant oauth.Grant) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = oauth.Revoke(ctx, oauth.NewHTTPClient(), grant.Domain, grant.Key, grant.Token.Access)
}
