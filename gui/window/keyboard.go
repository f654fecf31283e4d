package window

import (
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"egnyte-accounts/oauth/words"
)

// Everything works by keyboard. This is where the focus is when a view appears, and
// the keys from there; end-to-end tests rely on it.
//
//	view (window title, before " — Accounts for Egnyte")
//	                      focus first        then
//	Accounts              the first Reconnect that is needed, else Add account
//	                                         Tab order: Add account; each row: Reconnect
//	                                         (where needed), ⋯; Settings…, Help…. Ctrl+N adds an
//	                                         account, Ctrl+, opens the settings, Esc ends the
//	                                         window; so also without an account
//	  ⋯ menu              Open Egnyte        Down: Reconnect, Make default (with several
//	                                         accounts, on all but the default), Details…, Sign
//	                                         out…. Enter chooses, Esc closes
//	No account yet        Add account        Enter; Tab: Settings…, Help…
//	  without an API key  Enter your API key Enter; Tab: Try it with the practice service
//	  Help… menu          Diagnose…          Down: Copy diagnosis, Open log, Keyboard…. Enter
//	                                         chooses, Esc closes
//	Details of NAME       Copy               Enter; Tab: Close
//	Keyboard              Close              Enter
//	API key               the key's entry    Tab: secret, redirect address, Copy, the portal,
//	                                         https, Save, More settings…, Cancel. Enter in an
//	                                         entry saves
//	Settings              the key's entry    Tab: secret, kind of key (Enter opens, arrows
//	                                         change), redirect address, Copy, Test this key,
//	                                         service, domain, region, ticks, Show all, start
//	                                         at login, Close, Save. Enter in an entry saves;
//	                                         Esc leaves, and asks where something is unsaved
//	  with ': ' and the answer behind it after a test or a save
//	Diagnosis: …          Copy               Enter; Tab: Close. Shift+Tab: Look again
//	Starting practice     Cancel             goes on by itself to No account yet
//	Signing in            nothing            goes on by itself once the settings are read
//	Sign in               Continue in browser (the entry where a domain is set up, the
//	                      service has no Enhanced Auth, or the settings name another flow)
//	                                         Enter; or Tab, type the domain, Enter.
//	                                         Tab order: Continue, entry, Use this domain, Cancel
//	  Sign in at HOST?    Sign in at HOST    a company's own name was typed and looked up: Enter
//	  Domain not found    Continue in browser (the entry without it)
//	Sign in with a password
//	                      the first empty entry
//	                                         Tab: domain, user name, password, Sign in, Cancel.
//	                                         Enter in an entry signs in
//	Add a certificate?    Add the certificate
//	                                         Enter; Tab: Paste the address instead, Cancel
//	Adding the certificate
//	                      Cancel             goes on by itself
//	The certificate could not be added
//	                      Try again          Tab: Paste the address instead, Cancel
//	Not every browser took the certificate
//	                      Go on              Tab: Try again, Paste the address instead, Cancel
//	Finish in your browser
//	                      Open again         Tab: Copy link, Cancel. Without a browser the focus
//	                                         is on Copy link
//	Paste the address     the entry          paste, Enter; Tab: Use the address on the clipboard
//	                                         (Continue once something is typed), Open again,
//	                                         Copy link, Cancel
//	Which domain?         the entry          type, Enter; Tab: Continue, Cancel
//	  Signed in at HOST?  Yes, at HOST       a company's own name was looked up: Enter
//	Is that you?          No                 Shift+Tab: Yes
//	Checking with Egnyte  Cancel             goes on by itself
//	Signed in as NAME     Done               Enter, or wait 4 s
//	Sign-in did not work  the one button     Enter. Shift+Tab: Details, and when unfolded Copy.
//	                                         Tab: Close, which has the focus where the button
//	                                         waits for the time that Egnyte named
//	Somebody else came back
//	                      Add NAME           Tab: Sign in as …, Cancel
//	Sign out NAME?        Sign out           Enter; Tab: Stay signed in
//
// Enter and Space press a button, arrows move the focus from button to button, and
// Esc cancels or goes back: it ends a sign-in under way, and the program if the window
// was opened for that sign-in.

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

// newKeyboardView says which keys do what.
func newKeyboardView(w *window) view {
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
	return &baseView{w: w, title: words.Say("Keyboard"), first: close,
		content: page(nil, heading(words.Say("Keyboard")), paragraph(words.Say("Everything can be done without a mouse.")), []fyne.CanvasObject{onCard(keys)}, close)}
}
