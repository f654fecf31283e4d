package account

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"

	"egnyte-accounts/oauth/internal/wholefile"
)

const (
	watchPause = 50 * time.Millisecond // folds the burst of one change: pending, then ready
	pollEvery  = 2 * time.Second       // where the system reports no changes
)

// watched are the files of the folder whose changes Watch reports: the index, and
// the settings, which decide how accounts are signed in and reached.
var watched = [...]string{indexName, "settings.json"}

// Watch sends whenever the index or the settings have changed, by whichever
// process, until ctx ends; bursts are folded into one. The channel is closed when
// the watch ends. It fails if the folder can't be made. If the system can't watch
// the folder, as when the user's inotify instances are used up, Watch looks at the
// files every two seconds instead and says so in the log, once per store.
func (s *Store) Watch(ctx context.Context) (<-chan struct{}, error) {
	return s.watch(ctx, fsnotify.NewWatcher)
}

func (s *Store) watch(ctx context.Context, newWatcher func() (*fsnotify.Watcher, error)) (<-chan struct{}, error) {
	if err := wholefile.MakeFolder(s.dir); err != nil {
		return nil, fmt.Errorf("making the folder to watch: %w", err)
	}
	last := s.state()
	watcher, err := newWatcher()
	if err == nil {
		err = watcher.Add(s.dir) // the folder, because each change replaces the file
	}
	changes := make(chan struct{}, 1)
	go func() {
		defer close(changes)
		if err == nil {
			err = s.follow(ctx, watcher, changes)
		}
		if watcher != nil {
			_ = watcher.Close()
		}
		if err != nil {
			s.poll(ctx, last, changes, err)
		}
	}()
	return changes, nil
}

// follow returns an error if the folder can be watched no longer, and nil when
// ctx has ended.
func (s *Store) follow(ctx context.Context, watcher *fsnotify.Watcher, changes chan<- struct{}) error {
	pause := time.NewTimer(watchPause)
	pause.Stop()
	running := false
	for {
		changed := false
		select {
		case <-ctx.Done():
			return nil
		case event := <-watcher.Events:
			changed = slices.Contains(watched[:], filepath.Base(event.Name)) && event.Op != fsnotify.Chmod
			if event.Name == s.dir && (event.Has(fsnotify.Remove) || event.Has(fsnotify.Rename)) {
				// The folder was thrown away: no accounts, and a new folder.
				if err := wholefile.MakeFolder(s.dir); err != nil {
					return err
				}
				if err := watcher.Add(s.dir); err != nil {
					return err
				}
				changed = true
			}
		case <-watcher.Errors: // events were lost, perhaps including a change
			changed = true
		case <-pause.C:
			running = false
			signal(changes)
		}
		if changed && !running {
			running = true
			pause.Reset(watchPause)
		}
	}
}

// state is how the watched files are; nil for one that is missing.
type state [len(watched)]os.FileInfo

func (s *Store) state() (now state) {
	for i, name := range watched {
		if info, err := os.Stat(filepath.Join(s.dir, name)); err == nil {
			now[i] = info
		}
	}
	return now
}

func (a state) equal(b state) bool {
	for i := range a {
		switch {
		case a[i] == nil || b[i] == nil:
			if a[i] != nil || b[i] != nil {
				return false
			}
		case !os.SameFile(a[i], b[i]), !a[i].ModTime().Equal(b[i].ModTime()), a[i].Size() != b[i].Size():
			return false
		}
	}
	return true
}

// poll compares the files with what they were last. Why says why they can't be
// watched.
func (s *Store) poll(ctx context.Context, last state, changes chan<- struct{}, why error) {
	s.polling.Do(func() {
		slog.Warn("the list of accounts can't be watched; looking at it every 2 s instead", "error", why)
	})
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if now := s.state(); !last.equal(now) {
			last = now
			signal(changes)
		}
	}
}

func signal(changes chan<- struct{}) {
	select {
	case changes <- struct{}{}:
	default: // one is waiting already
	}
}
