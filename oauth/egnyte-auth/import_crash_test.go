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

func TestKilledAtAnyPointNoSecretIsLost(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	access, refresh := d.tokens(t, "jsmith")
	before, after := agenticFile(d.server.DomainURL("acme"), access, refresh)
	fresh := func() *desk {
		next := &desk{t.TempDir(), d.server}
		next.write(t, agentic, 0, before)
		return next
	}
	first := fresh()
	if out, err := first.child(t, 0).CombinedOutput(); err != nil {
		t.Fatalf("without a kill: %v\n%s", err, out)
	}
	count, _ := os.ReadFile(filepath.Join(first.dir, "points"))
	points, _ := strconv.Atoi(string(count))
	if points < 15 {
		t.Fatalf("%d points", points)
	}
	for at := 1; at <= points; at++ {
		d := fresh()
		err := d.child(t, at).Run()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("point %d: the child was not killed: %v", at, err)
		}
		file := d.read(t, agentic, 0)
		if file != before && file != after {
			t.Errorf("killed at %d: the file holds\n%s", at, file)
		}
		for _, secret := range []string{access, refresh, "their-secret"} {
			if !strings.Contains(file, secret) && !anywhere(t, d.keyring().dir, secret) {
				t.Errorf("killed at %d: a secret is lost", at)
			}
		}
		if out, err := d.run(t, true, true); err != nil || d.read(t, agentic, 0) != after {
			t.Errorf("killed at %d: the next import: %v\n%s", at, err, out)
		}
		accounts, err := d.store().List(t.Context())
		if err != nil || len(accounts) != 1 {
			t.Errorf("killed at %d: %v, %v", at, accounts, err)
			continue
		}
		if token, err := d.store().Token(t.Context(), accounts[0]); err != nil || token.Access.Reveal() != access {
			t.Errorf("killed at %d: the account has no token: %v", at, err)
		}
	}
}
