package account

import (
	"errors"
	"os/exec"
)

func keyringReachable() error { return nil }

// keyringTrouble reads the exit code of /usr/bin/security: the low byte of an
// OSStatus (Apple's SecBase.h).
func keyringTrouble(err error) KeyringTrouble {
	const (
		interactionNotAllowed = 36  // errSecInteractionNotAllowed, -25308
		authFailed            = 51  // errSecAuthFailed, -25293
		userCanceled          = 128 // errSecUserCanceled, -128
		noDefaultKeychain     = 37  // errSecNoDefaultKeychain, -25307
	)
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return KeyringAbsent
	}
	switch exit.ExitCode() {
	case interactionNotAllowed, authFailed, userCanceled:
		return KeyringLocked
	case noDefaultKeychain:
		return KeyringAbsent
	}
	return KeyringFailed
}
