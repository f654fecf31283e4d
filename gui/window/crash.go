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

// readCrash looks for what the app left when it stopped unexpectedly.
func (s *screen) readCrash() {
	off(s, readLimit, func(context.Context) (crashlog.Report, error) { return s.records.Report() },
		func(report crashlog.Report, err error) {
			if err != nil {
				slog.Warn("the crash reports can't be read", "error", err)
			}
			s.crash = report
			s.redraw()
		})
}

// crashOffer is a line under the accounts, where there is something to tell.
func (s *screen) crashOffer() []fyne.CanvasObject {
	if s.crash.Text == "" {
		return nil
	}
	line := muted(words.Say("The app stopped unexpectedly last time."))
	line.SizeName, line.Alignment = theme.SizeNameCaptionText, fyne.TextAlignLeading
	open := s.quiet(words.Say("Show"), s.showCrash)
	copied := s.quiet(words.Say("Copy report"), func() {
		s.copy(s.crash.Text)
		s.say(words.Say("The report is on the clipboard."))
	})
	dismiss := s.quiet(words.Say("Dismiss"), s.forgetCrash)
	open.id, copied.id, dismiss.id = "crash-show", "crash-copy", "crash-dismiss"
	return []fyne.CanvasObject{line, container.NewHBox(open, copied, dismiss)}
}

// showCrash shows the report, which is sent by nobody but the person.
func (s *screen) showCrash() {
	text, whole := beginning(s.crash.Text)
	report := widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Monospace: true})
	report.SizeName, report.Wrapping = theme.SizeNameCaptionText, fyne.TextWrapBreak
	copied := s.primary(words.Say("Copy report"), nil)
	copied.OnTapped = func() {
		s.copy(s.crash.Text)
		copied.SetText(words.Say("Copied"))
	}
	note := caption(words.Say("Secrets and names are taken out. Nothing is sent by itself."))
	if !whole {
		note = caption(words.Say("Secrets and names are taken out. Nothing is sent by itself. The copy is longer than what is shown here."))
	}
	body := page(nil, heading(words.Say("The app stopped unexpectedly")), say(words.Say("This is where it was. It helps whoever looks into it.")),
		[]fyne.CanvasObject{onCard(report)}, note,
		container.NewGridWithColumns(2, s.plain(words.Say("Dismiss"), s.forgetCrash), copied), s.quiet(words.Say("Close"), s.showAccounts))
	s.show(view{title: words.Say("Crash report"), body: body, first: copied, back: s.showAccounts})
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

// forgetCrash deletes the report.
func (s *screen) forgetCrash() {
	report := s.crash
	try(s, readLimit, func(context.Context) error { return s.records.Forget(report) }, func(err error) {
		if err != nil {
			slog.Warn("the crash reports can't be deleted", "error", err)
			s.notice = words.Say("The report could not be deleted.")
		}
		s.crash = crashlog.Report{}
		s.showAccounts()
	})
}
