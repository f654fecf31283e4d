package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

func newHeader(p *program) *cobra.Command {
	var asJSON bool
	c := authorizationCommand(p, func(w io.Writer, value string) error {
		if asJSON {
			return printJSON(w, map[string]string{"Authorization": value})
		}
		_, err := fmt.Fprintf(w, "Authorization: %s\n", value)
		return err
	}, &cobra.Command{
		Use:   "header [ACCOUNT]",
		Short: "Print the Authorization header with the account's token",
		Long: "Print the line `Authorization: Bearer …`, for programs that read headers from a\n" +
			"file: so the token shows up in no list of processes.\n\n" + tokenFromEnvironment,
		Example: "  curl -H @<(egnyte-auth header acme) https://acme.egnyte.com/pubapi/v1/userinfo\n  egnyte-auth header --json",
	})
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON: an object of headers, for programs that run a command to get them")
	return c
}

func newCurlrc(p *program) *cobra.Command {
	return authorizationCommand(p, func(w io.Writer, value string) error {
		_, err := fmt.Fprintf(w, "header = \"Authorization: %s\"\n", value)
		return err
	}, &cobra.Command{
		Use:   "curlrc [ACCOUNT]",
		Short: "Print a curl configuration with the account's token",
		Long: "Print a configuration for curl's -K that sends the account's token.\n\n" +
			tokenFromEnvironment,
		Example: "  egnyte-auth curlrc acme | curl -K - https://acme.egnyte.com/pubapi/v1/userinfo",
	})
}

// authorizationCommand makes c print the header's value.
func authorizationCommand(p *program, print func(w io.Writer, value string) error, c *cobra.Command) *cobra.Command {
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
		return print(c.OutOrStdout(), value)
	}
	return c
}
