package window

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
)

// detailsOf is what is known of an account besides its row, as support asks for it.
func detailsOf(a account.Account, now time.Time) []fact {
	r := advice.RowOf(a, now)
	all := []fact{
		{words.Say("User name"), oauth.Plain(a.Username)},
		{words.Say("Egnyte domain"), oauth.Plain(a.Domain)},
		{words.Say("State"), r.Status.String()},
	}
	if r.Status != advice.StatusReady {
		all = append(all, fact{words.Say("Reason"), r.Line})
	}
	if r.State != account.Reconnect {
		all = append(all, fact{words.Say("Expires"), expiryOf(a, now)})
	}
	if advice.IsRenewed(a) {
		all = append(all, fact{words.Say("Last renewed"), capital(advice.At(a.Renewed, now))})
	}
	last := words.Say("Not yet")
	if a.Checked != nil {
		last = capital(advice.At(*a.Checked, now))
	}
	return append(all, fact{words.Say("Last check"), last})
}

// expiryOf says when the token ends, and that it is renewed before.
func expiryOf(a account.Account, now time.Time) string {
	switch {
	case a.Expires == nil:
		return words.Say("Never")
	case !a.Expires.After(now):
		return words.Say("It has run out")
	case a.Flow == oauth.FlowImplicit:
		return words.Say("{in}; it can't be renewed", "in", capital(advice.In(a.Expires.Sub(now))))
	}
	return words.Say("{in}; it is renewed before", "in", capital(advice.In(a.Expires.Sub(now))))
}

// newDetailsView shows what is known of an account, to be read or copied.
func newDetailsView(w *window, a account.Account) view {
	facts := detailsOf(a, w.now())
	copy := w.plain(words.Say("Copy"), nil).copying(func() string {
		var lines []string
		for _, f := range facts {
			lines = append(lines, f.name+": "+f.text)
		}
		return strings.Join(lines, "\n")
	})
	return &baseView{w: w, title: words.Say("Details of {name}", "name", advice.Title(a)), first: copy,
		content: page(nil, heading(advice.Title(a)), space(0), []fyne.CanvasObject{onCard(factsTable(facts))}, copy, w.quiet(words.Say("Close"), w.showAccounts))}
}

// capital begins a text as a sentence begins.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
