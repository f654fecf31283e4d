package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const (
	// accountWait bounds the wait for another process's change of the same
	// account, which may in turn be waiting for a keyring.
	accountWait = 2 * keyringWait
	lockRetry   = 5 * time.Millisecond
)

// fileLock is a lock that other processes respect, and that a crash frees.
type fileLock struct{ file *flock.Flock }

// lock takes the lock at path, waiting until ctx ends.
func lock(ctx context.Context, path string) (*fileLock, error) {
	for {
		held, err := tryLock(path)
		if held != nil || err != nil {
			return held, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("somebody else is changing it: %w", context.Cause(ctx))
		case <-time.After(lockRetry):
		}
	}
}

// tryLock takes the lock at path if it is free; else both results are nil.
func tryLock(path string) (*fileLock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of locks: %w", err)
	}
	file := flock.New(path, flock.SetPermissions(0o600))
	taken, err := file.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking: %w", err)
	}
	if !taken {
		return nil, nil
	}
	// Its last owner may have removed the file between our open and our lock:
	// then the next one to come would lock another file of the same name.
	ours, err := file.Stat()
	if err == nil {
		var there os.FileInfo
		if there, err = os.Stat(path); err == nil && os.SameFile(ours, there) {
			return &fileLock{file}, nil
		}
	}
	_ = file.Unlock()
	return nil, nil
}

func (l *fileLock) release() { _ = l.file.Unlock() }

// releaseAndRemove takes the lock's file away while nobody else can hold it, and
// gives the lock back. A file that stays (Windows keeps open ones) does no harm.
func (l *fileLock) releaseAndRemove() {
	_ = os.Remove(l.file.Path())
	_ = l.file.Unlock()
}

func (s *Store) lockPath(name string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(name)))
	return filepath.Join(s.dir, "locks", hex.EncodeToString(sum[:12])+".lock")
}

// lockAccount is taken before anything of that account changes, in the index
// or in the keyring.
func (s *Store) lockAccount(ctx context.Context, name string) (*fileLock, error) {
	ctx, cancel := context.WithTimeout(ctx, accountWait)
	defer cancel()
	held, err := lock(ctx, s.lockPath(name))
	if err != nil {
		return nil, fmt.Errorf("waiting for %s: %w", name, err)
	}
	reached("account locked")
	return held, nil
}
