package crashlog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func atHome(t *testing.T) (folder string) {
	t.Helper()
	home := filepath.Join(t.TempDir(), "jdoe")
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	return filepath.Join(home, "egnyte-accounts")
}

// Given a crash in any goroutine, when the app starts again, then it has a report
// with the stack and nothing that is secret or a name; only its owner reads it,
// and once dismissed it does not come back.
func TestACrashIsReportedOnceAndHoldsNoSecret(t *testing.T) {
	folder := atHome(t)
	said := crashes(t, folder, "panic")
	raw := filepath.Join(folder, "window.crash")
	info, err := os.Stat(raw)
	if err != nil || info.Mode().Perm() != 0o600 && os.PathSeparator == '/' {
		t.Fatalf("%v, %v: %s", info, err, said)
	}
	if text, _ := os.ReadFile(raw); !strings.Contains(string(text), hush) {
		t.Fatalf("this proves nothing: %s", text)
	}

	r := In(folder)
	report, err := r.Report()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{", window, go1.", "panic: ", "AccessToken:[redacted]", "crashlog.leak(…)", "child_test.go:", "created by", "of [account] in ~:"} {
		if !strings.Contains(report.Text, want) {
			t.Errorf("%q is missing in\n%s", want, report.Text)
		}
	}
	leaksNothing(t, folder, "jsmith", filepath.Dir(folder))
	if again, err := r.Report(); err != nil || again.Text != report.Text {
		t.Errorf("asked again: %q, %v", again.Text, err)
	}
	for _, file := range report.files {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 && os.PathSeparator == '/' {
			t.Errorf("%v, %v", info, err)
		}
	}
	if err := r.Forget(report); err != nil {
		t.Fatal(err)
	}
	if again, err := In(folder).Report(); err != nil || again.Text != "" {
		t.Errorf("dismissed, and there is %q, %v", again.Text, err)
	}
}

func TestEveryKindOfCrashIsReported(t *testing.T) {
	for does, want := range map[string]string{
		"fatal":     "maps.fatal(…)", // Go says the reason of this kind on stderr alone
		"recovered": "panic: token=[redacted]\n\tgoroutine 1 [running]:\n\tmain.f(token=[redacted])",
	} {
		folder := atHome(t)
		said, _ := inChild(t, folder, does).CombinedOutput()
		report, err := In(folder).Report()
		if err != nil || !strings.Contains(report.Text, want) || !strings.Contains(report.Text, "child_test.go:") {
			t.Errorf("%s: %v\n%s\nit said %s", does, err, report.Text, said)
		}
		leaksNothing(t, folder)
	}
}

func TestWhoEndsWellLeavesNoReport(t *testing.T) {
	folder := atHome(t)
	for range 2 {
		if said, err := inChild(t, folder, "nothing").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
	}
	if report, err := In(folder).Report(); err != nil || report.Text != "" {
		t.Errorf("%q, %v", report.Text, err)
	}
}

// The next start of the role keeps what the one before left, also where nobody
// looks at it.
func TestTheNewestFewReportsAreKept(t *testing.T) {
	folder := atHome(t)
	for range mostReports + 2 {
		crashes(t, folder, "panic")
	}
	r := In(folder)
	report, err := r.Report()
	if n := strings.Count(report.Text, "panic: "); err != nil || n != mostReports {
		t.Errorf("%d reports, %v", n, err)
	}
	crashes(t, folder, "panic") // after the person has looked
	if err := r.Forget(report); err != nil {
		t.Fatal(err)
	}
	if report, err := r.Report(); err != nil || strings.Count(report.Text, "panic: ") != 1 {
		t.Errorf("a crash that nobody has seen was dismissed: %v, %q", err, report.Text)
	}
}
