// Package assets holds what the program shows and doesn't compute.
package assets

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html"
	"strings"
	"sync"
)

// Page is what a browser shows when it comes back from Egnyte. It is the same
// for everybody: nothing of a request ever gets into it.
type Page struct{ mark, heading, text, lang string }

// The pages. CameBack promises no more than is known when it is shown: the
// code has yet to be exchanged.
var (
	CameBack = Page{tick, "Egnyte let you in.", "You can close this tab and go back to Accounts for Egnyte.", "en"}
	Denied   = Page{bar, "You chose not to allow access.", "Nothing was stored.", "en"}
	Failed   = Page{alert, "Egnyte did not complete the sign-in.", "The app tells you more.", "en"}
	Stray    = Page{gap, "This link is not part of a sign-in that is waiting.", "To sign in, go back to Accounts for Egnyte.", "en"}

	// HandingOver is shown for the moment that FragmentHTML's script takes.
	HandingOver = Page{dots, "One moment.", "If this page stays, allow scripts for it and sign in again.", "en"}
)

// In is the page in another language, which BCP 47 names: lang "de".
func (p Page) In(lang, heading, text string) Page { return Page{p.mark, heading, text, lang} }

// Pages are all of them, in one language.
type Pages struct{ CameBack, Denied, Failed, Stray, HandingOver Page }

// English are the pages as they are where nobody gives others.
var English = Pages{CameBack, Denied, Failed, Stray, HandingOver}

// Each outcome has a shape of its own, so that nobody needs its colour.
const (
	tick  = `<svg class="good" viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="21"/><path d="M15 24.5l6.5 6.5L34 18"/></svg>`
	bar   = `<svg class="still" viewBox="0 0 48 48" aria-hidden="true"><rect x="4" y="4" width="40" height="40" rx="9"/><path d="M15 24h18"/></svg>`
	alert = `<svg class="look" viewBox="0 0 48 48" aria-hidden="true"><path d="M24 5.5L44.5 41.5H3.5z"/><path d="M24 19v10M24 35v.1"/></svg>`
	gap   = `<svg class="still" viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="21" stroke-dasharray="7.5 5.7"/><path d="M24 14v13M24 33.5v.1"/></svg>`
)

var (
	//go:embed pages/page.html
	pageHTML string
	//go:embed pages/page.css
	pageCSS string
)

// HTML is the whole page. It loads nothing and runs nothing.
func (p Page) HTML() string {
	return strings.NewReplacer(
		"{{lang}}", p.lang,
		"{{style}}", pageCSS,
		"{{mark}}", p.mark,
		"{{heading}}", html.EscapeString(p.heading),
		"{{text}}", html.EscapeString(p.text),
	).Replace(pageHTML)
}

// PagePolicy is the Content-Security-Policy that every page is served with. It
// allows the pages' own style, by its hash (CSP Level 3, 2.3.1), and nothing else.
func PagePolicy() string { return pagePolicy() }

var pagePolicy = sync.OnceValue(func() string {
	hash := sha256.Sum256([]byte(pageCSS))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
})
