package tray

import (
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

func person(username, domain string, state account.State) account.Account {
	return account.Account{
		Name: username + "@" + domain, Service: "https://egnyte.com", Domain: domain,
		Username: username, DisplayName: "Name of " + username, State: state,
	}
}

var noon = time.Date(2026, time.March, 3, 12, 0, 0, 0, time.UTC)

func troubled(a account.Account, trouble account.Trouble, since, until time.Time) account.Account {
	a.Trouble, a.Since = trouble, &since
	if !until.IsZero() {
		a.Until = &until
	}
	return a
}

func expired(a account.Account) account.Account {
	over := noon.Add(-time.Hour)
	a.Expires = &over
	return a
}

// cantRenew is an account with a token of the implicit grant.
func cantRenew(a account.Account) account.Account {
	a.Flow = oauth.FlowImplicit
	return a
}

func TestARowSaysWhoAndHowTheyAre(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		account account.Account
		waiting bool
		want    string
	}{
		"ready":           {person("jsmith", "acme.egnyte.com", account.Ready), false, "● Name of jsmith — acme"},
		"needs you":       {person("adoe", "globex.egnyte.com", account.Reconnect), false, "▲ Name of adoe — globex: sign in again"},
		"being written":   {person("adoe", "globex.egnyte.com", account.Pending), false, "◌ Name of adoe — globex: saving"},
		"at the browser":  {person("adoe", "globex.egnyte.com", account.Reconnect), true, "◌ Name of adoe — globex: waiting for the browser"},
		"no network":      {troubled(jane, account.Offline, noon.Add(-time.Hour), time.Time{}), false, "■ Name of jsmith — acme: offline since 11:00"},
		"asked to wait":   {troubled(jane, account.Throttled, noon, noon.Add(time.Hour)), false, "■ Name of jsmith — acme: waiting until 13:00"},
		"Egnyte is ill":   {troubled(jane, account.Unwell, noon.Add(-15*time.Hour), time.Time{}), false, "■ Name of jsmith — acme: Egnyte has trouble since yesterday 21:00"},
		"signing in":      {troubled(jane, account.Offline, noon, time.Time{}), true, "◌ Name of jsmith — acme: waiting for the browser"},
		"to be renewed":   {expired(jane), false, "● Name of jsmith — acme"},
		"run out":         {cantRenew(expired(jane)), false, "▲ Name of jsmith — acme: sign in again"},
		"a hostile name":  {person("a\n\x1b[2Jdoe\u202e", "globex.egnyte.com", account.Ready), false, "● Name of a [2Jdoe — globex"},
		"service's port":  {person("jsmith", "acme.egnyte.localhost:8080", account.Ready), false, "● Name of jsmith — acme"},
		"unbounded words": {person(string(make([]byte, 100))+"x", "acme.egnyte.com", account.Ready), false, "● Name of x — acme"},
	}
	for name, test := range tests {
		rows := rowsOf([]account.Account{test.account}, map[string]bool{test.account.Name: test.waiting}, noon)
		if len(rows) != 1 || rows[0].title != test.want {
			t.Errorf("%s: %+v, want %q", name, rows, test.want)
		}
	}
}

// Accounts that need the user come first, then they are sorted by name; the user name
// tells those apart that look alike.
func TestRowsAreSortedAndToldApart(t *testing.T) {
	t.Parallel()
	twin := person("jane", "acme.egnyte.com", account.Ready)
	twin.DisplayName = jane.DisplayName
	rows := rowsOf([]account.Account{
		person("zoe", "acme.egnyte.com", account.Ready), jane,
		person("jsmith", "acme.egnyte.localhost:8080", account.Ready), twin,
		person("yves", "acme.egnyte.com", account.Reconnect), person("Bob", "acme.egnyte.com", account.Ready),
	}, nil, noon)
	want := []string{"▲ Name of yves — acme: sign in again", "● Name of Bob — acme", "● Name of jsmith (jane) — acme.egnyte.com",
		"● Name of jsmith (jsmith) — acme.egnyte.com", "● Name of jsmith (jsmith) — acme.egnyte.localhost:8080", "● Name of zoe — acme"}
	for i := range want {
		if rows[i].title != want[i] {
			t.Errorf("row %d is %q, want %q", i, rows[i].title, want[i])
		}
	}
}
