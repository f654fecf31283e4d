package tray

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
)

// row is one account in the menu.
type row struct {
	account string // its name in the index
	title   string
	waiting bool // for the browser, which the user may cancel
	locked  bool // until the user unlocks the keyring
	needs   bool // the user, to sign in again
}

// mostRows limits the menu: each entry costs memory and time, here and in the tray host,
// and a longer menu does not fit a screen.
const mostRows = 20

// rowsOf computes the menu's rows: accounts that need the user first, then by name.
// Waiting has the names of the accounts that wait for the browser.
func rowsOf(accounts []account.Account, waiting map[string]bool, now time.Time) []row {
	alike := make(map[string]int)
	for _, a := range accounts {
		alike[label(a)]++
	}
	rows := make([]row, 0, len(accounts))
	for _, a := range accounts {
		who := label(a)
		if alike[who] > 1 {
			who = displayName(a) + " (" + plain(a.Username) + ") — " + plain(a.Domain)
		}
		r := advice.RowOf(a, now)
		rows = append(rows, row{a.Name, titleOf(r, who, waiting[a.Name]), waiting[a.Name], r.IsLocked(), r.State == account.Reconnect})
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		if a.needs != b.needs {
			if a.needs {
				return -1
			}
			return 1
		}
		return strings.Compare(strings.ToLower(a.words()), strings.ToLower(b.words()))
	})
	return rows
}

// words is the title without its shape.
func (r row) words() string {
	_, text, _ := strings.Cut(r.title, " ")
	return text
}

// badgeOf shows what needs the user.
func badgeOf(rows []row, trouble string) badge {
	text, n := programName, needing(rows)
	switch {
	case n == 1:
		text += ": " + rows[0].words()
	case n > 1:
		text += ": " + words.Count(n, "{n} account needs you", "{n} accounts need you")
	}
	if trouble != "" {
		text += ": " + trouble
	}
	return badge{n > 0 || trouble != "", text}
}

// titleOf shows the status by shape and by word.
func titleOf(r advice.Row, who string, waiting bool) string {
	switch {
	case waiting:
		return words.Say("◌ {who}: waiting for the browser", "who", who)
	case r.State == account.Reconnect:
		return words.Say("▲ {who}: sign in again", "who", who)
	case r.State == account.Pending:
		return words.Say("◌ {who}: saving", "who", who)
	case r.Status == advice.StatusPaused:
		return words.Say("■ {who}: {state}", "who", who, "state", r.Short)
	}
	return "● " + who
}

// needing counts the accounts that need the user.
func needing(rows []row) (n int) {
	for _, r := range rows {
		if r.needs {
			n++
		}
	}
	return n
}

func label(a account.Account) string {
	domain, _, _ := strings.Cut(a.Domain, ".")
	return displayName(a) + " — " + plain(domain)
}

// displayName is the user's name.
func displayName(a account.Account) string { return plain(advice.Title(a)) }

// plain makes a server's text safe for one line of a menu.
func plain(text string) string {
	const most = 48 // letters
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text))
	if letters := []rune(text); len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return text
}
