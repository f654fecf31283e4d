package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

func newWhoami(p *program) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "whoami [ACCOUNT]",
		Short:   "Ask Egnyte whose token it is",
		Long:    "Ask Egnyte who the account's token belongs to: the one sure way to know that it\nworks.",
		Example: "  egnyte-auth whoami\n  egnyte-auth whoami acme --json",
		Args:    usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			store, a, err := p.find(c, named(args))
			if err != nil {
				return err
			}
			domain, err := a.OAuthDomain()
			if err != nil {
				return err
			}
			user, err := askWho(c.Context(), store, a, domain)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), person{a.Name, a.Domain, domain.URL(), user.ID, user.Username, user.Name(), user.Email})
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%s (%s at %s)\n", plain(user.Name()), plain(user.Username), plain(a.Domain))
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON: account, domain, base_url, id, username, name, email")
	return c
}

// person is what whoami --json prints.
type person struct {
	Account  string `json:"account"`
	Domain   string `json:"domain"`
	BaseURL  string `json:"base_url"`
	ID       int64  `json:"id"`
	Username string `json:"username"`
	Name     string `json:"name"`
	Email    string `json:"email"` // often empty: Egnyte does not always say
}

// askWho asks once more with a renewed token if Egnyte refuses this one. If it refuses
// that one too, or if the token belongs to another user, the account has to sign in again.
func askWho(ctx context.Context, store *account.Store, a account.Account, domain oauth.Domain) (oauth.User, error) {
	token, err := store.Token(ctx, a, account.TokenOptions{MinLeft: time.Minute})
	if err != nil {
		return oauth.User{}, err
	}
	user, err := oauth.UserInfo(ctx, store.HTTP, domain, token.Access)
	if oauth.TokenRefused(err) {
		if token, err = store.Token(ctx, a, account.TokenOptions{Rejected: token.Access}); err != nil {
			return oauth.User{}, err
		}
		user, err = oauth.UserInfo(ctx, store.HTTP, domain, token.Access)
	}
	return user, store.Judge(ctx, a, user, err)
}
