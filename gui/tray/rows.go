package tray

import (
	"strings"
	"unicode"

	"egnyte-accounts/oauth/account"
)

// row is what the menu says of one account.
type row struct {
	account string // its name in the index
	title   string
	waiting bool // a reconnect waits for the browser
}

// rowsOf computes the menu's rows. Waiting holds the names of the accounts
// whose person is at the browser.
func rowsOf(accounts []account.Account, waiting map[string]bool) []row {
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
		rows = append(rows, row{a.Name, stateOf(a, who, waiting[a.Name]), waiting[a.Name]})
	}
	return rows
}

// stateOf tells a state by shape and word together.
func stateOf(a account.Account, who string, waiting bool) string {
	switch {
	case waiting:
		return "◌ " + who + ": waiting for the browser"
	case a.State == account.Reconnect:
		return "▲ " + who + ": reconnect"
	case a.State == account.Pending:
		return "◌ " + who + ": saving"
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
