package window

// Everything works by keyboard alone. Where the focus is when a view appears,
// and the keys from there; end-to-end tests rely on it.
//
//	view (window title, before " — Accounts for Egnyte")
//	                      focus first        then
//	Accounts              the first Reconnect that is needed, else Add account
//	                                         Tab order: Add account; each row: Reconnect
//	                                         (where needed), ⋯; API key…. Esc ends the window
//	  ⋯ menu              Open Egnyte        Down: Reconnect, Make default (with several
//	                                         accounts, on all but the default), Sign out….
//	                                         Enter chooses, Esc closes
//	No account yet        Add account        Enter; Tab: API key…
//	  without an API key  Enter a key        Enter; Tab: Try it with a practice Egnyte
//	API key               the key's entry    Tab: secret, redirect address, Save, practice,
//	                                         Cancel. Enter in an entry saves
//	Starting practice     Cancel             goes on by itself to No account yet
//	Sign in               Continue in browser (the entry where a domain is set up, or the
//	                      service has no Enhanced Auth)
//	                                         Enter; or Tab, type the domain, Enter.
//	                                         Tab order: Continue, entry, Use this domain, Cancel
//	Finish in your browser
//	                      Open again         Tab: Copy link, Cancel. Without a browser the focus
//	                                         is on Copy link
//	Which domain?         the entry          type, Enter; Tab: Continue, Cancel
//	Checking with Egnyte  Cancel             goes on by itself
//	Signed in as NAME     Done               Enter, or wait 4 s
//	Sign-in did not work  the one button     Enter. Shift+Tab: Details, and when unfolded Copy.
//	                                         Tab: Close
//	Somebody else came back
//	                      Add NAME           Tab: Sign in as …, Cancel
//	Sign out NAME?        Sign out           Enter; Tab: Stay signed in
//
// Enter and Space press a button, arrows move the focus from button to button,
// and Esc cancels or goes back: it ends a sign-in under way, and the program
// where the window was opened for that sign-in alone.
