//go:build !windows && !darwin

package advice

import "egnyte-accounts/oauth/words"

// keyringPackage is what a system without a password store lacks.
func keyringPackage() string { return words.Say("gnome-keyring or KWallet") }
