package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth/redirect"
)

// openWait is how long a browser has to fail. One in the foreground goes on
// running after that.
const openWait = 3 * time.Second

func newOpen(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "open [ACCOUNT]",
		Short:   "Open the account's Egnyte in the browser",
		Long:    "Open the account's Egnyte in the browser. Where there is none, the address is\nprinted on stdout.",
		Example: "  egnyte-auth open\n  egnyte-auth open acme",
		Args:    usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			_, a, err := p.find(c, named(args))
			if err != nil {
				return err
			}
			domain, err := a.OAuthDomain()
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(c.Context(), openWait)
			defer cancel()
			err = redirect.SystemBrowser{}.Open(ctx, domain.URL())
			if none := (*redirect.NoBrowserError)(nil); errors.As(err, &none) {
				if _, printErr := fmt.Fprintln(c.OutOrStdout(), domain.URL()); printErr != nil {
					return errors.Join(err, printErr)
				}
			}
			return err
		},
	}
}
