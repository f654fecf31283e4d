package wholefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/windows"
)

// errSharingViolation is ERROR_SHARING_VIOLATION: another program has the file open.
const errSharingViolation = syscall.Errno(32)

// replace renames. Windows refuses while a reader has the old file open, which
// takes a moment, so it is tried again.
func replace(from, to string) error {
	return retry(func() error { return os.Rename(from, to) })
}

func open(path string) (file *os.File, err error) {
	err = retry(func() error { file, err = os.Open(path); return err })
	return file, err
}

// trustedOwners are the administrators, and the system itself. In ProgramData everybody may make folders and files.
var trustedOwners = []windows.WELL_KNOWN_SID_TYPE{windows.WinBuiltinAdministratorsSid, windows.WinLocalSystemSid}

func checkTrusted(file *os.File) error {
	security, err := windows.GetSecurityInfo(windows.Handle(file.Fd()), windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return err
	}
	owner, _, err := security.Owner()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(trustedOwners, owner.IsWellKnown) {
		return nil
	}
	if user, err := windows.GetCurrentProcessToken().GetTokenUser(); err == nil && owner.Equals(user.User.Sid) {
		return nil
	}
	return errForeign
}

// othersRead doesn't read access lists: the folders of a user's profile are private.
func othersRead(fs.FileInfo) bool { return false }

// checkAdministrators looks at the owners of the file and its folder. It does not
// read their access lists.
func checkAdministrators(path string, _ int) error {
	for _, name := range []string{filepath.Dir(path), path} {
		security, err := windows.GetNamedSecurityInfo(name, windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION)
		if err != nil {
			return err
		}
		owner, _, err := security.Owner()
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(trustedOwners, owner.IsWellKnown) {
			return &UntrustedError{name}
		}
	}
	return nil
}

// checkOwner does nothing: administrators use folders as themselves.
func checkOwner(string) error { return nil }

// makePrivate does nothing: the folder inherits the rights of the user's profile.
func makePrivate(string) error { return nil }

func retry(do func() error) error {
	const tries, pause = 50, 10 * time.Millisecond
	err := do()
	for range tries {
		if !errors.Is(err, errSharingViolation) && !errors.Is(err, syscall.ERROR_ACCESS_DENIED) {
			return err
		}
		time.Sleep(pause)
		err = do()
	}
	return err
}

// syncFolder does nothing: Windows has no such call.
func syncFolder(string) {}
