package window

import (
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
)

// known is what was read from disk.
type known struct {
	read     bool
	accounts []account.Account
	setup    settings.Effective
	noTray   bool
}

// service is the Egnyte in force; egnyte.com until the settings are read.
func (k known) service() oauth.Service { return k.setup.Service }

func (k known) inPractice() bool {
	_, ok := practiceAddress(k.service())
	return ok
}

// inOwnPractice is inPractice with this app's own key.
func (k known) inOwnPractice() bool {
	return k.inPractice() && k.setup.Key.ID == PracticeKeyID
}

// practiceNote tells whom to sign in as.
func (k known) practiceNote() string {
	if !k.inOwnPractice() {
		return ""
	}
	return words.Say("Practice Egnyte: domain {domain}, sign in as {name} with the password {password}.",
		"domain", practiceDomain, "name", practicePerson, "password", practicePassword)
}

// needsPassword reports a sign-in that no browser can do.
func (k known) needsPassword(r request) bool {
	if r.flow == "" && r.account != nil {
		return k.setup.FlowAgain(r.account.KeyID, r.account.Flow) == oauth.FlowPassword
	}
	return r.flow == oauth.FlowPassword
}
