package tray

import (
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

// mostRows limits the menu: each entry costs memory and time, here and in the tray host.
const mostRows = 100

// fitting returns the rows to show, in their order, and how many are left out. Those
// that need the user or wait for the browser come before the others.
func fitting(rows []row) (shown []row, left int) {
	if len(rows) <= mostRows {
		return rows, 0
	}
	room := mostRows
	for _, r := range rows {
		if r.needs || r.waiting {
			room--
		}
	}
	for _, r := range rows {
		switch {
		case len(shown) == mostRows:
		case r.needs || r.waiting:
			shown = append(shown, r)
		case room > 0:
			room--
			shown = append(shown, r)
		}
	}
	return shown, len(rows) - len(shown)
}

// rowsOf computes the menu's rows. Waiting has the names of the accounts that wait for
// the browser.
func rowsOf(accounts []account.Account, waiting map[string]bool, now time.Time) []row {
	short := make(map[string]int)
	for _, a := range accounts {
		short[label(a)]++
	}
	rows := make([]row, 0, len(accounts))
	for _, a := range accounts {
		who := label(a)
		if short[who] > 1 {
			who = plain(a.Username) + " — " + plain(a.Domain)
		}
		r := advice.RowOf(a, now)
		rows = append(rows, row{a.Name, titleOf(r, who, waiting[a.Name]), waiting[a.Name], r.IsLocked(), r.State == account.Reconnect})
	}
	return rows
}

// titleOf shows the status by shape and by word.
func titleOf(r advice.Row, who string, waiting bool) string {
	switch {
	case waiting:
		return words.Say("◌ {who}: waiting for the browser", "who", who)
	case r.State == account.Reconnect:
		return words.Say("▲ {who}: reconnect", "who", who)
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
	return plain(a.Username) + " — " + plain(domain)
}

// displayName is the user's name for a notification.
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
