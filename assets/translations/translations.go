// Package translations holds what the windows, the tray, notifications and
// browser pages say, a file for each language, in the format of Fyne's lang and
// go-i18n: the English sentence, then the translation, or an object with the
// language's plural forms. en.json is what translators start from; a test keeps
// it equal to the source.
package translations

import "embed"

// Files are named by language: de.json.
//
//go:embed *.json
var Files embed.FS
