package window

import (
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"egnyte-accounts/oauth/words"
)

// addShortcuts adds Ctrl+, for the settings and Ctrl+N for a new account (⌘ on
// macOS). They work in the list only, so that they disturb nothing.
func (w *window) addShortcuts() {
	for key, open := range map[fyne.KeyName]func(){
		fyne.KeyComma: w.showSettings,
		fyne.KeyN:     func() { w.showStart("") },
	} {
		w.win.Canvas().AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault},
			func(fyne.Shortcut) {
				if _, list := w.view.(*accountsView); list && w.session == nil {
					open()
				}
			})
	}
}

// onHelp opens the menu of what helps.
func (v *accountsView) onHelp() {
	above := func(menu fyne.Size) fyne.Position { return fyne.NewPos(0, -menu.Height) }
	v.w.menu(v.buttons["help"], above,
		fyne.NewMenuItem(words.Say("Diagnose…"), v.w.showDiagnosis),
		fyne.NewMenuItem(words.Say("Copy diagnosis"), v.w.copyDiagnosis),
		fyne.NewMenuItem(words.Say("Open log"), v.w.openLog),
		fyne.NewMenuItem(words.Say("Keyboard…"), v.w.showKeyboard))
}

// showKeyboard says which keys do what.
func (w *window) showKeyboard() {
	control := "Ctrl+"
	if runtime.GOOS == "darwin" {
		control = "⌘"
	}
	keys := factsTable([]fact{
		{control + "N", words.Say("Add account")},
		{control + ",", words.Say("Settings")},
		{"Tab, Shift+Tab", words.Say("On to the next, back to the last")},
		{"Enter", words.Say("Press or choose what has the frame")},
		{"Esc", words.Say("Cancel, back, close")},
	})
	close := w.primary(words.Say("Close"), w.showAccounts)
	w.show(&baseView{w: w, title: words.Say("Keyboard"), first: close,
		content: page(nil, heading(words.Say("Keyboard")), paragraph(words.Say("Everything can be done without a mouse.")), []fyne.CanvasObject{onCard(keys)}, close)})
}
