package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth"
)

// tokenLeft is what a script may count on; less than that left means a new token.
const tokenLeft = 5 * time.Minute

func newToken(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "token [ACCOUNT]",
		Short: "Print an account's access token",
		Long: "Print an account's access token, and nothing else, on stdout; it is renewed first\n" +
			"where less than 5 minutes of its life are left. ACCOUNT is a name\n" +
			"from the list, or a domain or its first label where only one account is there;\n" +
			"left out, the default account is meant.",
		Example: "  egnyte-auth token\n  egnyte-auth token jsmith@acme.egnyte.com\n  egnyte-auth token acme",
		Args:    usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			store, found, err := p.find(c.Context(), args)
			if err != nil {
				return err
			}
			token, err := store.Fresh(c.Context(), oauth.NewHTTPClient(), found, tokenLeft)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), token.Access.Reveal())
			return err
		},
	}
}
