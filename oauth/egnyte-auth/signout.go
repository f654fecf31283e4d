package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth/account"
)

// signOutFlags is what `signout` was asked for.
type signOutFlags struct{ all, anyway bool }

func newSignOut(p *program) *cobra.Command {
	f := &signOutFlags{}
	c := &cobra.Command{
		Use:   "signout [ACCOUNT]",
		Short: "Sign out at Egnyte and forget the account here",
		Long: "Sign out at Egnyte and forget the account here. If its token can't be revoked,\n" +
			"nothing is removed; --anyway then removes the account from this machine.",
		Example: "  egnyte-auth signout jsmith@acme.egnyte.com\n  egnyte-auth signout --all\n  egnyte-auth signout acme --anyway",
		Args:    usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if f.all && len(args) > 0 {
				return &usageError{"name an account or use --all, not both"}
			}
			if f.all {
				return p.signOutAll(c, f.anyway)
			}
			store, found, err := p.find(c, args)
			if err != nil {
				return err
			}
			return signOut(c, store, found, f.anyway)
		},
	}
	c.Flags().BoolVar(&f.all, "all", false, "every account (with --service, every account there)")
	c.Flags().BoolVar(&f.anyway, "anyway", false, "remove the account here even if its token can't be revoked")
	return c
}

// signOutAll reports per account. Its error, and so the exit code, is the first
// account's that stayed.
func (p *program) signOutAll(c *cobra.Command, anyway bool) error {
	store, all, err := p.list(c.Context())
	if err != nil {
		return err
	}
	var stayed []error
	for _, a := range all {
		err := signOut(c, store, a, anyway)
		if err != nil {
			fmt.Fprintf(c.ErrOrStderr(), "%s stays: %s\n", plain(a.Name), plainLines(sentence(c, err)))
			stayed = append(stayed, err)
		}
		if errors.Is(err, context.Canceled) {
			break
		}
	}
	if len(stayed) == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d accounts stayed: %w", len(stayed), len(all), stayed[0])
}

func signOut(c *cobra.Command, store *account.Store, a account.Account, anyway bool) error {
	err := store.SignOut(c.Context(), a.Name)
	told := "Signed out %s.\n"
	if notRevoked := (*account.NotRevokedError)(nil); anyway && errors.As(err, &notRevoked) {
		told = "Removed %s from this machine. Its token could not be revoked: it stays signed in at Egnyte.\n"
		err = store.Remove(c.Context(), a.Name)
	}
	if err != nil {
		return fmt.Errorf("signing out %s: %w", a.Name, err)
	}
	_, err = fmt.Fprintf(c.ErrOrStderr(), told, plain(a.Name))
	return err
}
