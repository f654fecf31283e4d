package window

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
)

// detail is one thing that is known of an account.
type detail struct{ name, text string }

// detailsOf is what is known of an account beside its row: what a person who is
// asked for help looks for.
func detailsOf(a account.Account, now time.Time) []detail {
	state, line := stateOf(a, titleOf(a), now)
	all := []detail{
		{words.Say("User name"), oauth.Plain(a.Username)},
		{words.Say("Egnyte domain"), oauth.Plain(a.Domain)},
		{words.Say("State"), stateWord(state)},
	}
	if state != stateReady {
		all = append(all, detail{words.Say("Reason"), line})
	}
	if a.State != account.Reconnect {
		all = append(all, detail{words.Say("Expires"), expiryOf(a, now)})
	}
	if isRenewed(a) {
		all = append(all, detail{words.Say("Last renewed"), capital(advice.At(a.Renewed, now))})
	}
	last := words.Say("Not yet")
	if a.Checked != nil {
		last = capital(advice.At(*a.Checked, now))
	}
	return append(all, detail{words.Say("Last check"), last})
}

// expiryOf says when the token ends, and that it is renewed before.
func expiryOf(a account.Account, now time.Time) string {
	switch {
	case a.Expires == nil:
		return words.Say("Never")
	case !a.Expires.After(now):
		return words.Say("It has run out")
	case a.Flow == oauth.FlowImplicit:
		return words.Say("{in}; it can't be renewed", "in", capital(in(a.Expires.Sub(now))))
	}
	return words.Say("{in}; it is renewed before", "in", capital(in(a.Expires.Sub(now))))
}

// showDetails shows them, to be read or copied.
func (s *screen) showDetails(a account.Account) {
	known := detailsOf(a, s.now())
	var lines []string
	for _, d := range known {
		lines = append(lines, d.name+": "+d.text)
	}
	copied := s.plain(words.Say("Copy"), nil)
	copied.OnTapped = func() {
		s.copy(strings.Join(lines, "\n"))
		copied.SetText(words.Say("Copied"))
	}
	title := titleOf(a)
	body := page(nil, heading(title), space(0), []fyne.CanvasObject{onCard(factsOf(known))}, copied, s.quiet(words.Say("Close"), s.showAccounts))
	s.show(view{title: words.Say("Details of {name}", "name", title), body: body, first: copied, back: s.showAccounts})
}

func factsOf(known []detail) fyne.CanvasObject {
	var all []fyne.CanvasObject
	for _, d := range known {
		name, text := widget.NewLabel(d.name), widget.NewLabel(d.text)
		name.Importance = widget.LowImportance
		text.Wrapping = fyne.TextWrapWord
		all = append(all, name, text)
	}
	return container.New(facts{}, all...)
}

// capital begins a text as a sentence begins.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
