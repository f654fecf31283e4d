package crashlog

import (
	"fmt"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// hush looks like a token, and stands in what a child says and panics with.
const hush = "68zc95e3xv954u6k3pbqma3q"

// TestMain lets the test program be the app, which crashes or talks.
func TestMain(m *testing.M) {
	if folder := os.Getenv("CRASHLOG_CHILD"); folder != "" {
		child(folder, os.Args[1])
		return
	}
	os.Exit(m.Run())
}

func child(folder, does string) {
	r := In(folder)
	if does == "talk" {
		r.log.most, r.log.old = 64<<10, 1000 // rolls often, and throws nothing away
	}
	r.Begin("window", slog.LevelInfo)
	r.begun.Wait()
	slog.Warn("a server said", "error", "GET https://acme.egnyte.com/x?code="+hush+": the token "+hush+" is no good")
	log.Print("a library said Bearer " + hush)
	switch does {
	case "panic":
		var other sync.WaitGroup
		other.Go(func() { leak([]byte(hush), hush) })
		other.Wait()
	case "fatal":
		m := map[string]int{}
		for range 4 {
			go func() {
				for {
					m["a"]++
				}
			}()
		}
		select {}
	case "recovered":
		defer r.End(nil)
		defer func() { r.Recovered(recover()) }()
		panic("token=" + hush + "\ngoroutine 1 [running]:\nmain.f(token=" + hush + ")")
	case "talk":
		plain := slog.New(slog.NewTextHandler(r.log, nil)) // ten times as fast as with a look for secrets
		for n := range talk {
			plain.Info("a line", "by", os.Getpid(), "n", n)
		}
	}
	r.End(nil)
}

// leak has a secret in its arguments and in what it panics with.
//
//go:noinline
func leak(_ []byte, text string) {
	home, _ := os.UserHomeDir()
	panic(fmt.Errorf("of jsmith@acme.egnyte.com in %s: {AccessToken:%s} %s", home, text, text))
}

// inChild runs the app in a process of its own, at home in a folder of its own.
func inChild(t *testing.T, folder, does string) *exec.Cmd {
	t.Helper()
	command := exec.Command(os.Args[0], does)
	command.Env = append(os.Environ(), "CRASHLOG_CHILD="+folder, "HOME="+filepath.Dir(folder))
	return command
}

// crashes runs one that has to crash, and gives what it said.
func crashes(t *testing.T, folder, does string) string {
	t.Helper()
	said, err := inChild(t, folder, does).CombinedOutput()
	if err == nil {
		t.Fatalf("it ended well: %s", said)
	}
	return string(said)
}

// leaksNothing looks through every file of the folder.
func leaksNothing(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range append(names, hush) {
			if strings.Contains(string(text), name) {
				t.Errorf("%s holds %q", entry.Name(), name)
			}
		}
	}
}
