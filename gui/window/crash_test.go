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

// archive is Records: one report, and a log of one line.
type archive struct {
	ui       *thread
	report   crashlog.Report
	forgot   bool
	path     string
	noOpener error
	opened   chan string
}

func (a *archive) Report() (crashlog.Report, error) {
	a.ui.mustBeElsewhere("the crash reports")
	return a.report, nil
}

func (a *archive) Forget(report crashlog.Report) error {
	a.ui.mustBeElsewhere("the crash reports")
	a.forgot = report.Text == a.report.Text
	return nil
}

func (a *archive) Recovered(any) {}

func (a *archive) LogPath() (string, error) {
	a.ui.mustBeElsewhere("the log")
	if a.path == "" {
		return "", errors.New("there is no home")
	}
	return a.path, nil
}

func (a *archive) Tail(int) (string, error) {
	a.ui.mustBeElsewhere("the log")
	return "time=… level=WARN msg=\"of [account]\"\n", nil
}

func (a *archive) Open(_ context.Context, path string) error {
	a.ui.mustBeElsewhere("what opens files")
	if a.noOpener == nil {
		a.opened <- path
	}
	return a.noOpener
}

// afterACrash is the accounts' window at the next start, when it offers the report.
func afterACrash(t *testing.T, text string) *scene {
	t.Helper()
	sc := newScene(t, Options{View: "accounts"}, func(sc *scene) { sc.archive.report.Text = text })
	sc.untilRead()
	sc.until("the offer", func() bool { return sc.says("The app stopped unexpectedly last time.") })
	return sc
}

func TestAfterACrashTheReportIsShownCopiedAndDismissed(t *testing.T) {
	long := "egnyte-accounts v1\n\npanic: a value\n" + strings.Repeat("main.f(…)\n", 500) + "the end\n"
	sc := afterACrash(t, long)
	findByText(sc.win.Content(), "Copy report").press()
	if sc.copied != long || !sc.says("The report is on the clipboard.") {
		t.Errorf("copied %q; %q", sc.copied, textsOf(sc.win.Content()))
	}
	findByText(sc.win.Content(), "Show").press()
	sc.untilTitle("Crash report")
	if !sc.says("panic: a value") || sc.says("the end") || !sc.says("The copy is longer than what is shown here.") {
		t.Errorf("%q", textsOf(sc.win.Content()))
	}
	sc.copied = ""
	sc.focusIs("Copy report")
	sc.press(fyne.KeyReturn)
	if sc.copied != long {
		t.Errorf("copied %q", sc.copied)
	}
	sc.press(fyne.KeyEscape) // it is still there
	sc.until("the offer", func() bool { return sc.says("The app stopped unexpectedly last time.") })
	findByText(sc.win.Content(), "Dismiss").press()
	sc.until("no offer", func() bool { return !sc.says("stopped unexpectedly") })
	if !sc.archive.forgot {
		t.Error("the report is still there")
	}
}

func TestAReportIsDismissedWhereItIsShown(t *testing.T) {
	sc := afterACrash(t, "panic: a value\n")
	findByText(sc.win.Content(), "Show").press()
	sc.untilTitle("Crash report")
	if sc.says("The copy is longer") {
		t.Errorf("%q", textsOf(sc.win.Content()))
	}
	findByText(sc.win.Content(), "Dismiss").press()
	sc.untilTitle("No account yet")
	if sc.says("stopped unexpectedly") || !sc.archive.forgot {
		t.Errorf("%q", textsOf(sc.win.Content()))
	}
}

// fromHelp chooses an entry of the menu, by its place.
func fromHelp(t *testing.T, place int, change func(*scene)) *scene {
	t.Helper()
	sc := newScene(t, Options{View: "accounts"}, change)
	sc.untilTitle("No account yet")
	sc.untilRead()
	findByText(sc.win.Content(), "Help…").press()
	for range place {
		sc.press(fyne.KeyDown)
	}
	sc.press(fyne.KeyReturn)
	return sc
}

func TestTheDiagnosisAndTheEndOfTheLogAreCopiedFromTheMenu(t *testing.T) {
	checks := []doctor.Check{{Name: "keyring", OK: true, Detail: "writes, reads and deletes"}}
	sc := fromHelp(t, 1, func(sc *scene) { sc.desk.checks = checks })
	sc.until("the copy", func() bool { return sc.copied != "" })
	if !strings.HasPrefix(sc.copied, doctor.Text(checks)) || !strings.HasSuffix(sc.copied, "msg=\"of [account]\"\n") {
		t.Errorf("copied %q", sc.copied)
	}
	sc.until("the word", func() bool { return sc.says("The diagnosis is on the clipboard. Secrets and names are taken out.") })
}

func TestTheLogIsOpenedOrItsPathIsShown(t *testing.T) {
	opened := make(chan string, 1)
	fromHelp(t, 2, func(sc *scene) { sc.archive.opened = opened })
	if path := <-opened; path != "/state/app.log" {
		t.Errorf("opened %q", path)
	}

	sc := fromHelp(t, 2, func(sc *scene) { sc.archive.noOpener = errors.New("no program") })
	sc.untilTitle("The log")
	sc.focusIs("Copy path")
	sc.press(fyne.KeyReturn)
	if sc.copied != "/state/app.log" {
		t.Errorf("copied %q", sc.copied)
	}

	sc = fromHelp(t, 2, func(sc *scene) { sc.archive.path = "" })
	sc.until("the reason", func() bool { return sc.says("There is no log") })
}

func recordShots() []shot {
	accounts := Options{View: "accounts"}
	crash := func(sc *scene) { sc.archive.report.Text = strings.Repeat("⟦a report⟧\n", 100) }
	short := func(sc *scene) { sc.archive.report.Text = "⟦a report⟧" }
	offered := func(sc *scene) { sc.until("the offer", func() bool { return sc.crash.Text != "" }) }
	then := func(next func(*scene)) func(*scene) { return func(sc *scene) { offered(sc); next(sc) } }
	return []shot{
		{"after a crash", accounts, crash, offered},
		{"crash report", accounts, crash, then(func(sc *scene) { sc.showCrash() })},
		{"short crash report", accounts, short, then(func(sc *scene) { sc.showCrash() })},
		{"crash report copied", accounts, short, then(func(sc *scene) { findButton(sc.view.body, "crash-copy").press() })},
		{"diagnosis copied", accounts, nil, func(sc *scene) {
			sc.copyDiagnosis()
			sc.until("the copy", func() bool { return sc.copied != "" })
		}},
		{"diagnosis under way", accounts, nil, func(sc *scene) { sc.copyDiagnosis() }},
		{"log", accounts, nil, func(sc *scene) { sc.showLogPath("/a/path") }},
		{"no log", accounts, func(sc *scene) { sc.archive.path = "" }, func(sc *scene) {
			sc.openLog()
			sc.until("the reason", func() bool { return sc.notice != "" })
		}},
	}
}
