package window

import (
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth/words"
)

// addShortcuts: from the accounts, Ctrl+, opens the settings and Ctrl+N adds an
// account (⌘ on macOS), as in many programs. What is typed or under way
// elsewhere is left alone.
func (s *screen) addShortcuts() {
	for key, open := range map[fyne.KeyName]func(){
		fyne.KeyComma: s.showSettings,
		fyne.KeyN:     func() { s.showStart("") },
	} {
		s.win.Canvas().AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault},
			func(fyne.Shortcut) {
				if s.view.list && s.session == nil {
					open()
				}
			})
	}
}

// showHelp opens the menu of what helps.
func (s *screen) showHelp(at *button) {
	menu := widget.NewPopUpMenu(fyne.NewMenu("",
		fyne.NewMenuItem(words.Say("Diagnose…"), s.showDiagnosis),
		fyne.NewMenuItem(words.Say("Copy diagnosis"), s.copyDiagnosis),
		fyne.NewMenuItem(words.Say("Open log"), s.openLog),
		fyne.NewMenuItem(words.Say("Keyboard…"), s.showKeyboard),
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

// showKeyboard says which keys do what.
func (s *screen) showKeyboard() {
	control := "Ctrl+"
	if runtime.GOOS == "darwin" {
		control = "⌘"
	}
	keys := []detail{
		{control + "N", words.Say("Add account")},
		{control + ",", words.Say("Settings")},
		{"Tab, Shift+Tab", words.Say("On to the next, back to the last")},
		{"Enter", words.Say("Press or choose what has the frame")},
		{"Esc", words.Say("Cancel, back, close")},
	}
	closing := s.primary(words.Say("Close"), s.showAccounts)
	body := page(nil, heading(words.Say("Keyboard")), say(words.Say("Everything can be done without a mouse.")), []fyne.CanvasObject{onCard(factsOf(keys))}, closing)
	s.show(view{title: words.Say("Keyboard"), body: body, first: closing, back: s.showAccounts})
}
