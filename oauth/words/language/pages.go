package language

import (
	"egnyte-accounts/assets"
	"egnyte-accounts/oauth/words"
)

// Pages are what a browser shows when it comes back, in the language in use.
func Pages() *assets.Pages {
	lang := words.Language()
	return &assets.Pages{
		CameBack:    assets.CameBack.In(lang, words.Say("Egnyte let you in."), words.Say("You can close this tab and go back to Accounts for Egnyte.")),
		Denied:      assets.Denied.In(lang, words.Say("You chose not to allow access."), words.Say("Nothing was stored.")),
		Failed:      assets.Failed.In(lang, words.Say("Egnyte did not complete the sign-in."), words.Say("The app tells you more.")),
		Stray:       assets.Stray.In(lang, words.Say("This link is not part of a sign-in that is waiting."), words.Say("To sign in, go back to Accounts for Egnyte.")),
		HandingOver: assets.HandingOver.In(lang, words.Say("One moment."), words.Say("If this page stays, allow scripts for it and sign in again.")),
	}
}
