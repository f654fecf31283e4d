package crashlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"egnyte-accounts/oauth/redact"
)

const (
	mostReports = 3         // newer ones than that push the oldest out
	mostOutput  = 256 << 10 // bytes of one crash's output; what matters stands first
	output      = ".crash"  // ends the name of the file that a role's crash would write
)

// catch keeps what earlier crashes left, then has this process leave its own: in
// a file that holds nothing but a first line until then.
func (r *Records) catch() error {
	return r.locked(func() error {
		err := r.collect()
		file, openErr := os.OpenFile(r.output(), os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o600)
		if openErr != nil {
			return errors.Join(err, openErr)
		}
		defer file.Close() // the runtime has a descriptor of its own
		fmt.Fprintf(file, "egnyte-accounts %s, %s, %s, %s/%s, started %s\n", version(), r.role, runtime.Version(),
			runtime.GOOS, runtime.GOARCH, time.Now().UTC().Format(time.DateTime+" UTC"))
		return errors.Join(err, debug.SetCrashOutput(file, debug.CrashOptions{}))
	})
}

func (r *Records) output() string { return filepath.Join(r.folder, r.role+output) }

// Recovered keeps a panic that was recovered and ends the role all the same. It
// is called by the deferred function that recovers, whose stack is the panic's.
func (r *Records) Recovered(value any) {
	r.begun.Wait()
	if r.missing != nil {
		return
	}
	file, err := os.OpenFile(r.output(), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return
	}
	defer file.Close()
	// Indented as the runtime does, so that no value passes for a stack.
	fmt.Fprintf(file, "panic: %s\n\n%s", strings.ReplaceAll(fmt.Sprint(value), "\n", "\n\t"), debug.Stack())
}

// collect makes a report of every output that a crash has written, and keeps the
// newest. It must be called by who has the lock.
func (r *Records) collect() error {
	outputs, all := r.named("", output)
	for _, path := range outputs {
		if err := r.report(path); err != nil {
			all = errors.Join(all, fmt.Errorf("keeping what a crash left: %w", err))
		}
	}
	files, err := r.reports()
	for _, path := range files[min(mostReports, len(files)):] {
		all = errors.Join(all, os.Remove(path))
	}
	return errors.Join(all, err)
}

// named are the files of the folder whose names begin and end like that, in order.
func (r *Records) named(begin, end string) (paths []string, err error) {
	entries, err := os.ReadDir(r.folder)
	for _, entry := range entries {
		if name := entry.Name(); entry.Type().IsRegular() && strings.HasPrefix(name, begin) && strings.HasSuffix(name, end) {
			paths = append(paths, filepath.Join(r.folder, name))
		}
	}
	return paths, err
}

// report makes a report of one output, unless no crash has written there.
func (r *Records) report(path string) error {
	first, dump, when, err := readOutput(path)
	if err != nil || dump == "" {
		return err
	}
	role := strings.TrimSuffix(filepath.Base(path), output)
	text := redact.Text(first) + "\nended " + when.Format(time.DateTime+" UTC") + "\n\n" + redact.Dump(dump)
	name := filepath.Join(r.folder, "crash-"+when.Format("20060102-150405.000")+"-"+role+".txt")
	if err := writeReport(name, text); err != nil {
		return err
	}
	return os.Remove(path)
}

// readOutput is a crash's output after its first line; "" without a crash.
func readOutput(path string) (first, dump string, when time.Time, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", "", when, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", "", when, err
	}
	data, err := io.ReadAll(io.LimitReader(file, mostOutput))
	first, dump, _ = strings.Cut(string(bytes.ToValidUTF8(data, nil)), "\n")
	return first, strings.TrimSpace(dump), info.ModTime().UTC(), err
}

// writeReport leaves no part of one on a full disk.
func writeReport(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// reports are the kept ones, the newest first.
func (r *Records) reports() ([]string, error) {
	files, err := r.named("crash-", ".txt")
	slices.Reverse(files)
	return files, err
}

// Report is what is known of crashes that nobody has seen yet.
type Report struct {
	Text  string // safe to send, the newest first; "" where there was none
	files []string
}

// Report gives what crashes of all roles have left.
func (r *Records) Report() (Report, error) {
	r.begun.Wait()
	var report Report
	err := r.locked(func() error {
		err := r.collect()
		files, _ := r.reports()
		var texts []string
		for _, path := range files {
			text, readErr := os.ReadFile(path)
			if readErr == nil {
				texts, report.files = append(texts, string(text)), append(report.files, path)
			}
			err = errors.Join(err, readErr)
		}
		report.Text = strings.Join(texts, "\n")
		return err
	})
	return report, err
}

// Forget deletes what a report is made of. Later crashes are reported again.
func (r *Records) Forget(report Report) error {
	return r.locked(func() error {
		var all error
		for _, path := range report.files {
			if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
				all = errors.Join(all, err)
			}
		}
		return all
	})
}
