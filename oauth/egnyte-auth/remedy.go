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
		return "Run egnyte-auth signin " + placeOf(err) + "."
	case advice.AddInstead:
		return "Run egnyte-auth signin to add them."
	case advice.RemoveAnyway:
		return "Run egnyte-auth signout " + accountOf(err) + " --anyway."
	case advice.StartPractice:
		return "Run egnyte-auth practice."
	}
	return ""
}

// accountOf is the account that an error is about, or where its name goes.
func accountOf(err error) string {
	if over := (*account.ReconnectError)(nil); errors.As(err, &over) {
		return over.Account
	}
	if lost := (*account.LostPairError)(nil); errors.As(err, &lost) {
		return lost.Account
	}
	if stays := (*account.NotRevokedError)(nil); errors.As(err, &stays) {
		return stays.Account
	}
	return "ACCOUNT"
}

// placeOf is where that account signs in. A host without a port is what DOMAIN
// takes at any service.
func placeOf(err error) string {
	_, domain, named := strings.Cut(accountOf(err), "@")
	if !named {
		return "DOMAIN"
	}
	return domain
}
