package main

import (
	"encoding/json"
	"strings"
	"testing"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
)

// signedIn signs people of the practice Egnyte in, by password.
func (c *command) signedIn(usernames ...string) (names []string) {
	c.t.Helper()
	for _, username := range usernames {
		for _, p := range c.egnyte.People() {
			if p.Username != username {
				continue
			}
			out, said, code := c.run(strings.NewReader(p.Password+"\n"), "signin", p.Domain, "--flow", "password", "--username", username, "--password-stdin", "--json")
			var kept entry
			if err := json.Unmarshal([]byte(out), &kept); err != nil || code != 0 {
				c.t.Fatal(err, said)
			}
			names = append(names, kept.Account)
		}
	}
	return names
}

func (c *command) listed() (names []string) {
	c.t.Helper()
	out, said, code := c.run(strings.NewReader(""), "list", "--json")
	var entries []entry
	if err := json.Unmarshal([]byte(out), &entries); err != nil || code != 0 {
		c.t.Fatal(err, said)
	}
	for _, e := range entries {
		names = append(names, e.Account)
	}
	return names
}

// Given several accounts, when all sign out, then each is reported by name, no
// token of theirs lives on, and none is left here.
func TestAllSignOutAndEachIsReported(t *testing.T) {
	c := newCommand(t, internalKey)
	names := c.signedIn("jsmith", "bkumar", "adoe")
	_, said, code := c.run(strings.NewReader(""), "signout", "--all")
	for _, name := range names {
		if strings.Count(said, "Signed out "+name+".\n") != 1 {
			t.Errorf("%s is not reported:\n%s", name, said)
		}
	}
	if left := c.listed(); code != 0 || len(left) != 0 {
		t.Errorf("exit code %d, %q are left", code, left)
	}
	for _, p := range c.egnyte.People() {
		if live := c.egnyte.Tokens(p.Domain, p.Username); len(live) != 0 {
			t.Errorf("%d tokens of %s live on", len(live), p.Username)
		}
	}
	if _, said, code := c.run(strings.NewReader(""), "signout", "--all"); code != 0 || said != "" {
		t.Errorf("without accounts: exit code %d, %s", code, said)
	}
}

// Given an Egnyte that can be told of one account only, when all sign out, then
// that one goes, each other stays with its reason and the command that would
// remove it, and the exit code is that of trouble that passes.
func TestWhoCannotSignOutStaysAndIsReported(t *testing.T) {
	c := newCommand(t, internalKey)
	c.signedIn("jsmith", "bkumar", "adoe")
	c.egnyte.Fault("revoke", practice.Fault503.For(2))
	_, said, code := c.run(strings.NewReader(""), "signout", "--all")
	left := c.listed()
	if code != 4 || len(left) != 2 || strings.Count(said, "Signed out ") != 1 {
		t.Fatalf("exit code %d, %q are left:\n%s", code, left, said)
	}
	for _, name := range left {
		if !strings.Contains(said, name+" stays: ") || !strings.Contains(said, "egnyte-auth signout --anyway "+name+"\n") {
			t.Errorf("%s is not reported:\n%s", name, said)
		}
	}
	if !strings.Contains(said, "2 of 3 accounts stayed") {
		t.Errorf("no sum:\n%s", said)
	}
	if _, said, code := c.run(strings.NewReader(""), "signout", "--all"); code != 0 || len(c.listed()) != 0 {
		t.Errorf("once Egnyte is well: exit code %d, %s", code, said)
	}
}

// Given a keyring item that is gone, damaged or from a newer version, then
// signout fails, says that the token could not be revoked, and names the command
// that removes the account anyway.
func TestASignOutWithoutATokenIsNoSuccess(t *testing.T) {
	for name, text := range map[string]string{"gone": "", "damaged": "{", "newer": `{"v":2,"access_token":"x"}`} {
		c := newCommand(t, internalKey)
		account := c.signedIn("jsmith")[0]
		ring := c.keyring
		if text == "" {
			_ = ring.Delete(t.Context(), account)
		} else {
			_ = ring.Set(t.Context(), account, oauth.NewSecret(text))
		}
		_, said, code := c.run(strings.NewReader(""), "signout", account)
		if code != 1 || strings.Contains(said, "Signed out") || !strings.Contains(said, "token could not be revoked") ||
			!strings.Contains(said, "signout --anyway "+account+"\n") || len(c.listed()) != 1 {
			t.Errorf("%s: exit code %d, %s", name, code, said)
		}
		_, said, code = c.run(strings.NewReader(""), "signout", account, "--anyway")
		if code != 0 || strings.Contains(said, "Signed out") || len(c.listed()) != 0 {
			t.Errorf("%s: anyway: exit code %d, %s", name, code, said)
		}
	}
}

// Given an Egnyte that can't be told, then nothing is removed until the person
// says so, and they are told that the account lives on at Egnyte.
func TestAnywayRemovesWhatEgnyteCannotBeToldOf(t *testing.T) {
	c := newCommand(t, internalKey)
	names := c.signedIn("jsmith", "bkumar")
	c.egnyte.Fault("revoke", practice.Fault503)
	if _, said, code := c.run(strings.NewReader(""), "signout", names[0]); code != 4 || len(c.listed()) != 2 || !strings.Contains(said, "nothing was removed") {
		t.Errorf("without: exit code %d, %s", code, said)
	}
	_, said, code := c.run(strings.NewReader(""), "signout", names[0], "--anyway")
	if code != 0 || !strings.Contains(said, "Removed "+names[0]+" from this machine. Its token could not be revoked: it stays signed in at Egnyte.") {
		t.Errorf("exit code %d, %s", code, said)
	}
	if left := c.listed(); len(left) != 1 || left[0] != names[1] || len(c.egnyte.Tokens("acme", "jsmith")) != 1 {
		t.Errorf("%q are left", left)
	}
	if _, said, code := c.run(strings.NewReader(""), "signout", "--all", "--anyway"); code != 0 || len(c.listed()) != 0 || strings.Count(said, "Removed ") != 1 {
		t.Errorf("all of them: exit code %d, %s", code, said)
	}
	if _, said, code := c.run(strings.NewReader(""), "signout", names[0], "--anyway"); code != exitNeedPerson {
		t.Errorf("one that is gone: exit code %d, %s", code, said)
	}
	for _, wrong := range []string{"signout --all acme", "signout a b"} {
		if _, said, code := c.run(strings.NewReader(""), strings.Fields(wrong)...); code != exitUsage {
			t.Errorf("%s: exit code %d, %s", wrong, code, said)
		}
	}
}
