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

	"egnyte-accounts/oauth/internal/wholefile"
	"egnyte-accounts/oauth/keyring"
)

// accountWait limits the wait for another process that changes the same account,
// which in turn may be waiting for a keyring.
const accountWait = 2 * keyring.Limit

// fileLock is a lock between processes. A crash releases it.
type fileLock struct{ file *flock.Flock }

// lock takes the lock at path, waiting until ctx ends. It waits in the kernel's
// queue: if hundreds of programs polled, neither they nor the keyring would get
// any work done.
func (s *Store) lock(ctx context.Context, path string) (*fileLock, error) {
	held, err := s.takeLock(path, false)
	if held != nil || err != nil {
		return held, err
	}
	s.mu.Lock()
	q := s.queues[path]
	if q == nil {
		q = &queue{turns: make(chan turn), left: make(chan struct{}, 1)}
		s.queues[path] = q
		go s.serve(path, q)
	}
	q.callers++
	s.mu.Unlock()
	select {
	case t := <-q.turns:
		return t.held, t.err
	case <-ctx.Done():
	}
	s.mu.Lock()
	q.callers--
	s.mu.Unlock()
	select {
	case q.left <- struct{}{}:
	default:
	}
	return nil, fmt.Errorf("somebody else is changing it: %w", context.Cause(ctx))
}

// queue are the callers in this process that wait for a lock. One of them waits in the
// kernel for all, since that can't be called off: each abandoned wait would keep a
// thread and an open file.
type queue struct {
	callers int // guarded by Store.mu
	turns   chan turn
	left    chan struct{} // a caller gave up
}

type turn struct {
	held *fileLock
	err  error
}

// serve takes the lock at path for each caller in turn, until none is left.
func (s *Store) serve(path string, q *queue) {
	for {
		var t turn
		for t.held == nil && t.err == nil && s.anyCaller(path, q) {
			t.held, t.err = s.takeLock(path, true)
		}
		for sent := false; !sent; {
			if !s.anyCaller(path, q) {
				if t.held != nil {
					t.held.release()
				}
				return
			}
			select {
			case q.turns <- t:
				s.mu.Lock()
				q.callers--
				s.mu.Unlock()
				sent = true
			case <-q.left:
			}
		}
	}
}

// anyCaller reports whether the queue has callers. If not, the next one makes another.
func (s *Store) anyCaller(path string, q *queue) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q.callers == 0 && s.queues[path] == q {
		delete(s.queues, path)
	}
	return q.callers > 0
}

// takeLock takes the lock at path. Both results are nil if it is taken, or if its
// file was replaced.
func (s *Store) takeLock(path string, wait bool) (*fileLock, error) {
	if err := wholefile.MakeFolder(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("making the folder of locks: %w", err)
	}
	file := flock.New(path, flock.SetPermissions(0o600))
	taken, err := s.disk.Lock(file, wait)
	if errors.Is(err, syscall.EINTR) || err == nil && !taken {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	// Its last owner may have removed the file between our open and our lock. Then
	// the next process would lock another file of the same name.
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

// releaseAndRemove removes the lock's file before it releases the lock. If the file
// stays, because Windows keeps open ones, it does no harm.
func (l *fileLock) releaseAndRemove() {
	_ = os.Remove(l.file.Path())
	_ = l.file.Unlock()
}

func (s *Store) lockPath(name string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(name)))
	return filepath.Join(s.dir, "locks", hex.EncodeToString(sum[:12])+".lock")
}

// lockAccount takes the account lock, which is needed to change anything of the
// account, in the index or in the keyring.
func (s *Store) lockAccount(ctx context.Context, name string) (*fileLock, error) {
	ctx, cancel := context.WithTimeout(ctx, accountWait)
	defer cancel()
	held, err := s.lock(ctx, s.lockPath(name))
	if err != nil {
		return nil, fmt.Errorf("waiting for %s: %w", name, err)
	}
	return held, nil
}

// lockEntry takes the lock of an account that exists, so that a wrong name makes no
// lock file.
func (s *Store) lockEntry(ctx context.Context, name string) (*fileLock, error) {
	x, err := s.readToChange()
	if err != nil {
		return nil, err
	}
	e, err := x.entryOf(name)
	if err == nil {
		err = e.Known()
	}
	if err != nil {
		return nil, err
	}
	return s.lockAccount(ctx, e.Name)
}

// lockSettled is lockEntry, and completes what a crash left half done.
func (s *Store) lockSettled(ctx context.Context, name string) (*fileLock, error) {
	held, err := s.lockEntry(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := s.settle(ctx, name); err != nil {
		held.release()
		return nil, err
	}
	return held, nil
}
