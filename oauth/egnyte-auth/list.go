package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
)

// entry is an account as --json prints it.
type entry struct {
	Account  string        `json:"account"`
	Domain   string        `json:"domain"`
	Username string        `json:"username"`
	Name     string        `json:"name"`
	State    account.State `json:"state"`
	Expires  *time.Time    `json:"expires"` // RFC 3339; null: does not expire
	Scopes   []string      `json:"scopes"`
	Default  bool          `json:"default"`
}

func entryOf(a account.Account) entry {
	a = a.At(time.Now())
	e := entry{a.Name, a.Domain, a.Username, a.DisplayName, a.State, nil, a.Scopes, a.Default}
	if a.Expires != nil {
		expires := a.Expires.UTC().Truncate(time.Second)
		e.Expires = &expires
	}
	if e.Scopes == nil {
		e.Scopes = []string{}
	}
	return e
}

func newList(p *program) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the accounts that are signed in",
		Example: "  egnyte-auth list\n  egnyte-auth list --json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			_, accounts, err := p.list(c.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return printList(c.OutOrStdout(), accounts)
			}
			return printTable(c, c.OutOrStdout(), accounts)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// list is every account that --service lets through, and the store they are in.
func (p *program) list(ctx context.Context) (*account.Store, []account.Account, error) {
	store, service, err := p.accounts()
	if err != nil {
		return nil, nil, err
	}
	accounts, err := store.List(ctx)
	return store, only(accounts, service), err
}

func only(accounts []account.Account, service *oauth.Service) []account.Account {
	if service == nil {
		return accounts
	}
	var kept []account.Account
	for _, a := range accounts {
		if a.Service == service.String() {
			kept = append(kept, a)
		}
	}
	return kept
}

func printList(w io.Writer, accounts []account.Account) error {
	entries := make([]entry, 0, len(accounts))
	for _, a := range accounts {
		entries = append(entries, entryOf(a))
	}
	return printJSON(w, entries)
}

func printJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("printing the result: %w", err)
	}
	return nil
}

// noAccount says how to add the first account.
func noAccount(c *cobra.Command) string {
	return "No account yet. Add one with: " + commandLine(c, "store", "service") + " signin"
}

func printTable(c *cobra.Command, out io.Writer, accounts []account.Account) error {
	if len(accounts) == 0 {
		_, err := fmt.Fprintln(c.ErrOrStderr(), noAccount(c))
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	now := time.Now()
	fmt.Fprintln(table, "\tACCOUNT\tNAME\tSTATE\tEXPIRES\tCHECKED\tREASON")
	for _, a := range accounts {
		r, mark := advice.RowOf(a, now), ""
		if r.Default {
			mark = "*"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", mark, plain(r.Name), plain(r.DisplayName), plain(string(r.State)),
			expiryWords(r.Account, now), checkedWords(r.Checked, now), plain(reasonWords(r)))
	}
	return table.Flush()
}
