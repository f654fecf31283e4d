package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
)

func TestTimesHaveTheirPlurals(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for left, want := range map[time.Duration]string{
		time.Second: "in 1 min", 40 * time.Minute: "in 40 min", time.Hour: "in 1 hour", 119 * time.Minute: "in 1 hour",
		47 * time.Hour: "in 47 hours", 49 * time.Hour: "in 2 days", 29 * 24 * time.Hour: "in 29 days", 0: "over", -time.Hour: "over",
	} {
		ends := now.Add(left)
		if got := expiryWords(account.Account{State: account.Ready, Expires: &ends}, now); got != want {
			t.Errorf("%v left: %q, want %q", left, got, want)
		}
	}
	for ago, want := range map[time.Duration]string{
		time.Second: "just now", time.Minute: "1 min ago", 90 * time.Minute: "1 hour ago", 5 * time.Hour: "5 hours ago", 72 * time.Hour: "3 days ago",
	} {
		at := now.Add(-ago)
		if got := checkedWords(&at, now); got != want {
			t.Errorf("%v ago: %q, want %q", ago, got, want)
		}
	}
}

// Given accounts in every state, then both tables say in the windows' words what
// is wrong, and none promises life to what is dead.
func TestTheTablesSpeakInSentences(t *testing.T) {
	t.Parallel()
	later, before := time.Now().Add(36*24*time.Hour), time.Now().Add(-time.Hour)
	for name, c := range map[string]struct {
		account account.Account
		says    string
		expires string
	}{
		"key and secret": {account.Account{State: account.Reconnect, Reason: oauth.RefusedClient, Expires: &later}, advice.Needed(oauth.RefusedClient, "jsmith").What, "-"},
		"password":       {account.Account{State: account.Reconnect, Reason: oauth.RefusedUnauthorized}, advice.Needed(oauth.RefusedUnauthorized, "jsmith").What, "-"},
		"secret gone":    {account.Account{State: account.Reconnect, Reason: account.ReasonGone, Expires: &later}, "does not hold the sign-in", "-"},
		"no reason":      {account.Account{State: account.Reconnect, Expires: &later}, "has to sign in again.", "-"},
		"unwell":         {account.Account{State: account.Ready, Trouble: account.Unwell, Since: &before, Expires: &later}, "Egnyte has trouble since ", "in 3"},
		"throttled":      {account.Account{State: account.Ready, Trouble: account.Throttled, Until: &later}, "Egnyte is asking us to wait. We will try again on ", "never"},
		"run out":        {account.Account{State: account.Ready, Flow: oauth.FlowImplicit, Expires: &before}, "has run out, and nothing can renew it.", "-"},
		"newer state":    {account.Account{State: "frozen", Expires: &later}, "A newer version of this app", "-"},
		"being set up":   {account.Account{State: account.Pending, Expires: &later}, "pending", "-"},
	} {
		c.account.Name, c.account.Username = "jsmith@acme.egnyte.com", "jsmith"
		var list, status bytes.Buffer
		if err := printTable(nil, &list, []account.Account{c.account}); err != nil {
			t.Fatal(err)
		}
		if err := printStatus(nil, &status, []account.Account{c.account}); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{list.String(), status.String()} {
			_, row, _ := strings.Cut(table, "\n")
			for _, code := range []string{"invalid-client", "unauthorized", "secret-gone", "server-trouble", "throttled"} {
				if strings.Contains(row, code) {
					t.Errorf("%s: the code %q in %q", name, code, row)
				}
			}
			if !strings.Contains(row, c.says) || !strings.Contains(row, "  "+c.expires) {
				t.Errorf("%s: %q", name, row)
			}
		}
	}
}

// What programs read keeps its codes, says null for what has no end, and calls
// an account that is being set up pending.
func TestTheJSONOfAnAccount(t *testing.T) {
	t.Parallel()
	ends := time.Date(2026, time.March, 3, 14, 20, 5, 999, time.FixedZone("", 3600))
	accounts := []account.Account{
		{Name: "jsmith@acme.egnyte.com", State: account.Ready, Default: true},
		{Name: "adoe@acme.egnyte.com", State: account.Pending, Expires: &ends, Scopes: []string{"Egnyte.link"}},
		{Name: "bkumar@acme.egnyte.com", State: account.Reconnect, Reason: oauth.RefusedClient},
		{Name: "cgarcia@acme.egnyte.com", State: account.Ready, Flow: oauth.FlowImplicit, Expires: &ends},
	}
	var list bytes.Buffer
	if err := printList(&list, accounts); err != nil {
		t.Fatal(err)
	}
	var entries []map[string]any
	if err := json.Unmarshal(list.Bytes(), &entries); err != nil {
		t.Fatal(err)
	}
	if expires, there := entries[0]["expires"]; !there || expires != nil || entries[0]["state"] != "ready" || entries[0]["default"] != true {
		t.Errorf("without an end: %v", entries[0])
	}
	if scopes, ok := entries[0]["scopes"].([]any); !ok || len(scopes) != 0 {
		t.Errorf("without scopes: %v", entries[0]["scopes"])
	}
	if entries[1]["expires"] != "2026-03-03T13:20:05Z" || entries[1]["state"] != "pending" {
		t.Errorf("being set up: %v", entries[1])
	}
	if entries[3]["state"] != "reconnect" {
		t.Errorf("run out: %v", entries[3])
	}
	if got := statusOf(accounts).Accounts; got[2].Reason != "invalid-client" || got[2].State != "reconnect" || got[0].Reason != "" || got[0].Checked != nil || got[3].Reason != "expired" || got[3].State != "reconnect" {
		t.Errorf("the status: %+v", got)
	}
}
