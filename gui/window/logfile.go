package window

import (
	"context"
	"log/slog"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth/doctor"
	"egnyte-accounts/oauth/words"
)

// tailLines is how many lines of the log are copied with the diagnosis.
const tailLines = 50

// onCopyDiagnosis copies the diagnosis, with the end of the log, without showing it.
func (v *accountsView) onCopyDiagnosis() {
	w := v.w
	w.notify(words.Say("Looking around: the diagnosis is on the clipboard in a few seconds."))
	service := w.options.Service
	inBackground(w, diagnoseLimit, func(ctx context.Context) (string, error) {
		text := doctor.Text(w.config.Diagnose(ctx, service))
		tail, err := w.records.Tail(tailLines)
		if err != nil {
			slog.Warn("the log can't be read", "error", err)
		}
		return text + "\n" + words.Say("The end of the log:") + "\n" + tail, nil
	}, func(text string, _ error) {
		w.copy(text)
		w.notify(words.Say("The diagnosis is on the clipboard. Secrets and names are taken out."))
	})
}

// onOpenLog opens the log in the desktop's program for it, or says where it is.
func (v *accountsView) onOpenLog() {
	w := v.w
	inBackground(w, browserLimit, func(ctx context.Context) (string, error) {
		path, err := w.records.LogPath()
		if err == nil {
			err = w.records.Open(ctx, path)
		}
		return path, err
	}, func(path string, err error) {
		switch {
		case err == nil:
		case path == "":
			w.notify(words.Say("There is no log: this computer has no folder for it."))
		default:
			slog.Info("the log can't be shown", "error", err)
			w.show(newLogView(w, path))
		}
	})
}

// newLogView shows where the log is.
func newLogView(w *window, path string) view {
	where := w.entry("")
	where.SetText(path)
	where.Disable()
	copy := w.primary(words.Say("Copy path"), nil).copying(func() string { return path })
	return &baseView{w: w, title: words.Say("The log"), first: copy,
		content: page(nil, heading(words.Say("The log")), paragraph(words.Say("No program here opens it. It is in this file.")),
			[]fyne.CanvasObject{where}, copy, w.quiet(words.Say("Close"), w.showAccounts))}
}
