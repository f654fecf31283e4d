package window

import (
	"context"
	"log/slog"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth/doctor"
	"egnyte-accounts/oauth/words"
)

// tailLines is how much of the log goes with a diagnosis.
const tailLines = 50

// copyDiagnosis is the diagnosis without a look at it, with the end of the log.
func (s *screen) copyDiagnosis() {
	s.say(words.Say("Looking around: the diagnosis is on the clipboard in a few seconds."))
	service := s.options.Service
	off(s, diagnoseLimit, func(ctx context.Context) (string, error) {
		text := doctor.Text(s.config.Diagnose(ctx, service))
		tail, err := s.records.Tail(tailLines)
		if err != nil {
			slog.Warn("the log can't be read", "error", err)
		}
		return text + "\n" + words.Say("The end of the log:") + "\n" + tail, nil
	}, func(text string, _ error) {
		s.copy(text)
		s.say(words.Say("The diagnosis is on the clipboard. Secrets and names are taken out."))
	})
}

// openLog shows the log in the program that this desktop has for it, or says
// where it is.
func (s *screen) openLog() {
	off(s, browserLimit, func(ctx context.Context) (string, error) {
		path, err := s.records.LogPath()
		if err == nil {
			err = s.records.Open(ctx, path)
		}
		return path, err
	}, func(path string, err error) {
		switch {
		case err == nil:
		case path == "":
			s.say(words.Say("There is no log: this computer has no folder for it."))
		default:
			slog.Info("the log can't be shown", "error", err)
			s.showLogPath(path)
		}
	})
}

func (s *screen) showLogPath(path string) {
	copied := s.primary(words.Say("Copy path"), nil)
	copied.OnTapped = func() {
		s.copy(path)
		copied.SetText(words.Say("Copied"))
	}
	where := s.entry("")
	where.SetText(path)
	where.Disable()
	body := page(nil, heading(words.Say("The log")), say(words.Say("No program here opens it. It is in this file.")),
		[]fyne.CanvasObject{where}, copied, s.quiet(words.Say("Close"), s.showAccounts))
	s.show(view{title: words.Say("The log"), body: body, first: copied, back: s.showAccounts})
}
