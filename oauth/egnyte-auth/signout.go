package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth/account"
)

func newSignOut(p *program) *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:     "signout [ACCOUNT]",
		Short:   "Forget an account: its tokens leave the keyring",
		Example: "  egnyte-auth signout jsmith@acme.egnyte.com\n  egnyte-auth signout --all",
		Args:    usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if all && len(args) > 0 {
				return &usageError{"name an account or use --all, not both"}
			}
			if all {
				return p.signOutAll(c)
			}
			store, found, err := p.find(c.Context(), args)
			if err != nil {
				return err
			}
			return signOut(c, store, found)
		},
	}
	c.Flags().BoolVar(&all, "all", false, "every account (with --service, every account there)")
	return c
}

func (p *program) signOutAll(c *cobra.Command) error {
	store, service, err := p.accounts()
	if err != nil {
		return err
	}
	accounts, err := store.List(c.Context())
	if err != nil {
		return err
	}
	var failed error
	for _, a := range only(accounts, service) {
		failed = errors.Join(failed, signOut(c, store, a))
	}
	return failed
}

func signOut(c *cobra.Command, store *account.Store, a account.Account) error {
	if err := store.Remove(c.Context(), a.Name); err != nil {
		return fmt.Errorf("signing out %s: %w", a.Name, err)
	}
	_, err := fmt.Fprintf(c.ErrOrStderr(), "Signed out %s.\n", a.Name)
	return err
}
