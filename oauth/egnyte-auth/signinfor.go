package main

import (
	"strings"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/client"
	"egnyte-accounts/oauth/settings"
)

// signInFor signs in because a token was asked for: again for an account that
// is known, else for a new one at the domain that was named.
func (p *program) signInFor(c *cobra.Command, a account.Account, args []string) (account.Account, error) {
	f := &signInFlags{asked: settings.Values{"service": p.service}, username: a.Username, timeout: client.BrowserLimit, forToken: true, again: a}
	if a.Name == "" && len(args) > 0 {
		at := strings.LastIndex(args[0], "@")
		f.username, f.asked["domain"] = args[0][:max(at, 0)], args[0][at+1:]
	}
	return f.signIn(c, p)
}
