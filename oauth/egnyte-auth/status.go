package main

import (
	"cmp"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
)

// status is what status --json prints.
type status struct {
	Version  int             `json:"version"`
	Accounts []accountStatus `json:"accounts"`
}

type accountStatus struct {
	entry
	Checked *time.Time `json:"checked"` // when Egnyte last accepted the token; null: not known
	Reason  string     `json:"reason"`  // why the user has to sign in again, else a temporary trouble; "": neither, or not known
}

func newStatus(p *program) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Show the state of the accounts, without asking Egnyte",
		Long: "Show for every account whether it works, when Egnyte last accepted its token, and\n" +
			"why you have to sign in again. It asks neither Egnyte nor the keyring: see whoami.",
		Example: "  egnyte-auth status\n  egnyte-auth status --json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			_, accounts, err := p.list(c.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), statusOf(accounts))
			}
			return printStatus(c, c.OutOrStdout(), accounts)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON: version, and accounts as in list with checked and reason")
	return c
}

func statusOf(accounts []account.Account) status {
	s := status{Version: 1, Accounts: []accountStatus{}}
	for _, a := range accounts {
		a = a.At(time.Now())
		s.Accounts = append(s.Accounts, accountStatus{entryOf(a), a.Checked, cmp.Or(string(a.Reason), string(a.Trouble))})
	}
	return s
}

func printStatus(c *cobra.Command, out io.Writer, accounts []account.Account) error {
	if len(accounts) == 0 {
		_, err := fmt.Fprintln(c.ErrOrStderr(), noAccount(c))
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ACCOUNT\tSTATE\tEXPIRES\tCHECKED\tREASON")
	now := time.Now()
	for _, a := range accounts {
		r, checked := advice.RowOf(a, now), "-"
		if r.Checked != nil {
			checked = r.Checked.Local().Format(time.DateTime)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", plain(r.Name), plain(string(r.State)), expiryWords(r.Account, now), checked, plain(reasonWords(r)))
	}
	return table.Flush()
}
