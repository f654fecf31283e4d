package account

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// watchPause folds the burst of one change: pending, then ready.
const watchPause = 50 * time.Millisecond

// Watch sends whenever the index has changed, by whichever process, until ctx
// ends; bursts are folded into one. It fails where the folder can't be made.
// The channel is closed when the watch ends.
func (s *Store) Watch(ctx context.Context) (<-chan struct{}, error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watching the list of accounts: %w", err)
	}
	if err := s.watchFolder(watcher); err != nil {
		_ = watcher.Close()
		return nil, err
	}
	changes := make(chan struct{}, 1)
	go func() {
		defer close(changes)
		defer watcher.Close()
		s.follow(ctx, watcher, changes)
	}()
	return changes, nil
}

// watchFolder: the folder, since the file is replaced by each change.
func (s *Store) watchFolder(watcher *fsnotify.Watcher) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("making the folder to watch: %w", err)
	}
	if err := watcher.Add(s.dir); err != nil {
		return fmt.Errorf("watching the list of accounts: %w", err)
	}
	return nil
}

func (s *Store) follow(ctx context.Context, watcher *fsnotify.Watcher, changes chan<- struct{}) {
	pause := time.NewTimer(watchPause)
	pause.Stop()
	running := false
	for {
		changed := false
		select {
		case <-ctx.Done():
			return
		case event, open := <-watcher.Events:
			if !open {
				return
			}
			changed = filepath.Base(event.Name) == indexName && event.Op != fsnotify.Chmod
			if event.Name == s.dir && (event.Has(fsnotify.Remove) || event.Has(fsnotify.Rename)) {
				// Somebody threw the folder away: no accounts, and a new folder.
				_ = s.watchFolder(watcher)
				changed = true
			}
		case <-watcher.Errors: // events were lost, the change among them perhaps
			changed = true
		case <-pause.C:
			running = false
			select {
			case changes <- struct{}{}:
			default: // one is waiting already
			}
		}
		if changed && !running {
			running = true
			pause.Reset(watchPause)
		}
	}
}
