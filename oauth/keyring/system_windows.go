package keyring

import (
	"errors"
	"syscall"
)

func reachable() error { return nil }

// kindOf reads an error of Windows' credential store, which opens with the user's
// session and is missing without one (ERROR_NO_SUCH_LOGON_SESSION).
func kindOf(err error) Kind {
	const noSuchLogonSession = syscall.Errno(1312)
	if errors.Is(err, noSuchLogonSession) {
		return Absent
	}
	return Failed
}
