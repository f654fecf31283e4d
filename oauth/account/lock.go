package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/gofrs/flock"
)

// accountWait bounds the wait for another process's change of the same account,
// which may in turn be waiting for a keyring.
const accountWait = 2 * keyringWait

// fileLock is a lock that other processes respect, and that a crash frees.
type fileLock struct{ file *flock.Flock }

// lock takes the lock at path, waiting until ctx ends. It waits in the kernel's
// queue: hundreds of programs that try again and again leave none of them, nor
// the keyring, any time to get on.
func lock(ctx context.Context, path string) (*fileLock, error) {
	held, err := tryLock(path)
	if held != nil || err != nil {
		return held, err
	}
	reached(pointWaits)
	type outcome struct {
		held *fileLock
		err  error
	}
	outcomes := make(chan outcome)
	go func() {
		var o outcome
		for o.held == nil && o.err == nil && ctx.Err() == nil {
			o.held, o.err = takeLock(path, (*flock.Flock).Lock)
		}
		select {
		case outcomes <- o:
		case <-ctx.Done(): // nobody waits any more
			if o.held != nil {
				o.held.release()
			}
		}
	}()
	select {
	case o := <-outcomes:
		if o.held != nil || o.err != nil {
			return o.held, o.err
		}
	case <-ctx.Done():
	}
	return nil, fmt.Errorf("somebody else is changing it: %w", context.Cause(ctx))
}

// pointWaits is passed before a wait for another process.
const pointWaits = "waits for a lock"

// tryLock takes the lock at path if it is free; else both results are nil.
func tryLock(path string) (*fileLock, error) {
	return takeLock(path, func(file *flock.Flock) error {
		taken, err := file.TryLock()
		if err == nil && !taken {
			err = errTaken
		}
		return err
	})
}

var errTaken = errors.New("the lock is taken")

// takeLock takes the lock at path in the given way. Both results are nil where
// that was not to be had, or not of the file that has the name by then.
func takeLock(path string, take func(*flock.Flock) error) (*fileLock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of locks: %w", err)
	}
	file := flock.New(path, flock.SetPermissions(0o600))
	err := take(file)
	if errors.Is(err, errTaken) || errors.Is(err, syscall.EINTR) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("locking: %w", err)
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
