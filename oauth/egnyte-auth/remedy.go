package main

import (
	"errors"
	"strings"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
)

// remedy is the command that does here what the advice's button does in the
// window; "" where that is to run the same command again, or nothing.
func remedy(action advice.Action, err error) string {
	switch action {
	case advice.InstallCert:
		return "Run egnyte-auth cert install, or egnyte-auth signin --paste."
	case advice.Paste:
		return "Run egnyte-auth signin --paste."
	case advice.TypePassword:
		return "Run egnyte-auth signin DOMAIN --flow password --username NAME."
	case advice.TypeDomain:
		return "Run egnyte-auth signin DOMAIN."
	case advice.OpenSettings:
		return "Run egnyte-auth config list to see what is set, and egnyte-auth config set client_id KEY, client_secret or redirect_uri to change it."
	case advice.CopyRedirect:
		return "Run egnyte-auth config set redirect_uri ADDRESS to change it here."
	case advice.Reconnect:
		return "Run this:\n  egnyte-auth signin " + accountOf(err)
	case advice.AddInstead:
		return "Run egnyte-auth signin to add them."
	case advice.RemoveAnyway:
		return "Run this:\n  egnyte-auth signout --anyway " + accountOf(err)
	case advice.StartPractice:
		return "Run egnyte-auth practice."
	}
	return ""
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
