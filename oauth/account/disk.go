package account

import (
	"github.com/gofrs/flock"

	"egnyte-accounts/oauth/internal/wholefile"
)

// disk is the file system and its locks, so that tests can break them and stop
// between two steps.
type disk interface {
	wholefile.Disk
	// Lock takes the lock, and waits for it if told to. False: it is taken.
	Lock(file *flock.Flock, wait bool) (bool, error)
}

type realDisk struct{ wholefile.OS }

func (realDisk) Lock(file *flock.Flock, wait bool) (bool, error) {
	if wait {
		return true, file.Lock()
	}
	return file.TryLock()
}
