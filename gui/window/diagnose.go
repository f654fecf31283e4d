package window

import (
	"cmp"
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/doctor"
	"egnyte-accounts/oauth/words"
)

// diagnoseLimit is a little more than doctor's for one check, all of which run
// side by side.
const diagnoseLimit = 45 * time.Second

// showDiagnosis looks at everything that signing in stands on, as
// `egnyte-auth doctor` does.
func (s *screen) showDiagnosis() {
	closing := s.quiet(words.Say("Close"), s.showAccounts)
	body := page(nil, heading(words.Say("Looking around…")), say(words.Say("This takes a few seconds. Nothing is changed.")), nil, closing)
	s.show(view{title: words.Say("Diagnosis"), body: body, first: closing, back: s.showAccounts})
	service := s.options.Service
	off(s, diagnoseLimit, func(ctx context.Context) ([]doctor.Check, error) { return s.config.Diagnose(ctx, service), ctx.Err() },
		func(checks []doctor.Check, _ error) {
			if s.view.body == body { // the person did not go elsewhere
				s.showChecks(checks)
			}
		})
}

func (s *screen) showChecks(checks []doctor.Check) {
	title, text := words.Say("All is well"), words.Say("Everything that signing in stands on works.")
	wrong := 0
	for _, c := range checks {
		if !c.OK {
			wrong++
		}
	}
	switch {
	case !doctor.Healthy(checks):
		title, text = words.Say("Signing in can't work like this"), words.Say("What is marked below says what to do.")
	case wrong > 0:
		title, text = words.Say("Signing in can work"), words.Say("What is marked below could be better.")
	}
	rows := container.NewVBox()
	for _, c := range sortedChecks(checks) {
		rows.Add(checkRow(c))
	}
	copied := s.primary(words.Say("Copy"), nil)
	copied.OnTapped = func() {
		s.copy(doctor.Text(checks))
		copied.SetText(words.Say("Copied"))
	}
	again := s.plain(words.Say("Look again"), s.showDiagnosis)
	note := muted(words.Say("Holds no secret and no name, so it is safe to send."))
	note.SizeName = theme.SizeNameCaptionText
	body := page(nil, heading(title), say(text), []fyne.CanvasObject{onCard(rows)},
		note, container.NewGridWithColumns(2, again, copied), s.quiet(words.Say("Close"), s.showAccounts))
	s.show(view{title: words.Say("Diagnosis: {result}", "result", title), body: body, first: copied, back: s.showAccounts})
}

// sortedChecks has what is wrong first.
func sortedChecks(checks []doctor.Check) []doctor.Check {
	var wrong, right []doctor.Check
	for _, c := range checks {
		if c.OK {
			right = append(right, c)
		} else {
			wrong = append(wrong, c)
		}
	}
	return append(wrong, right...)
}

// checkRow is one check: state by shape and word, and what to do.
func checkRow(c doctor.Check) fyne.CanvasObject {
	sign := markReady
	if !c.OK {
		sign = markNeeds
	}
	name := widget.NewLabelWithStyle(checkName(c.Name), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	detail := newNote()
	detail.say(c.Detail, widget.LowImportance)
	advised := newNote()
	advised.say(c.Advice, widget.WarningImportance)
	return container.NewBorder(nil, nil, container.NewVBox(container.NewPadded(picture(sign, 12))), nil,
		container.New(snug{4}, name, detail, advised))
}

// checkName is a check's name as windows say it; what is copied for support
// keeps its own.
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
		"service":       words.Say("Service"),
		"clock":         words.Say("Clock"),
		"display":       words.Say("Display"),
		"tray":          words.Say("Tray"),
	}[name], name)
}
