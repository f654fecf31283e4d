package window

import (
	"encoding/json"

	"fyne.io/fyne/v2/lang"

	"egnyte-accounts/oauth/words"
)

// translateFyne puts Fyne's own menus, those of entries, into the app's language. By
// itself Fyne uses the system's, which the app may not have.
func translateFyne() error {
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
