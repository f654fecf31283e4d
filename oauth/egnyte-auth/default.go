package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newDefault(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "default [ACCOUNT]",
		Short:   "Show or set the default account",
		Long:    "Print the name of the default account. With ACCOUNT, make it the default first.",
		Example: "  egnyte-auth default\n  egnyte-auth default acme",
		Args:    usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			store, found, err := p.find(c, args)
			if err != nil {
				return err
			}
			if len(args) > 0 && !found.Default {
				if err := store.SetDefault(c.Context(), found.Name); err != nil {
					return fmt.Errorf("setting the default account: %w", err)
				}
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), plain(found.Name))
			return err
		},
	}
}
