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
	c.Short = "Print what makes a shell complete commands and accounts"
	c.Long = "Print what makes a shell complete egnyte-auth's commands, flags and accounts."
	c.Example = "  " + completionFiles["bash"] + "\n  " + completionFiles["zsh"]
	for _, shell := range c.Commands() {
		shell.Short = "Print it for " + shell.Name()
		shell.Long = "Print what makes " + shell.Name() + " complete egnyte-auth's commands, flags and accounts.\nA new shell knows it."
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
