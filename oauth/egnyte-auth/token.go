package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func newToken(p *program) *cobra.Command {
	var f bearerFlags
	var asJSON bool
	c := &cobra.Command{
		Use:   "token [ACCOUNT]",
		Short: "Print an account's access token",
		Long: "Print an account's access token, and nothing else, on stdout, renewed first where\n" +
			"little of its life is left. ACCOUNT is a name from the list, or a domain, its\n" +
			"first label or a user name if only one account has it. Without it, the default\n" +
			"account is meant. No browser opens unless --signin asks for it.\n\n" + lifeOfToken + "\n" + tokenFromEnvironment,
		Example: "  egnyte-auth token\n  egnyte-auth token acme --json\n  egnyte-auth token jsmith@acme.egnyte.com --min-valid 1h",
		Args:    usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			b, err := p.bearer(c, args, f)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), tokenReply{b.account, b.domain, b.baseURL, b.access.Reveal(), b.kind, b.expires})
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), b.access.Reveal())
			return err
		},
	}
	f.add(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON: account, domain, base_url, access_token, token_type, expires")
	return c
}

// tokenReply is what token --json prints. Account, domain and base_url are empty
// where the environment gave the token and does not say.
type tokenReply struct {
	Account     string     `json:"account"`
	Domain      string     `json:"domain"`
	BaseURL     string     `json:"base_url"`
	AccessToken string     `json:"access_token"`
	TokenType   string     `json:"token_type"`
	Expires     *time.Time `json:"expires"` // RFC 3339; null: does not expire, or not known
}
