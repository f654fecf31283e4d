package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth/doctor"
	"egnyte-accounts/oauth/settings"
)

// diagnosis is what --json prints.
type diagnosis struct {
	Version int            `json:"version"`
	Checks  []doctor.Check `json:"checks"`
}

func newDoctor(p *program) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check what signing in stands on, and say what to do",
		Long: "Check the keyring, the way back from the browser, the key, the settings and where\n" +
			"each came from, and whether Egnyte can be reached. Nothing is changed, and the\n" +
			"report is safe to paste: it holds no secret and no name. Exit code 1 where\n" +
			"signing in can't work; a missing display or tray alone is no such thing.",
		Example: "  egnyte-auth doctor\n  egnyte-auth doctor --json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			place, err := p.place()
			if err != nil {
				return err
			}
			checks := doctor.Run(c.Context(), doctor.Options{
				Accounts: place.dir,
				Keyring:  place.keyring,
				Version:  versionOrBuild(),
				Flags:    settings.Values{"service": p.service},
			})
			if c.Context().Err() != nil {
				return fmt.Errorf("looking around: %w", context.Cause(c.Context()))
			}
			if asJSON {
				err = printJSON(c.OutOrStdout(), diagnosis{1, checks})
			} else {
				_, err = fmt.Fprint(c.OutOrStdout(), plainLines(doctor.Text(checks)))
			}
			if err == nil && !doctor.Healthy(checks) {
				err = &toldError{text: "Signing in can't work like this; the report says what to do.", exit: 1}
			}
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}
