//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// The import that is killed runs in this test binary again, with these set.
const (
	crashDir     = "IMPORT_TEST_DIR"
	crashService = "IMPORT_TEST_SERVICE"
	crashAt      = "IMPORT_TEST_DIES_AT" // number of the point; 0: never, and their number goes to a file
)

// TestImportChild is the process to be killed; without its variables it is
// nothing.
func TestImportChild(t *testing.T) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		t.Skip("runs as the child of the crash test only")
	}
	fatal, _ := strconv.ParseInt(os.Getenv(crashAt), 10, 64)
	var points atomic.Int64
	importReached = func(string) {
		if points.Add(1) == fatal {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	i, out := (&desk{dir: dir}).importer(os.Getenv(crashService))
	i.apply, i.remove = true, true
	if err := i.run(t.Context(), formats); err != nil {
		t.Fatal(err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "points"), []byte(strconv.FormatInt(points.Load(), 10)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) child(t *testing.T, at int) *exec.Cmd {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestImportChild$")
	command.Env = append(os.Environ(), crashDir+"="+d.dir, crashService+"="+d.server.URL(), crashAt+"="+strconv.Itoa(at))
	return command
}

// anywhere reports whether text lies in a file under a folder.
func anywhere(t *testing.T, folder, text string) bool {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(folder, "*"))
	for _, file := range files {
		if strings.HasSuffix(file, ".tmp") {
			continue // nobody reads those
		}
		data, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(data), text) {
			return true
		}
	}
	return false
}

// homeFile is a file of another tool, as a person has it and as an import that
// removes leaves it.
type homeFile struct {
	format        format
	number        int
	before, after string
}

// fullHome has the files of every tool, each for a person of its own, and the
// secrets that are in them.
func (d *desk) fullHome(t *testing.T) (files []homeFile, secrets []string) {
	t.Helper()
	access, refresh := d.tokens(t, "jsmith")
	bala, _ := d.tokens(t, "bkumar")
	ann, annRefresh := d.tokens(t, "adoe")
	before, after := agenticFile(d.server.DomainURL("acme"), access, refresh)
	cli := formats[2]
	return []homeFile{
		{agentic, 0, before, after},
		{sdk, 0, `{"access_token": "` + bala + `", "domain": "acme", "timeout": 5}`, `{"domain": "acme", "timeout": 5}`},
		{cli, 0, `{"access_token": "` + ann + `", "refresh_token": "` + annRefresh + `", "token_type": "bearer"}`, `{"token_type": "bearer"}`},
		{cli, 1, `{"domain": "globex", "client_id": "k", "client_secret": "ann-key-secret"}`, `{"domain": "globex", "client_id": "k"}`},
	}, []string{access, refresh, "their-secret", bala, ann, annRefresh, "ann-key-secret"}
}

func (d *desk) with(t *testing.T, files []homeFile) *desk {
	t.Helper()
	next := &desk{t.TempDir(), d.server}
	for _, f := range files {
		next.write(t, f.format, f.number, f.before)
	}
	return next
}

func (d *desk) killedAt(t *testing.T, at int) {
	t.Helper()
	err := d.child(t, at).Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("point %d: the child was not killed: %v", at, err)
	}
}

// Given the files of every tool, when an import that removes is killed at any
// point, then each secret is in its old file, in the keyring, or in both, no file
// is broken, and the next import ends the work.
func TestKilledAtAnyPointNoSecretIsLost(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	files, secrets := d.fullHome(t)
	first := d.with(t, files)
	if out, err := first.child(t, 0).CombinedOutput(); err != nil {
		t.Fatalf("without a kill: %v\n%s", err, out)
	}
	count, _ := os.ReadFile(filepath.Join(first.dir, "points"))
	points, _ := strconv.Atoi(string(count))
	if points < 30 {
		t.Fatalf("%d points", points)
	}
	for at := 1; at <= points; at++ {
		d := d.with(t, files)
		d.killedAt(t, at)
		text := ""
		for _, f := range files {
			now := d.read(t, f.format, f.number)
			if now != f.before && now != f.after {
				t.Errorf("killed at %d: %s holds\n%s", at, f.format.files[f.number], now)
			}
			text += now
		}
		for _, secret := range secrets {
			if !strings.Contains(text, secret) && !anywhere(t, d.keyring().Dir, secret) {
				t.Errorf("killed at %d: a secret is lost", at)
			}
		}
		d.mustEndTheWork(t, at, files, secrets)
	}
	t.Logf("killed at each of %d points, %d secrets: none lost", points, len(secrets))
}

// mustEndTheWork imports again.
func (d *desk) mustEndTheWork(t *testing.T, at int, files []homeFile, secrets []string) {
	t.Helper()
	out, err := d.run(t, true, true)
	if err != nil {
		t.Errorf("killed at %d: the next import: %v\n%s", at, err, out)
	}
	for _, f := range files {
		if now := d.read(t, f.format, f.number); now != f.after {
			t.Errorf("killed at %d: after the next import %s holds\n%s", at, f.format.files[f.number], now)
		}
	}
	for _, secret := range secrets {
		if !anywhere(t, d.keyring().Dir, secret) {
			t.Errorf("killed at %d: after the next import the keyring lacks a secret", at)
		}
	}
	if accounts, err := d.store().List(t.Context()); err != nil || len(accounts) != 3 {
		t.Errorf("killed at %d: %v, %v", at, accounts, err)
	}
}
