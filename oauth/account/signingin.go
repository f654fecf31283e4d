package account

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"egnyte-accounts/oauth/internal/wholefile"
)

// signingInWait limits the wait for a process that is in the middle of
// SomebodySignsIn.
const signingInWait = 200 * time.Millisecond

// SigningIn tells all processes that the user is at the browser, so that they show no
// notifications, until done is called or this process ends. It doesn't fail: without
// it the user is disturbed, no more.
func (s *Store) SigningIn() (done func()) {
	path := s.signingInPath()
	if err := wholefile.MakeFolder(filepath.Dir(path)); err != nil {
		return func() {}
	}
	ctx, cancel := context.WithTimeout(context.Background(), signingInWait)
	defer cancel()
	shared := flock.New(path, flock.SetPermissions(0o600))
	_, _ = shared.TryRLockContext(ctx, 5*time.Millisecond)
	return func() { _ = shared.Close() }
}

// SomebodySignsIn reports whether the user is at the browser for any process.
func (s *Store) SomebodySignsIn() bool {
	path := s.signingInPath()
	if _, err := os.Stat(path); err != nil {
		return false // no sign-in yet
	}
	alone := flock.New(path, flock.SetPermissions(0o600))
	defer func() { _ = alone.Close() }()
	free, err := alone.TryLock()
	return err == nil && !free
}

func (s *Store) signingInPath() string { return filepath.Join(s.dir, "locks", "signing-in") }
