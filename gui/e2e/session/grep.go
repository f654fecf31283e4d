//go:build linux

package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// argumentWatch records the arguments of the session's processes while they run.
type argumentWatch struct {
	mu   sync.Mutex
	seen map[string]bool
}

// watchArguments looks at /proc until ctx ends. A process whose environment is
// not the session's is looked at a few times more, as it may be one that has
// forked and not yet begun its own program.
func watchArguments(ctx context.Context, s *Session) *argumentWatch {
	w := &argumentWatch{seen: map[string]bool{}}
	mark := []byte(s.marker())
	go func() {
		foreign := map[int]int{}
		tick := time.NewTicker(2 * grain)
		defer tick.Stop()
		for ctx.Err() == nil {
			for _, pid := range pids() {
				if foreign[pid] > 5 {
					continue
				}
				if !marked(pid, mark) {
					foreign[pid]++
					continue
				}
				w.add(arguments(pid))
			}
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
		}
	}()
	return w
}

func (w *argumentWatch) add(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[line] = true
}

func (w *argumentWatch) lines() []byte {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var all bytes.Buffer
	for line := range w.seen {
		all.WriteString(line + "\n")
	}
	return all.Bytes()
}

// searchable bounds, in bytes, the files that are read whole to be searched.
const searchable = 64 << 20

// GrepSecrets looks for secrets, as they are and as a URL writes them, in all
// that the session's programs wrote and were called with. The keyring's own
// files and the browser's profile are where secrets may be; what was started
// with Spec.Shows is left out. The error names the files, never the secret, and
// those that are too large to search.
func (s *Session) GrepSecrets(secrets ...string) error {
	needles := map[string]int{}
	for i, secret := range secrets {
		if len(secret) < 4 {
			return fmt.Errorf("secret number %d is too short to look for", i)
		}
		needles[secret], needles[url.QueryEscape(secret)] = i, i
	}
	var found []error
	look := func(where string, text []byte) {
		for needle, i := range needles {
			if bytes.Contains(text, []byte(needle)) {
				found = append(found, fmt.Errorf("secret number %d stands in %s", i, where))
			}
		}
	}
	look("process arguments", s.watch.lines())
	for _, root := range []string{s.Dir, s.run} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil // deleted since it was listed
			case err != nil:
				return err
			case s.mayHoldSecrets(path):
				return skip(entry)
			case !entry.Type().IsRegular():
				return nil
			}
			text, err := readSearchable(path)
			if errors.Is(err, errTooLarge) {
				found = append(found, fmt.Errorf("%s: %w", strings.TrimPrefix(path, root), err))
			}
			look(strings.TrimPrefix(path, root), text)
			return nil
		})
		if err != nil {
			found = append(found, err)
		}
	}
	return errors.Join(found...)
}

var errTooLarge = errors.New("too large to be searched")

// readSearchable reads a file whole; a hole of a terabyte would end the test's
// own process.
func readSearchable(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, searchable+1))
	if len(text) > searchable {
		return nil, errTooLarge
	}
	return text, err
}

func (s *Session) mayHoldSecrets(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unlogged[path] || path == s.Browser.profileDir() || path == filepath.Join(s.dataHome(), "keyrings")
}

func skip(entry fs.DirEntry) error {
	if entry.IsDir() {
		return fs.SkipDir
	}
	return nil
}
