package main

import (
	"github.com/spf13/cobra"

	"egnyte-accounts/oauth/practice"
)

func newPractice(*program) *cobra.Command {
	var listen string
	c := &cobra.Command{
		Use:   "practice",
		Short: "Run a practice Egnyte on this machine, to try things without a key",
		Long: "Run a practice Egnyte on this machine until Ctrl-C. It prints its address, a key\n" +
			"and its secret, and the names and passwords of the people who live there.",
		Example: "  egnyte-auth practice\n  egnyte-auth practice --listen 127.0.0.1:8765",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return practice.Serve(c.Context(), practice.Options{Listen: listen}, c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "loopback `ADDR`ess; port 0 takes any free one")
	return c
}
