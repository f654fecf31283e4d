package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newHeader(p *program) *cobra.Command {
	return authorizationCommand(p, "Authorization: %s\n", &cobra.Command{
		Use:   "header [ACCOUNT]",
		Short: "Print the Authorization header with the account's token",
		Long: "Print the line `Authorization: Bearer …`, for programs that read headers from a\n" +
			"file: so the token shows up in no list of processes.\n\n" + tokenFromEnvironment,
		Example: "  curl -H @<(egnyte-auth header acme) https://acme.egnyte.com/pubapi/v1/userinfo",
	})
}

func newCurlrc(p *program) *cobra.Command {
	return authorizationCommand(p, "header = \"Authorization: %s\"\n", &cobra.Command{
		Use:   "curlrc [ACCOUNT]",
		Short: "Print a curl configuration with the account's token",
		Long: "Print a configuration for curl's -K that sends the account's token.\n\n" +
			tokenFromEnvironment,
		Example: "  egnyte-auth curlrc acme | curl -K - https://acme.egnyte.com/pubapi/v1/userinfo",
	})
}

// authorizationCommand makes c print the header's value in the given format.
func authorizationCommand(p *program, format string, c *cobra.Command) *cobra.Command {
	var f bearerFlags
	f.add(c)
	c.Args = usageArgs(cobra.MaximumNArgs(1))
	c.RunE = func(c *cobra.Command, args []string) error {
		b, err := p.bearer(c, args, f)
		if err != nil {
			return err
		}
		value, err := b.authorization()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), format, value)
		return err
	}
	return c
}
