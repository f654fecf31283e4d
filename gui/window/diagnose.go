package window

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/doctor"
	"egnyte-accounts/oauth/words"
)

// diagnoseLimit is a little more than the limit of one check: all run in parallel.
const diagnoseLimit = 45 * time.Second

// diagnosisView shows what `egnyte-auth doctor` finds. It is built without results
// first.
type diagnosisView struct {
	baseView
	checks             []doctor.Check
	copy, again, close *button
}

func (w *window) showDiagnosis() {
	v := newDiagnosisView(w)
	v.buildWaiting()
	w.show(v)
	service := w.options.Service
	inBackground(w, diagnoseLimit, func(ctx context.Context) ([]doctor.Check, error) { return w.config.Diagnose(ctx, service), ctx.Err() },
		func(checks []doctor.Check, _ error) {
			if v.shown() {
				w.show(newChecksView(w, checks))
			}
		})
}

func newChecksView(w *window, checks []doctor.Check) *diagnosisView {
	v := newDiagnosisView(w)
	v.checks = checks
	v.build()
	return v
}

func newDiagnosisView(w *window) *diagnosisView {
	v := &diagnosisView{baseView: baseView{w: w, title: words.Say("Diagnosis")}}
	v.close = w.quiet(words.Say("Close"), v.Back)
	v.again = w.plain(words.Say("Look again"), w.showDiagnosis)
	v.copy = w.primary(words.Say("Copy"), nil).copying(func() string { return doctor.Text(v.checks) })
	return v
}

func (v *diagnosisView) buildWaiting() {
	v.first = v.close
	v.content = page(nil, heading(words.Say("Looking around…")), paragraph(words.Say("This takes a few seconds. Nothing is changed.")), nil, v.close)
}

func (v *diagnosisView) build() {
	title, text := words.Say("All is well"), words.Say("Everything that signing in stands on works.")
	switch {
	case !doctor.Healthy(v.checks):
		title, text = words.Say("Signing in can't work like this"), words.Say("What is marked below says what to do.")
	case slices.ContainsFunc(v.checks, func(c doctor.Check) bool { return !c.OK }):
		title, text = words.Say("Signing in can work"), words.Say("What is marked below could be better.")
	}
	rows := container.NewVBox()
	for _, c := range failedFirst(v.checks) {
		rows.Add(checkRow(c))
	}
	v.title, v.first = words.Say("Diagnosis: {result}", "result", title), v.copy
	v.content = page(nil, heading(title), paragraph(text), []fyne.CanvasObject{onCard(rows)},
		caption(words.Say("Holds no secret and no name, so it is safe to send.")), container.NewGridWithColumns(2, v.again, v.copy), v.close)
}

func failedFirst(checks []doctor.Check) []doctor.Check {
	sorted := slices.Clone(checks)
	sort.SliceStable(sorted, func(i, j int) bool { return !sorted[i].OK && sorted[j].OK })
	return sorted
}

// checkRow shows one check: its state as a mark, what was found, and what to do.
func checkRow(c doctor.Check) fyne.CanvasObject {
	sign := markReady
	if !c.OK {
		sign = markNeeds
	}
	name := widget.NewLabelWithStyle(checkName(c.Name), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	detail := newNote()
	detail.set(c.Detail, widget.LowImportance)
	advised := newNote()
	advised.set(c.Advice, widget.WarningImportance)
	return container.NewBorder(nil, nil, container.NewVBox(container.NewPadded(picture(sign, 12))), nil,
		stack(4, name, detail, advised))
}

// checkName is the name of a check for the user. The copied text has doctor's own.
func checkName(name string) string {
	return cmp.Or(map[string]string{
		"versions":      words.Say("Versions"),
		"keyring":       words.Say("Password store"),
		"folder":        words.Say("Folder"),
		"accounts":      words.Say("Accounts"),
		"settings":      words.Say("Settings"),
		"key":           words.Say("API key"),
		"key secret":    words.Say("Secret"),
		"key preflight": words.Say("Trial of the key"),
		"loopback IPv4": words.Say("Own address, IPv4"),
		"loopback IPv6": words.Say("Own address, IPv6"),
		"redirect":      words.Say("Way back of the browser"),
		"certificate":   words.Say("Certificate"),
		"browser":       words.Say("Browser"),
		"proxy":         words.Say("Proxy"),
		"service":       words.Say("Service"),
		"clock":         words.Say("Clock"),
		"display":       words.Say("Display"),
		"tray":          words.Say("Tray"),
	}[name], name)
}
