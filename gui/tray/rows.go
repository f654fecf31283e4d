package tray

import (
	"strings"
	"time"
	"unicode"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
)

// row is what the menu says of one account.
type row struct {
	account string // its name in the index
	title   string
	waiting bool // a reconnect waits for the browser
	locked  bool // the password store has to be opened
	urgent  bool // shown before others where there are too many
}

// mostRows bounds the menu. A longer one helps nobody, and costs memory and
// time for every entry, at the tray and at its host.
const mostRows = 100

// fitting are the rows that are shown, in their order: those that need somebody
// or wait for somebody first, then as many others as there is room for.
func fitting(rows []row) (shown []row, left int) {
	if len(rows) <= mostRows {
		return rows, 0
	}
	urgent := 0
	for _, r := range rows {
		if r.urgent {
			urgent++
		}
	}
	room := max(0, mostRows-urgent)
	for _, r := range rows {
		switch {
		case len(shown) == mostRows:
		case r.urgent:
			shown = append(shown, r)
		case room > 0:
			room--
			shown = append(shown, r)
		}
	}
	return shown, len(rows) - len(shown)
}

// rowsOf computes the menu's rows. Waiting holds the names of the accounts
// whose person is at the browser. A token that has run out is no matter of its
// person's: the keeper renews it, or finds that it can't.
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
		rows = append(rows, row{a.Name, stateOf(a, who, waiting[a.Name], now), waiting[a.Name],
			a.IsLocked(), waiting[a.Name] || a.State == account.Reconnect})
	}
	return rows
}

// stateOf tells a state by shape and word together.
func stateOf(a account.Account, who string, waiting bool, now time.Time) string {
	paused, _ := advice.Paused(a, now)
	switch {
	case waiting:
		return words.Say("◌ {who}: waiting for the browser", "who", who)
	case a.State == account.Reconnect:
		return words.Say("▲ {who}: reconnect", "who", who)
	case a.State == account.Pending:
		return words.Say("◌ {who}: saving", "who", who)
	case paused != "":
		return words.Say("■ {who}: {state}", "who", who, "state", paused)
	}
	return "● " + who
}

// needing counts the accounts that need their person.
func needing(accounts []account.Account) int {
	n := 0
	for _, a := range accounts {
		if a.State == account.Reconnect {
			n++
		}
	}
	return n
}

func label(a account.Account) string {
	domain, _, _ := strings.Cut(a.Domain, ".")
	return plain(a.Username) + " — " + plain(domain)
}

// displayName is the person's name, in a notification.
func displayName(a account.Account) string {
	if name := plain(a.DisplayName); name != "" {
		return name
	}
	return plain(a.Username)
}

// plain makes a server's text fit for one line of a menu.
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
