package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
)

// remedy is the command that does here what the advice's button does in the
// window; "" where that is to run the same command again, or nothing. It repeats
// flags that c was given, but not --service where the account's name says it.
func remedy(c *cobra.Command, action advice.Action, err error) string {
	ofStore, ofService := commandLine(c, "store"), commandLine(c, "store", "service")
	switch action {
	case advice.InstallCert:
		return "Run egnyte-auth cert install, or " + ofService + " signin --paste."
	case advice.Paste:
		return "Run " + ofService + " signin --paste."
	case advice.TypePassword:
		return "Run " + ofService + " signin DOMAIN --flow password --username NAME."
	case advice.TypeDomain:
		return "Run " + ofService + " signin DOMAIN."
	case advice.OpenSettings:
		return "Run egnyte-auth config list to see what is set, and egnyte-auth config set client_id KEY, client_secret or redirect_uri to change it."
	case advice.CopyRedirect:
		return "Run egnyte-auth config set redirect_uri ADDRESS to change it here."
	case advice.Reconnect:
		return "Run this:\n  " + ofStore + " signin " + accountOf(err)
	case advice.AddInstead:
		return "Run " + ofService + " signin to add them."
	case advice.RemoveAnyway:
		return "Run this:\n  " + ofStore + " signout --anyway " + accountOf(err)
	case advice.StartPractice:
		return "Run egnyte-auth practice."
	}
	return ""
}

// commandLine is how a command begins that is printed to be run: it repeats those
// of the named flags of every command that c was given.
func commandLine(c *cobra.Command, flags ...string) string {
	line := "egnyte-auth"
	if c == nil {
		return line
	}
	for _, name := range flags {
		f := c.Root().PersistentFlags().Lookup(name)
		if f == nil || !f.Changed {
			continue
		}
		value := shellWord(f.Value.String())
		if plainLines(f.Value.String()) != f.Value.String() {
			value = strings.ToUpper(name) // can't be shown as it is
		}
		line += " --" + name + " " + value
	}
	return line
}

// accountOf is the whole name of the account that an error is about, as one
// argument for a shell; ACCOUNT if there is none, or if it can't be shown as it is.
func accountOf(err error) string {
	name := ""
	if over := (*account.ReconnectError)(nil); errors.As(err, &over) {
		name = over.Account
	}
	if lost := (*account.LostPairError)(nil); errors.As(err, &lost) {
		name = lost.Account
	}
	if stays := (*account.NotRevokedError)(nil); errors.As(err, &stays) {
		name = stays.Account
	}
	switch {
	case name == "" || plainLines(name) != name:
		return "ACCOUNT"
	case strings.HasPrefix(name, "-"):
		return "-- " + shellWord(name)
	}
	return shellWord(name)
}
