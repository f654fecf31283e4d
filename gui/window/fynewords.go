package window

import (
	"encoding/json"

	"fyne.io/fyne/v2/lang"

	"egnyte-accounts/oauth/words"
)

// speakOurs has Fyne's own menus, those over entries, in the app's language.
// Fyne looks for the system's by itself and may know one that the app does not:
// without this, half of a window would be in another language.
func speakOurs() error {
	own, err := json.Marshal(map[string]string{
		"Cut":        words.Say("Cut"),
		"Copy":       words.Say("Copy"),
		"Paste":      words.Say("Paste"),
		"Select all": words.Say("Select all"),
		"Undo":       words.Say("Undo"),
		"Redo":       words.Say("Redo"),
		"Quit":       words.Say("Quit"),
	})
	if err != nil {
		return err
	}
	return lang.AddTranslationsForLocale(own, lang.SystemLocale())
}
