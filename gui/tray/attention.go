package tray

import (
	"log/slog"
	"strings"
	"time"

	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
)

const (
	gather      = time.Second      // what happens together is told together
	quietRetry  = time.Second      // while somebody signs in and there is something to tell
	betweenTold = 30 * time.Second // from one telling to the next
	mostTold    = 3                // notifications at once; more accounts share one
)

// attention tracks which accounts need the user and have not been notified yet. Only
// the keeper's loop uses its fields.
type attention struct {
	untold  map[string]bool
	told    map[string]bool // in this turn to reconnect; the index may not know yet
	waiting bool            // for the moment to tell
	last    time.Time       // that somebody was told
}

// notice finds the accounts that need a notification: one for each change to Reconnect,
// also if it happened before the tray started. A reconnect that is being saved, and
// fails, is not a new change.
func (k *keeper) notice(now []account.Account) {
	untold, told := make(map[string]bool), make(map[string]bool)
	for _, a := range now {
		switch {
		case a.State == account.Ready:
		case a.Notified, k.attention.told[a.Name]:
			told[a.Name] = true
		case a.State == account.Reconnect:
			untold[a.Name] = true
		}
	}
	k.attention.untold, k.attention.told = untold, told
	k.tellSoon()
}

// tellSoon notifies once no sign-in is under way, as a notification would disturb it.
func (k *keeper) tellSoon() {
	if len(k.attention.untold) == 0 || k.attention.waiting {
		return
	}
	k.attention.waiting = true
	wait := max(gather, betweenTold-time.Since(k.attention.last))
	if k.attention.last.IsZero() {
		wait = gather
	}
	k.work.Go(func() {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		for {
			select {
			case <-timer.C:
			case <-k.ctx.Done():
				return
			}
			if !k.deps.accounts.SomebodySignsIn() {
				k.do(k.tellNeeding)
				return
			}
			timer.Reset(quietRetry)
		}
	})
}

// tellNeeding notifies for each account that still has to sign in again.
func (k *keeper) tellNeeding() {
	var needing []account.Account
	for _, a := range k.order {
		if k.attention.untold[a.Name] {
			needing = append(needing, a)
		}
	}
	k.attention.untold, k.attention.waiting = nil, false
	if len(needing) == 0 {
		return
	}
	k.attention.last = time.Now()
	names := make([]string, 0, len(needing))
	for _, a := range needing {
		k.attention.told[a.Name] = true
		names = append(names, a.Name)
	}
	var notices []desktop.Notification
	if len(needing) > mostTold {
		notices, needing = append(notices, k.manyNotice(needing)), nil
	}
	for _, a := range needing {
		notices = append(notices, k.reconnectNotice(a))
	}
	k.work.Go(func() { k.show(notices, names) })
}

// show shows notifications and records them in the index. If one fails, the next tray
// tries again.
func (k *keeper) show(notices []desktop.Notification, of []string) {
	for _, n := range notices {
		if err := k.notify(k.ctx, n); err != nil {
			slog.Info("a notification could not be shown", "error", err)
			return
		}
	}
	if err := k.deps.accounts.MarkNotified(k.ctx, of...); err != nil {
		slog.Info("the list of accounts does not say who was told", "error", err)
	}
}

// reconnectNotice is one account's; a click on it begins to sign in again.
func (k *keeper) reconnectNotice(a account.Account) desktop.Notification {
	why := advice.Needed(a.Reason, displayName(a)).What
	return desktop.Notification{
		Title:   words.Say("{name} has to sign in again", "name", displayName(a)),
		Body:    plain(a.Username) + " · " + plain(a.Domain) + "\n" + why,
		Button:  words.Say("Reconnect"),
		Clicked: func() { k.do(func() { k.reconnectFromNotice(a.Name) }) },
	}
}

// reconnectFromNotice takes a click that may come much later, when there is
// nothing left to do.
func (k *keeper) reconnectFromNotice(name string) {
	a, here := k.accounts[name]
	switch {
	case here && k.jobs[name] != nil:
	case here && a.State == account.Reconnect:
		k.reconnectOrCancel(a)
	default:
		k.work.Go(func() { k.startRole("--window", "accounts") })
	}
}

// manyNotice is one notification for many accounts, as when a key is withdrawn.
func (k *keeper) manyNotice(needing []account.Account) desktop.Notification {
	var names []string
	for _, a := range needing[:mostTold] {
		names = append(names, displayName(a))
	}
	return desktop.Notification{
		Title:   words.Count(len(needing), "{n} account has to sign in again", "{n} accounts have to sign in again"),
		Body:    words.Count(len(needing)-mostTold, "{names} and {n} more", "{names} and {n} more", "names", strings.Join(names, ", ")),
		Button:  words.Say("Show"),
		Clicked: func() { k.startRole("--window", "accounts") },
	}
}
