package desktop

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test program play the role that Start starts.
func TestMain(m *testing.M) {
	if report := os.Getenv("DESKTOP_TEST_REPORT"); report != "" {
		tell(report)
		return
	}
	os.Exit(m.Run())
}

type started struct {
	Args        []string
	Dir         string
	Environment []string
	Session     int
	Descriptors []string
}

func tell(report string) {
	dir, _ := os.Getwd()
	s := started{Args: os.Args[1:], Dir: dir, Environment: os.Environ(), Session: session()}
	entries, _ := os.ReadDir("/proc/self/fd")
	for _, entry := range entries {
		target, _ := os.Readlink("/proc/self/fd/" + entry.Name())
		s.Descriptors = append(s.Descriptors, target)
	}
	data, _ := json.Marshal(s)
	_ = os.WriteFile(report+".new", data, 0o600)
	_ = os.Rename(report+".new", report)
}

func TestStartRunsThisProgramDetached(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	report := filepath.Join(t.TempDir(), "report")
	t.Setenv("DESKTOP_TEST_REPORT", report)
	t.Setenv("DESKTOP_STARTUP_ID", "ours")
	t.Setenv("EGNYTE_DOMAIN", "acme")
	open, err := os.Create(filepath.Join(t.TempDir(), "open-in-parent"))
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()

	if err := Start("--window", "signin"); err != nil {
		t.Fatal(err)
	}

	got := waitForReport(t, report)
	if !slices.Equal(got.Args, []string{"--window", "signin"}) {
		t.Errorf("arguments %q", got.Args)
	}
	if got.Dir != "/" {
		t.Errorf("it runs in %q", got.Dir)
	}
	if got.Session == session() {
		t.Error("it shares our session")
	}
	if !slices.Contains(got.Environment, "EGNYTE_DOMAIN=acme") {
		t.Error("it lost a setting of the environment")
	}
	for _, entry := range got.Environment {
		if strings.HasPrefix(entry, "DESKTOP_STARTUP_ID=") {
			t.Error("it inherited our startup id")
		}
	}
	for _, target := range got.Descriptors {
		if strings.Contains(target, "open-in-parent") || strings.HasPrefix(target, "pipe:") {
			t.Errorf("it inherited %s", target)
		}
	}
}

func waitForReport(t *testing.T, report string) started {
	t.Helper()
	limit, again := time.After(20*time.Second), time.NewTicker(5*time.Millisecond)
	defer again.Stop()
	for {
		if data, err := os.ReadFile(report); err == nil {
			var s started
			if err := json.Unmarshal(data, &s); err != nil {
				t.Fatal(err)
			}
			return s
		}
		select {
		case <-again.C:
		case <-limit:
			t.Fatal("the program that was started never reported")
		}
	}
}
