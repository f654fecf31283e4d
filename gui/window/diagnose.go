package window

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/gui/doctor"
)

// diagnoseLimit is a little more than doctor's for one check, all of which run
// side by side.
const diagnoseLimit = 45 * time.Second

// addShortcuts: Ctrl+, (⌘, on macOS) opens the settings from the accounts, as
// in many programs.
func (s *screen) addShortcuts() {
	s.win.Canvas().AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyComma, Modifier: fyne.KeyModifierShortcutDefault},
		func(fyne.Shortcut) { s.shortcutToSettings() })
}

// shortcutToSettings leaves alone what is typed or under way elsewhere.
func (s *screen) shortcutToSettings() {
	if s.view.list && s.session == nil {
		s.showSettings()
	}
}

// showHelp opens the menu of what helps.
func (s *screen) showHelp(at *button) {
	menu := widget.NewPopUpMenu(fyne.NewMenu("",
		fyne.NewMenuItem("Diagnose…", s.showDiagnosis),
		fyne.NewMenuItem("Copy diagnosis", s.copyDiagnosis),
		fyne.NewMenuItem("Open log", s.openLog),
	), s.win.Canvas())
	menu.OnDismiss = func() {
		menu.Hide()
		if s.view.list { // nothing was chosen that leads away
			s.win.Canvas().Focus(at)
			s.redraw()
		}
	}
	menu.ShowAtRelativePosition(fyne.NewPos(0, -menu.MinSize().Height), at)
	menu.ActivateNext()
}

// showDiagnosis looks at everything that signing in stands on, as
// `egnyte-auth doctor` does.
func (s *screen) showDiagnosis() {
	closing := s.quiet("Close", s.showAccounts)
	body := page(nil, heading("Looking around…"), say("This takes a few seconds. Nothing is changed."), nil, closing)
	s.show(view{title: "Diagnosis", body: body, first: closing, back: s.showAccounts})
	service := s.options.Service
	off(s, diagnoseLimit, func(ctx context.Context) ([]doctor.Check, error) { return s.config.Diagnose(ctx, service), ctx.Err() },
		func(checks []doctor.Check, _ error) {
			if s.view.body == body { // the person did not go elsewhere
				s.showChecks(checks)
			}
		})
}

func (s *screen) showChecks(checks []doctor.Check) {
	title, text := "All is well", "Everything that signing in stands on works."
	wrong := 0
	for _, c := range checks {
		if !c.OK {
			wrong++
		}
	}
	switch {
	case !doctor.Healthy(checks):
		title, text = "Signing in can't work like this", "What is marked below says what to do."
	case wrong > 0:
		title, text = "Signing in can work", "What is marked below could be better."
	}
	rows := container.NewVBox()
	for _, c := range sortedChecks(checks) {
		rows.Add(checkRow(c))
	}
	copied := s.primary("Copy", nil)
	copied.OnTapped = func() {
		s.copy(doctor.Text(checks))
		copied.SetText("Copied")
	}
	again := s.plain("Look again", s.showDiagnosis)
	note := muted("Holds no secret and no name, so it is safe to send.")
	note.SizeName = theme.SizeNameCaptionText
	body := page(nil, heading(title), say(text), []fyne.CanvasObject{onCard(rows)},
		note, container.NewGridWithColumns(2, again, copied), s.quiet("Close", s.showAccounts))
	s.show(view{title: "Diagnosis: " + title, body: body, first: copied, back: s.showAccounts})
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
	name := widget.NewLabelWithStyle(c.Name, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	detail := newNote()
	detail.say(c.Detail, widget.LowImportance)
	advised := newNote()
	advised.say(c.Advice, widget.WarningImportance)
	return container.NewBorder(nil, nil, container.NewVBox(container.NewPadded(picture(sign, 12))), nil,
		container.New(snug{4}, name, detail, advised))
}
