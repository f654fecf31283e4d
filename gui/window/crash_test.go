package window

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"egnyte-accounts/gui/crashlog"
	"egnyte-accounts/oauth/doctor"
)

// fakeRecords is Records: one report, and a log of one line.
type fakeRecords struct {
	ui       *fakeUI
	report   crashlog.Report
	forgot   bool
	path     string
	noOpener error
	opened   chan string
}

func (a *fakeRecords) Report() (crashlog.Report, error) {
	a.ui.mustNotBlock("the crash reports")
	return a.report, nil
}

func (a *fakeRecords) Forget(report crashlog.Report) error {
	a.ui.mustNotBlock("the crash reports")
	a.forgot = report.Text == a.report.Text
	return nil
}

func (a *fakeRecords) Recovered(any) {}

func (a *fakeRecords) LogPath() (string, error) {
	a.ui.mustNotBlock("the log")
	if a.path == "" {
		return "", errors.New("there is no home")
	}
	return a.path, nil
}

func (a *fakeRecords) Tail(int) (string, error) {
	a.ui.mustNotBlock("the log")
	return "time=… level=WARN msg=\"of [account]\"\n", nil
}

func (a *fakeRecords) Open(_ context.Context, path string) error {
	a.ui.mustNotBlock("what opens files")
	if a.noOpener == nil {
		a.opened <- path
	}
	return a.noOpener
}

// afterACrash is the accounts' window at the next start, when it offers the report.
func afterACrash(t *testing.T, text string) *testWindow {
	t.Helper()
	tw := newTestWindow(t, Options{View: "accounts"}, func(tw *testWindow) { tw.records.report.Text = text })
	tw.untilRead()
	tw.until("the offer", func() bool { return tw.says("The app stopped unexpectedly last time.") })
	return tw
}

func TestAfterACrashTheReportIsShownCopiedAndDismissed(t *testing.T) {
	long := "egnyte-accounts v1\n\npanic: a value\n" + strings.Repeat("main.f(…)\n", 500) + "the end\n"
	tw := afterACrash(t, long)
	findByText(tw.win.Content(), "Copy report").press()
	if tw.copied != long || !tw.says("The report is on the clipboard.") {
		t.Errorf("copied %q; %q", tw.copied, textsOf(tw.win.Content()))
	}
	findByText(tw.win.Content(), "Show").press()
	tw.untilTitle("Crash report")
	if !tw.says("panic: a value") || tw.says("the end") || !tw.says("The copy is longer than what is shown here.") {
		t.Errorf("%q", textsOf(tw.win.Content()))
	}
	tw.copied = ""
	tw.focusIs("Copy report")
	tw.press(fyne.KeyReturn)
	if tw.copied != long {
		t.Errorf("copied %q", tw.copied)
	}
	tw.press(fyne.KeyEscape) // it is still there
	tw.until("the offer", func() bool { return tw.says("The app stopped unexpectedly last time.") })
	findByText(tw.win.Content(), "Dismiss").press()
	tw.until("no offer", func() bool { return !tw.says("stopped unexpectedly") })
	if !tw.records.forgot {
		t.Error("the report is still there")
	}
}

func TestAReportIsDismissedWhereItIsShown(t *testing.T) {
	tw := afterACrash(t, "panic: a value\n")
	findByText(tw.win.Content(), "Show").press()
	tw.untilTitle("Crash report")
	if tw.says("The copy is longer") {
		t.Errorf("%q", textsOf(tw.win.Content()))
	}
	findByText(tw.win.Content(), "Dismiss").press()
	tw.untilTitle("No account yet")
	if tw.says("stopped unexpectedly") || !tw.records.forgot {
		t.Errorf("%q", textsOf(tw.win.Content()))
	}
}

// fromHelp chooses an entry of the menu, by its place.
func fromHelp(t *testing.T, place int, change func(*testWindow)) *testWindow {
	t.Helper()
	tw := newTestWindow(t, Options{View: "accounts"}, change)
	tw.untilTitle("No account yet")
	tw.untilRead()
	findByText(tw.win.Content(), "Help…").press()
	for range place {
		tw.press(fyne.KeyDown)
	}
	tw.press(fyne.KeyReturn)
	return tw
}

func TestTheDiagnosisAndTheEndOfTheLogAreCopiedFromTheMenu(t *testing.T) {
	checks := []doctor.Check{{Name: "keyring", OK: true, Detail: "writes, reads and deletes"}}
	tw := fromHelp(t, 1, func(tw *testWindow) { tw.setup.checks = checks })
	tw.until("the copy", func() bool { return tw.copied != "" })
	if !strings.HasPrefix(tw.copied, doctor.Text(checks)) || !strings.HasSuffix(tw.copied, "msg=\"of [account]\"\n") {
		t.Errorf("copied %q", tw.copied)
	}
	tw.until("the word", func() bool { return tw.says("The diagnosis is on the clipboard. Secrets and names are taken out.") })
}

func TestTheLogIsOpenedOrItsPathIsShown(t *testing.T) {
	opened := make(chan string, 1)
	fromHelp(t, 2, func(tw *testWindow) { tw.records.opened = opened })
	if path := <-opened; path != "/state/app.log" {
		t.Errorf("opened %q", path)
	}

	tw := fromHelp(t, 2, func(tw *testWindow) { tw.records.noOpener = errors.New("no program") })
	tw.untilTitle("The log")
	tw.focusIs("Copy path")
	tw.press(fyne.KeyReturn)
	if tw.copied != "/state/app.log" {
		t.Errorf("copied %q", tw.copied)
	}

	tw = fromHelp(t, 2, func(tw *testWindow) { tw.records.path = "" })
	tw.until("the reason", func() bool { return tw.says("There is no log") })
}

func recordShots() []shot {
	accounts := Options{View: "accounts"}
	crash := func(tw *testWindow) { tw.records.report.Text = strings.Repeat("⟦a report⟧\n", 100) }
	short := func(tw *testWindow) { tw.records.report.Text = "⟦a report⟧" }
	offered := func(tw *testWindow) { tw.until("the offer", func() bool { return tw.crash.Text != "" }) }
	then := func(next func(*testWindow)) func(*testWindow) { return func(tw *testWindow) { offered(tw); next(tw) } }
	return []shot{
		{"after a crash", accounts, crash, offered},
		{"crash report", accounts, crash, then(func(tw *testWindow) { tw.show(newCrashView(tw.window)) })},
		{"short crash report", accounts, short, then(func(tw *testWindow) { tw.show(newCrashView(tw.window)) })},
		{"crash report copied", accounts, short, then(func(tw *testWindow) { tw.pressID("crash-copy") })},
		{"diagnosis copied", accounts, nil, func(tw *testWindow) {
			tw.view.(*accountsView).onCopyDiagnosis()
			tw.until("the copy", func() bool { return tw.copied != "" })
		}},
		{"diagnosis under way", accounts, nil, func(tw *testWindow) { tw.view.(*accountsView).onCopyDiagnosis() }},
		{"log", accounts, nil, func(tw *testWindow) { tw.show(newLogView(tw.window, "/a/path")) }},
		{"no log", accounts, func(tw *testWindow) { tw.records.path = "" }, func(tw *testWindow) {
			tw.view.(*accountsView).onOpenLog()
			tw.until("the reason", func() bool { return tw.notice != "" })
		}},
	}
}

// Given a package that knows where its releases are, when its version is chosen in the Help
// menu, then that page opens. Without it there is no such entry.
func TestTheVersionLeadsToItsReleases(t *testing.T) {
	const page = "https://releases.example.com/"
	for _, known := range []bool{true, false} {
		tw := newTestWindow(t, Options{View: "accounts"}, nil)
		tw.untilTitle("No account yet")
		tw.untilRead()
		if known {
			tw.about = fyne.AppMetadata{Version: "1.2.3", Custom: map[string]string{"releases": page}}
		}
		findByText(tw.win.Content(), "Help…").press()
		for range 4 {
			tw.press(fyne.KeyDown)
		}
		tw.press(fyne.KeyReturn)
		if !known {
			tw.untilTitle("Keyboard") // the last entry
		} else if got := <-tw.browser.opened; got != page {
			t.Errorf("the browser opens %q", got)
		}
	}
}
