//go:build windows || darwin

package advice

import "egnyte-accounts/oauth/words"

// keyringPackage: these systems have one, so it can only be switched off.
func keyringPackage() string { return words.Say("or switch on the one that belongs to this system") }
