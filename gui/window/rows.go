package window

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
)

// row is one account in the list.
type row struct {
	advice.Row
	isDefault bool // among several
}

func rowsOf(accounts []account.Account, now time.Time) []row {
	rows := make([]row, 0, len(accounts))
	for _, a := range accounts {
		r := row{advice.RowOf(a, now), a.Default && len(accounts) > 1}
		if isPractice(a) {
			r.Who += " · " + words.Say("practice")
		}
		rows = append(rows, r)
	}
	return rows
}

// markOf is a status as a picture; each has a shape of its own.
func markOf(status advice.Status) fyne.Resource {
	switch status {
	case advice.StatusReady:
		return markReady
	case advice.StatusChecking:
		return markChecking
	case advice.StatusPaused:
		return markPaused
	}
	return markNeeds
}

// left is a countdown, 4:32.
func left(d time.Duration) string {
	seconds := max(0, int(d.Round(time.Second)/time.Second))
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}
