package keyring

import (
	"errors"
	"syscall"
)

// itemSize is Windows' limit for one credential (CRED_MAX_CREDENTIAL_BLOB_SIZE).
const itemSize = 2560

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
