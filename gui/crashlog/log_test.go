package crashlog

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const talk = 10_000 // lines of each of two processes

// Given two processes that log at the same time into a file that is full again
// and again, then every line of both is there, whole, and none twice.
func TestTwoProcessesLogAndLoseNoLine(t *testing.T) {
	folder := atHome(t)
	var both [2]*exec.Cmd
	var said [2]bytes.Buffer
	for i := range both {
		both[i] = inChild(t, folder, "talk")
		both[i].Stderr = &said[i]
		if err := both[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	for i, c := range both {
		if err := c.Wait(); err != nil {
			t.Fatalf("%v: %.1000s", err, said[i].String())
		}
	}
	files, err := filepath.Glob(filepath.Join(folder, "app.log*"))
	if err != nil || len(files) < 20 {
		t.Fatalf("rolled %d times, %v", len(files), err)
	}
	whole := regexp.MustCompile(`^time=\S+ level=INFO msg="a line" by=(\d+) n=(\d+)\n$`)
	seen := map[string]int{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > 64<<10+1<<10 { // some lines may be beyond: those that were written without waiting longer for a turn
			t.Errorf("%s has %d bytes", file, len(text))
		}
		for line := range strings.Lines(string(text)) {
			if m := whole.FindStringSubmatch(line); m != nil {
				seen[m[1]+" "+m[2]]++
			} else if !strings.Contains(line, "role=window") || !strings.HasSuffix(line, "\n") { // what both say beside
				t.Errorf("broken: %q", line)
			}
		}
	}
	for _, c := range both {
		for n := range talk {
			if times := seen[fmt.Sprint(c.Process.Pid, " ", n)]; times != 1 {
				t.Fatalf("line %d of %d is there %d times", n, c.Process.Pid, times)
			}
		}
	}
}

func TestNothingThatLooksLikeASecretGetsIntoTheLog(t *testing.T) {
	folder := atHome(t)
	said, err := inChild(t, folder, "nothing").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	text, err := os.ReadFile(filepath.Join(folder, "app.log"))
	for _, want := range []string{
		`level=WARN msg="a server said" role=window error="GET https://acme.egnyte.com/x?[redacted] the token [redacted] is no good"`,
		`level=WARN msg="a library said Bearer [redacted]"`,
	} {
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%v\n%s", err, text)
		}
	}
	leaksNothing(t, folder)
	if strings.Contains(string(said), hush) {
		t.Errorf("stderr: %s", said)
	}
}

func TestOneOlderFileIsKept(t *testing.T) {
	t.Parallel()
	l := newRolling(filepath.Join(t.TempDir(), "app.log"), 100, 1)
	for n := range 10 {
		if _, err := fmt.Fprintf(l, "%d%s\n", n, strings.Repeat(".", 50)); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"": "9", ".1": "8"} {
		if text, err := os.ReadFile(l.path + name); err != nil || !strings.HasPrefix(string(text), want) {
			t.Errorf("app.log%s: %q, %v", name, text, err)
		}
		if info, err := os.Stat(l.path + name); err != nil || info.Mode().Perm() != 0o600 && os.PathSeparator == '/' {
			t.Errorf("app.log%s: %v, %v", name, info, err)
		}
	}
	if _, err := os.Stat(l.path + ".2"); !os.IsNotExist(err) {
		t.Error("a third file is kept")
	}
}

// Somebody who was stopped with the lock in their hand keeps nobody from logging.
func TestALockThatIsNeverGivenBackHoldsUpNoLine(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.log")
	stopped := newRolling(path, 10, 1)
	if !stopped.begin() {
		t.Fatal("no lock")
	}
	defer stopped.lock.Unlock()
	l := newRolling(path, 10, 1)
	for range 3 {
		if _, err := l.Write([]byte("a line\n")); err != nil {
			t.Error(err)
		}
	}
	if text, _ := os.ReadFile(path); string(text) != "a line\na line\na line\n" {
		t.Errorf("%q", text)
	}
}

func TestTheTailIsTheEndAndSafeToSend(t *testing.T) {
	folder := atHome(t)
	r := In(folder)
	if text, err := r.Tail(5); err != nil || text != "" {
		t.Errorf("without a log: %q, %v", text, err)
	}
	r.log.most = 300
	for n := range 10 {
		if _, err := fmt.Fprintf(r.log, "line %d account=jsmith@acme.egnyte.com at=%s\n", n, folder); err != nil {
			t.Fatal(err)
		}
	}
	text, err := r.Tail(3)
	want := ""
	for n := range 3 {
		want += fmt.Sprintf("line %d account=[account] at=~%cegnyte-accounts\n", n+7, filepath.Separator)
	}
	if err != nil || text != want {
		t.Errorf("%q, %v, want %q", text, err, want)
	}
}
