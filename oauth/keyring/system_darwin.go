package keyring

import (
	"errors"
	"os/exec"
)

// itemSize keeps go-keyring's command below the 4,096 bytes that /usr/bin/security
// reads; it sends a secret in base64.
const itemSize = 2048

func reachable() error { return nil }

// kindOf reads the exit code of /usr/bin/security: the low byte of an
// OSStatus (Apple's SecBase.h).
func kindOf(err error) Kind {
	const (
		interactionNotAllowed = 36  // errSecInteractionNotAllowed, -25308
		authFailed            = 51  // errSecAuthFailed, -25293
		userCanceled          = 128 // errSecUserCanceled, -128
		noDefaultKeychain     = 37  // errSecNoDefaultKeychain, -25307
	)
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return Absent
	}
	switch exit.ExitCode() {
	case interactionNotAllowed, authFailed, userCanceled:
		return Locked
	case noDefaultKeychain:
		return Absent
	}
	return Failed
}
