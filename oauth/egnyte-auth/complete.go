package main

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// addCompletions sets what a shell completes: accounts for commands that take one, and
// files only for commands that take those.
func (p *program) addCompletions(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			explainCompletion(c)
		}
	}
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

// completionFiles is where each shell looks for what it prints (PowerShell has
// no such place).
var completionFiles = map[string]string{
	"bash":       "egnyte-auth completion bash > ~/.local/share/bash-completion/completions/egnyte-auth",
	"fish":       "egnyte-auth completion fish > ~/.config/fish/completions/egnyte-auth.fish",
	"powershell": "egnyte-auth completion powershell | Out-String | Invoke-Expression",
	"zsh":        `egnyte-auth completion zsh > "${fpath[1]}/_egnyte-auth"`,
}

// explainCompletion puts our words in place of cobra's.
func explainCompletion(c *cobra.Command) {
	c.Short = "Generate the shell completion script"
	c.Long = "Generate the script that completes egnyte-auth's commands, flags and accounts in a shell."
	c.Example = "  " + completionFiles["bash"] + "\n  " + completionFiles["zsh"]
	for _, shell := range c.Commands() {
		shell.Short = "Generate it for " + shell.Name()
		shell.Long = "Generate the script that completes egnyte-auth's commands, flags and accounts in " + shell.Name() + ".\nIt takes effect in a new shell."
		shell.Example = "  " + completionFiles[shell.Name()]
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
			found = append(found, cobra.CompletionWithDesc(plain(a.Name), plain(a.DisplayName)))
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}
