package window

import (
	"context"
	"log/slog"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/gui/crashlog"
	"egnyte-accounts/oauth/words"
)

// readCrash looks for the report of a crash.
func (w *window) readCrash() {
	inBackground(w, readLimit, func(context.Context) (crashlog.Report, error) { return w.records.Report() },
		func(report crashlog.Report, err error) {
			if err != nil {
				slog.Warn("the crash reports can't be read", "error", err)
			}
			w.crash = report
			w.refresh()
		})
}

// dismissCrash deletes the report.
func (w *window) dismissCrash() {
	report := w.crash
	tryInBackground(w, readLimit, func(context.Context) error { return w.records.Forget(report) }, func(err error) {
		if err != nil {
			slog.Warn("the crash reports can't be deleted", "error", err)
			w.notice = words.Say("The report could not be deleted.")
		}
		w.crash = crashlog.Report{}
		w.showAccounts()
	})
}

// newCrashView shows the report. Only the user sends it to anyone.
func newCrashView(w *window) view {
	text, whole := beginning(w.crash.Text)
	report := widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Monospace: true})
	report.SizeName, report.Wrapping = theme.SizeNameCaptionText, fyne.TextWrapBreak
	note := words.Say("Secrets and names are taken out. Nothing is sent by itself.")
	if !whole {
		note = words.Say("Secrets and names are taken out. Nothing is sent by itself. The copy is longer than what is shown here.")
	}
	dismiss := w.plain(words.Say("Dismiss"), w.dismissCrash)
	copy := w.primary(words.Say("Copy report"), nil).copying(func() string { return w.crash.Text })
	return &baseView{w: w, title: words.Say("Crash report"), first: copy, content: page(nil,
		heading(words.Say("The app stopped unexpectedly")), paragraph(words.Say("This is where it was. It helps whoever looks into it.")),
		[]fyne.CanvasObject{onCard(report)}, caption(note), container.NewGridWithColumns(2, dismiss, copy), w.quiet(words.Say("Close"), w.showAccounts))}
}

// beginning is as much of a report as a window takes; what happened stands first.
func beginning(text string) (part string, whole bool) {
	const most = 60 // lines
	lines := strings.SplitAfter(text, "\n")
	if len(lines) <= most {
		return text, true
	}
	return strings.Join(lines[:most], ""), false
}
