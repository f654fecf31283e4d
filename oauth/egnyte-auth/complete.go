package main

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// addCompletions tells shells what can follow: accounts where a command takes
// one, and files only where a command takes those.
func (p *program) addCompletions(root *cobra.Command) {
	for _, c := range root.Commands() {
		switch {
		case c.ValidArgsFunction != nil:
		case strings.Contains(c.Use, "[ACCOUNT]"):
			c.ValidArgsFunction = p.completeAccount
		default:
			c.ValidArgsFunction = cobra.NoFileCompletions
		}
	}
}

func (p *program) completeAccount(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	// Behind exec's -- a command is typed. ArgsLenAtDash does not know: cobra
	// completes as if there were a -- always.
	if c.Name() == "exec" && slices.Contains(os.Args, "--") {
		return nil, cobra.ShellCompDirectiveDefault
	}
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	store, service, err := p.accounts()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	accounts, err := store.List(c.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var found []cobra.Completion
	for _, a := range only(accounts, service) {
		label, _, _ := strings.Cut(a.Domain, ".")
		if strings.HasPrefix(a.Name, typed) || strings.HasPrefix(label, typed) {
			found = append(found, cobra.CompletionWithDesc(a.Name, plain(a.DisplayName)))
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}
