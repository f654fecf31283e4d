package wholefile

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// errSharingViolation is ERROR_SHARING_VIOLATION: somebody has the file open.
const errSharingViolation = syscall.Errno(32)

// replace renames. Windows refuses while a reader has the old file open, which
// takes a moment, so it is tried again.
func replace(from, to string) error {
	return retry(func() error { return os.Rename(from, to) })
}

func read(path string) (data []byte, err error) {
	err = retry(func() error { data, err = os.ReadFile(path); return err })
	return data, err
}

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

// syncFolder: Windows has no such call.
func syncFolder(string) {}
