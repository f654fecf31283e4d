package tray

import (
	"errors"
	"fmt"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/words"
)

// marked is a language of English between marks, facts left out of them: what
// is read without marks did not come through words.
type marked struct{}

var fact = regexp.MustCompile(`\{\w+\}`)

func (marked) Name() string { return "x-marked" }

func (marked) Text(english string) (string, bool) {
	return "⟦" + fact.ReplaceAllString(english, "⟧$0⟦") + "⟧", english != ""
}

func (m marked) Plural(english string, _ int) (string, bool) { return m.Text(english) }

var (
	inMarks = regexp.MustCompile(`⟦[^⟦⟧]*⟧`)
	letter  = regexp.MustCompile(`\p{L}`)

	// data is what no language changes.
	data = regexp.MustCompile(`Accounts for Egnyte|Name of \w+|\b(jsmith|adoe|user\d*|acme|globex)\b|\.egnyte\.com`)
)

func isTranslated(t *testing.T, text string) {
	t.Helper()
	if left := data.ReplaceAllString(inMarks.ReplaceAllString(text, " "), " "); text == "" || letter.MatchString(left) {
		t.Errorf("%q says %q", text, left)
	}
}

func TestEveryWordOfTheTrayIsTranslated(t *testing.T) {
	words.Use(marked{})
	t.Cleanup(func() { words.Use(nil) })
	several := []account.Account{jane}
	names := []string{"jsmith"}
	for i := range 5 {
		names = append(names, fmt.Sprintf("user%d", i))
		several = append(several, person(names[i+1], "acme.egnyte.com", account.Ready))
	}
	atADesk(t, several, func(t *testing.T, d *desk) {
		d.turn("jsmith")
		one := <-d.notices
		isTranslated(t, one.Title)
		isTranslated(t, one.Body)
		isTranslated(t, one.Button)
		d.turn(names...)
		many := <-d.notices
		isTranslated(t, many.Title)
		isTranslated(t, many.Body)
		isTranslated(t, many.Button)
		one.Clicked()
		isTranslated(t, <-d.told)
		synctest.Wait()
		d.store.change(func() { d.store.failure = errors.New("unreadable") })
		synctest.Wait()
		d.mu.Lock()
		defer d.mu.Unlock()
		isTranslated(t, d.badge.tooltip)
		for _, item := range d.entries {
			if item.title == "" || item.title == "-" { // a row that was never needed, and a line
				continue
			}
			isTranslated(t, item.title)
			for _, under := range item.entries {
				isTranslated(t, under.title)
			}
		}
	})
}

func TestEveryStateOfARowIsTranslated(t *testing.T) {
	words.Use(marked{})
	t.Cleanup(func() { words.Use(nil) })
	now := time.Now()
	before, soon := now.Add(-time.Minute), now.Add(time.Minute)
	for _, a := range []account.Account{
		{}, {State: account.Reconnect}, {State: account.Pending},
		{State: account.Ready, Trouble: account.Offline}, {State: account.Ready, Trouble: account.Offline, Since: &before},
		{State: account.Ready, Trouble: account.Throttled}, {State: account.Ready, Trouble: account.Throttled, Until: &soon},
		{State: account.Ready, Trouble: account.Unwell}, {State: account.Ready, Trouble: account.Unwell, Since: &before},
	} {
		for _, waiting := range []bool{true, false} {
			isTranslated(t, titleOf(advice.RowOf(a, now), "jsmith", waiting))
		}
	}
}

func TestWhatTheTrayTellsOfTroubleIsTranslated(t *testing.T) {
	words.Use(marked{})
	t.Cleanup(func() { words.Use(nil) })
	isTranslated(t, explain(&keyring.Error{Kind: keyring.Locked, Err: errors.New("no bus")}))
}
