package tray

import (
	"testing"

	"egnyte-accounts/oauth/account"
)

func person(username, domain string, state account.State) account.Account {
	return account.Account{
		Name: username + "@" + domain, Service: "https://egnyte.com", Domain: domain,
		Username: username, DisplayName: "Name of " + username, State: state,
	}
}

func TestARowSaysWhoAndHowTheyAre(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		account account.Account
		waiting bool
		want    string
	}{
		"ready":           {person("jsmith", "acme.egnyte.com", account.Ready), false, "● jsmith — acme"},
		"needs you":       {person("adoe", "globex.egnyte.com", account.Reconnect), false, "▲ adoe — globex: reconnect"},
		"being written":   {person("adoe", "globex.egnyte.com", account.Pending), false, "◌ adoe — globex: saving"},
		"at the browser":  {person("adoe", "globex.egnyte.com", account.Reconnect), true, "◌ adoe — globex: waiting for the browser"},
		"a hostile name":  {person("a\n\x1b[2Jdoe\u202e", "globex.egnyte.com", account.Ready), false, "● a[2Jdoe — globex"},
		"service's port":  {person("jsmith", "acme.egnyte.localhost:8080", account.Ready), false, "● jsmith — acme"},
		"unbounded words": {person(string(make([]byte, 100))+"x", "acme.egnyte.com", account.Ready), false, "● x — acme"},
	}
	for name, test := range tests {
		rows := rowsOf([]account.Account{test.account}, map[string]bool{test.account.Name: test.waiting})
		if len(rows) != 1 || rows[0].title != test.want {
			t.Errorf("%s: %+v, want %q", name, rows, test.want)
		}
	}
}

func TestNoTwoRowsReadTheSame(t *testing.T) {
	t.Parallel()
	rows := rowsOf([]account.Account{
		person("jsmith", "acme.egnyte.com", account.Ready),
		person("jsmith", "acme.egnyte.localhost:8080", account.Ready),
		person("adoe", "acme.egnyte.com", account.Ready),
	}, nil)
	want := []string{"● jsmith — acme.egnyte.com", "● jsmith — acme.egnyte.localhost:8080", "● adoe — acme"}
	for i := range want {
		if rows[i].title != want[i] {
			t.Errorf("row %d is %q, want %q", i, rows[i].title, want[i])
		}
	}
}
