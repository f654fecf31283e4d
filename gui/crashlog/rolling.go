package crashlog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"egnyte-accounts/oauth/redact"
)

const (
	maxLog   = 1 << 20                // bytes, after which another file is begun
	oldLogs  = 1                      // files kept beside it
	lineWait = 100 * time.Millisecond // for another process's line, which takes microseconds
)

// rolling is a log that several processes write. Each line is a turn of its own:
// take the lock, open, append, close. So whoever finds the file full can put it
// aside, also on Windows, where nobody may rename what another has open.
//
// It is written at once and not by a goroutine: the last line before a crash is
// the one that counts.
type rolling struct {
	path string // "": nowhere
	most int64  // bytes
	old  int    // files kept: path.1 is the newest of them

	mu   sync.Mutex
	lock *flock.Flock
}

var errNowhere = errors.New("there is no folder for the log")

func newRolling(path string, most int64, old int) *rolling {
	return &rolling{path: path, most: most, old: old, lock: flock.New(path+".lock", flock.SetPermissions(0o600))}
}

// Write appends one whole line.
func (l *rolling) Write(line []byte) (int, error) {
	if l.path == "" {
		return 0, errNowhere
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	alone := l.begin()
	if alone {
		defer l.lock.Unlock()
	}
	file, size, err := l.open()
	if err != nil {
		return 0, err
	}
	if alone && size > 0 && size+int64(len(line)) > l.most {
		_ = file.Close()
		l.roll()
		if file, size, err = l.open(); err != nil {
			return 0, err
		}
	}
	defer file.Close()
	n, err := file.Write(line)
	if err != nil && n > 0 && alone { // a full disk: no half line, to which the next would stick
		_ = file.Truncate(size)
	}
	return n, err
}

// begin reports whether this process is the only writer. A process that was
// stopped with the lock in its hand holds up nobody: lines are appended without.
func (l *rolling) begin() bool {
	ctx, cancel := context.WithTimeout(context.Background(), lineWait)
	defer cancel()
	taken, err := l.lock.TryLockContext(ctx, time.Millisecond)
	if errors.Is(err, fs.ErrNotExist) && os.MkdirAll(filepath.Dir(l.path), 0o700) == nil {
		taken, _ = l.lock.TryLockContext(ctx, time.Millisecond)
	}
	return taken
}

func (l *rolling) open() (*os.File, int64, error) {
	file, err := os.OpenFile(l.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return nil, 0, err
	}
	return file, info.Size(), nil
}

// roll puts the file aside, and the oldest away. What can't be renamed now, as
// when somebody reads it on Windows, grows until it can.
func (l *rolling) roll() {
	for n := l.old; n > 0; n-- {
		_ = os.Rename(l.aside(n-1), l.aside(n))
	}
}

// aside is the name of the file that was put aside n turns ago.
func (l *rolling) aside(n int) string {
	if n == 0 {
		return l.path
	}
	return fmt.Sprintf("%s.%d", l.path, n)
}

// LogPath is the log's file, made where there is none yet.
func (r *Records) LogPath() (string, error) {
	if r.missing != nil {
		return "", r.missing
	}
	file, _, err := r.log.open()
	if err != nil {
		return r.log.path, fmt.Errorf("opening the log: %w", err)
	}
	return r.log.path, file.Close()
}

// Tail is the end of the log, safe to send: at most that many lines. No log has none.
func (r *Records) Tail(lines int) (string, error) {
	if r.missing != nil {
		return "", r.missing
	}
	text, err := os.ReadFile(r.log.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("reading the log: %w", err)
	}
	if strings.Count(string(text), "\n") < lines {
		if before, err := os.ReadFile(r.log.aside(1)); err == nil {
			text = append(before, text...)
		}
	}
	all := strings.SplitAfter(string(text), "\n")
	return redact.Text(strings.Join(all[max(0, len(all)-lines-1):], "")), nil
}
