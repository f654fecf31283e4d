package account

import (
	"errors"
	"syscall"
)

func keyringReachable() error { return nil }

// keyringTrouble: Windows' credential store opens with the person's session and
// is missing where there is none (ERROR_NO_SUCH_LOGON_SESSION).
func keyringTrouble(err error) KeyringTrouble {
	const noSuchLogonSession = syscall.Errno(1312)
	if errors.Is(err, noSuchLogonSession) {
		return KeyringAbsent
	}
	return KeyringFailed
}
