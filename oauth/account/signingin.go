package account

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// signingInWait bounds the wait for somebody who is just looking.
const (
	signingInWait  = 200 * time.Millisecond
	signingInRetry = 5 * time.Millisecond
)

// SigningIn says to all processes that a person is at the browser, until done is
// called or this process ends: notifications can wait meanwhile. It is a
// courtesy, so where it can't be said nothing fails.
func (s *Store) SigningIn() (done func()) {
	path := s.signingInPath()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return func() {}
	}
	ctx, cancel := context.WithTimeout(context.Background(), signingInWait)
	defer cancel()
	shared := flock.New(path, flock.SetPermissions(0o600))
	_, _ = shared.TryRLockContext(ctx, signingInRetry)
	return func() { _ = shared.Close() }
}

// SomebodySignsIn reports whether a person is at the browser for any process.
func (s *Store) SomebodySignsIn() bool {
	path := s.signingInPath()
	if _, err := os.Stat(path); err != nil {
		return false // nobody ever was
	}
	alone := flock.New(path, flock.SetPermissions(0o600))
	defer func() { _ = alone.Close() }()
	free, err := alone.TryLock()
	return err == nil && !free
}

func (s *Store) signingInPath() string { return filepath.Join(s.dir, "locks", "signing-in") }
