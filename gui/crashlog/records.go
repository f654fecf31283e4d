// Package crashlog keeps what a support person would ask for: the output of
// crashes and one log for all roles of the app, in the folder that is this
// person's own. No file in it holds a secret; what leaves it through Report and
// Tail holds no name either.
//
// Nothing here keeps the app from working: where the folder can't be written, the
// log is on stderr alone and crashes are not kept.
package crashlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/oauth/redact"
)

// Records is the folder with the log and the crashes.
type Records struct {
	folder  string
	role    string
	missing error // why there is no folder
	log     *rolling
	quiet   *slog.Logger   // says nothing on stderr
	crash   *flock.Flock   // held by whoever changes what crashes left
	begun   sync.WaitGroup // until the crash output is caught
	mu      sync.Mutex     // a *flock.Flock is one holder, whoever asks
}

// In are the records in folder, which is made when it is needed.
func In(folder string) *Records {
	return &Records{
		folder: folder,
		log:    newRolling(filepath.Join(folder, "app.log"), maxLog, oldLogs),
		crash:  flock.New(filepath.Join(folder, "crash.lock"), flock.SetPermissions(0o600)),
	}
}

// Here are this person's records. Where the system has no folder for them there
// are none, and Begin says why.
func Here() *Records {
	folder, err := desktop.StateFolder()
	r := In(folder)
	if err != nil {
		r.missing, r.log.path = err, ""
	}
	return r
}

// Begin makes this process one of a role ("tray", "window"), which no other
// process has: what it says by slog and by log goes to the log and to stderr, and
// a crash leaves its output in the folder. The disk is touched in another goroutine.
func (r *Records) Begin(role string, level slog.Leveler) {
	r.role = role
	options := &slog.HandlerOptions{Level: level}
	me := []slog.Attr{slog.String("role", role)}
	handler := slog.NewTextHandler(tee{r.log, os.Stderr}, options).WithAttrs(me)
	r.quiet = slog.New(slog.NewTextHandler(tee{r.log}, options).WithAttrs(me))
	slog.SetDefault(slog.New(handler))
	// Libraries that use log only speak up when something is wrong.
	log.SetOutput(slog.NewLogLogger(handler, slog.LevelWarn).Writer())
	r.begun.Go(func() {
		slog.Info("started", "version", version(), "go", runtime.Version(), "system", runtime.GOOS+"/"+runtime.GOARCH)
		if err := r.catch(); err != nil {
			slog.Warn("a crash would leave no report", "error", err)
		}
	})
}

// End is the last word of the role, in the log alone: err is why it ended, which
// main tells; nil where it was asked to.
func (r *Records) End(err error) {
	r.begun.Wait()
	if err != nil {
		r.quiet.Error("ended", "error", err)
		return
	}
	r.quiet.Info("ended")
}

// locked runs work while no other process changes what crashes left.
func (r *Records) locked(work func() error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.missing != nil {
		return r.missing
	}
	if err := os.MkdirAll(r.folder, 0o700); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), crashWait)
	defer cancel()
	if _, err := r.crash.TryLockContext(ctx, 5*time.Millisecond); err != nil {
		return fmt.Errorf("waiting for another process at the crash reports: %w", err)
	}
	return errors.Join(work(), r.crash.Unlock())
}

const crashWait = 5 * time.Second // what is done meanwhile takes milliseconds

// version is the app's, as the build noted it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown version"
}

// tee writes each line to all, without what looks like a secret. One that fails
// keeps no other from it.
type tee []io.Writer

func (t tee) Write(line []byte) (int, error) {
	safe := []byte(redact.Secrets(string(line)))
	for _, w := range t {
		_, _ = w.Write(safe) // there is nowhere to complain
	}
	return len(line), nil
}
