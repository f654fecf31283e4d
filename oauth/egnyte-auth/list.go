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
			return printTable(c.OutOrStdout(), c.ErrOrStderr(), accounts)
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

func printTable(out, hint io.Writer, accounts []account.Account) error {
	if len(accounts) == 0 {
		_, err := fmt.Fprintln(hint, "No account yet. Add one with: egnyte-auth signin")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	now := time.Now()
	fmt.Fprintln(table, "\tACCOUNT\tNAME\tSTATE\tEXPIRES\tCHECKED\tREASON")
	for _, a := range accounts {
		mark := ""
		if a.Default {
			mark = "*"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", mark, plain(a.Name), plain(a.DisplayName), plain(string(a.State)),
			expiryWords(a.Expires, now), checkedWords(a.Checked, now), plain(reasonWords(a, now)))
	}
	return table.Flush()
}

func expiryWords(expires *time.Time, now time.Time) string {
	if expires == nil {
		return "never"
	}
	left := expires.Sub(now)
	switch {
	case left <= 0:
		return "over"
	case left < time.Hour:
		return fmt.Sprintf("in %d min", int(left.Minutes())+1)
	case left < 48*time.Hour:
		return fmt.Sprintf("in %d hours", int(left.Hours()))
	}
	return fmt.Sprintf("in %d days", int(left.Hours()/24))
}

func checkedWords(checked *time.Time, now time.Time) string {
	if checked == nil {
		return "never"
	}
	ago := now.Sub(*checked)
	switch {
	case ago < time.Minute:
		return "just now"
	case ago < time.Hour:
		return fmt.Sprintf("%d min ago", int(ago.Minutes()))
	case ago < 48*time.Hour:
		return fmt.Sprintf("%d hours ago", int(ago.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(ago.Hours()/24))
}

// reasonWords says what keeps an account from working, in the code's words.
func reasonWords(a account.Account, now time.Time) string {
	switch {
	case a.State == account.Reconnect:
		return string(a.Reason)
	case a.Trouble == "":
		return ""
	case a.Until != nil && a.Until.After(now):
		return string(a.Trouble) + " until " + a.Until.Local().Format("15:04")
	case a.Since != nil:
		return string(a.Trouble) + " since " + a.Since.Local().Format("15:04")
	}
	return string(a.Trouble)
}
