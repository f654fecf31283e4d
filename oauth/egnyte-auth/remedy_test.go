package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/practice"
)

// Every button of the windows that does something else than trying again has a
// command here, and it is one that there is, with its flags.
func TestEveryButtonHasItsCommand(t *testing.T) {
	t.Parallel()
	commands := regexp.MustCompile(`egnyte-auth ([a-z]+( [a-z]+)?)[^,;]*?(--[a-z]+)?( ACCOUNT$|[.,;])`)
	for _, action := range []advice.Action{
		advice.OpenSettings, advice.CopyRedirect, advice.Reconnect, advice.AddInstead, advice.TypeDomain, advice.StartPractice,
		advice.InstallCert, advice.Paste, advice.TypePassword, advice.RemoveAnyway,
	} {
		how := remedy(nil, action, errors.New("any"))
		found := commands.FindAllStringSubmatch(how, -1)
		if len(found) == 0 {
			t.Errorf("%s: %q", action, how)
		}
		for _, match := range found {
			c, _, err := newRoot().Find(strings.Fields(match[1]))
			if err != nil || !c.HasParent() {
				t.Errorf("%s: %q is no command: %v", action, match[1], err)
			} else if flag := strings.TrimPrefix(match[3], "--"); flag != "" && c.Flags().Lookup(flag) == nil {
				t.Errorf("%s: %s has no flag %s", action, c.CommandPath(), match[3])
			}
		}
	}
	for _, action := range []advice.Action{advice.None, advice.TryAgain} {
		if how := remedy(nil, action, nil); how != "" {
			t.Errorf("%q: %q", action, how)
		}
	}
}

// Given an error of one account, then the command is ready to be copied.
func TestTheCommandNamesTheAccount(t *testing.T) {
	t.Parallel()
	const jane = "jsmith@acme.egnyte.com"
	for _, c := range []struct {
		err  error
		says string
	}{
		{&account.NotRevokedError{Account: jane, Err: errors.New("away")}, "\n  egnyte-auth signout --anyway " + jane + "\n"},
		{&account.ReconnectError{Account: jane}, "\n  egnyte-auth signin " + jane + "\n"},
		{&account.LostPairError{Account: jane, Err: errors.New("full")}, "\n  egnyte-auth signin " + jane + "\n"},
		{&account.ReconnectError{Account: jane, Reason: oauth.RefusedClient}, "egnyte-auth config set client_id KEY"},
		{&oauth.Refusal{Kind: oauth.RefusedRedirectURI, RedirectURI: "https://localhost:8443/back"}, "https://localhost:8443/back"},
		{&oauth.ConfigError{Field: "client_id", Reason: "none"}, "egnyte-auth config set client_id KEY"},
	} {
		if said := sentence(nil, c.err); !strings.Contains(said, c.says) {
			t.Errorf("%q does not say %q", said, c.says)
		}
	}
}

// Given an account whose key and secret no longer belong together, when its token
// is asked for, then the sentence says that, of which account, and what to do,
// each time; no password is blamed.
func TestADeadKeyIsNamedAsTheCause(t *testing.T) {
	c := newCommand(t, internalKey)
	c.egnyte.ExpiresIn("1")
	if _, said, code := c.run(strings.NewReader("jane-at-acme\n"), "signin", "acme", "--flow", "password", "--username", "jsmith", "--password-stdin"); code != 0 {
		t.Fatal(said)
	}
	out, _, _ := c.run(strings.NewReader(""), "list", "--json")
	var accounts []account.Account
	if err := json.Unmarshal([]byte(out), &accounts); err != nil || len(accounts) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	for time.Now().Before(*accounts[0].Expires) { // in its first half a token is not renewed
		time.Sleep(10 * time.Millisecond)
	}
	c.egnyte.Fault("token", practice.FaultInvalidClient)
	for n, args := range [][]string{{"token", "--min-valid", "1h"}, {"token"}, {"exec", "--", "false"}} {
		_, said, code := c.run(strings.NewReader(""), args...)
		if code != exitNeedPerson || !strings.Contains(said, "no longer takes the API key and secret of jsmith@acme.") ||
			!strings.Contains(said, "egnyte-auth config set client_id KEY") || strings.Contains(said, "password") {
			t.Errorf("call %d: exit code %d, %s", n+1, code, said)
		}
	}
	for _, list := range []string{"list", "status"} {
		if out, _, _ := c.run(strings.NewReader(""), list); !strings.Contains(out, "no longer takes the API key and secret of Jane Smith") {
			t.Errorf("%s: %s", list, out)
		}
	}
}

// Given calls used up for the day, and a gateway that does not say until when,
// then nobody is told to try in a minute.
func TestADailyLimitIsOverTomorrow(t *testing.T) {
	c := newCommand(t, internalKey)
	if _, said, code := c.run(strings.NewReader("jane-at-acme\n"), "signin", "acme", "--flow", "password", "--username", "jsmith", "--password-stdin"); code != 0 {
		t.Fatal(said)
	}
	c.egnyte.Fault("userinfo", practice.FaultOverRate.WithoutRetryAfter())
	if _, said, code := c.run(strings.NewReader(""), "whoami"); code != 4 || !strings.Contains(said, "Try again tomorrow") {
		t.Errorf("exit code %d, %s", code, said)
	}
}

// Given an address that Egnyte does not know, then ours is printed, to be copied.
func TestOurAddressIsPrinted(t *testing.T) {
	c := newCommand(t)
	c.egnyte.Fault("authorize", practice.FaultInvalidCallback)
	if _, said, code := c.run(strings.NewReader(""), "signin", "acme", "--no-browser"); code != 5 || !strings.Contains(said, c.egnyte.Key().RedirectURI+" as the place") {
		t.Errorf("exit code %d, %s", code, said)
	}
}

// Given accounts in an encrypted file that --store names, then a command that is
// printed names that file too, as a shell takes it, and the service where the account
// does not say it. A store that the environment names stays there.
func TestAPrintedCommandKeepsToTheStore(t *testing.T) {
	c := newCommand(t, internalKey)
	passphrase := filepath.Join(c.config, "passphrase")
	if err := os.WriteFile(passphrase, []byte("open sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(passphraseVariable, passphrase)
	place := "file:" + filepath.Join(c.config, "jane's store")
	given := " --store " + shellWord(place)
	expect := func(says string, args ...string) {
		t.Helper()
		if _, said, _ := c.run(strings.NewReader(""), args...); !strings.Contains(said, says) {
			t.Errorf("%q says %q, not %q", args, said, says)
		}
	}
	expect("egnyte-auth"+given+" --service "+shellWord(c.egnyte.URL())+" signin\n", "list", "--store", place)
	expect("egnyte-auth"+given+" --service "+shellWord(c.egnyte.URL())+" signin\n", "--store", place, "status")
	expect("egnyte-auth"+given+" --service "+shellWord(c.egnyte.URL())+" signin DOMAIN", "signin", "--flow", "code", "--store", place)

	t.Setenv(storeVariable, place)
	name := c.signedIn("jsmith")[0]
	c.egnyte.Fault("revoke", practice.Fault503)
	expect("\n  egnyte-auth signout --anyway "+name+"\n", "signout", name)
	t.Setenv(storeVariable, "")
	expect("\n  egnyte-auth"+given+" signout --anyway "+name+"\n", "signout", name, "--store", place)
	expect("\n  egnyte-auth"+given+" signout --anyway "+name+"\n", "signout", "--all", "--store", place)
}

// Given a token that Egnyte refuses although it was just renewed, or that belongs to another
// user, then whoami asks for a sign-in to that account, and the list says so too.
func TestATokenThatCannotBeTheAccountsAsksForASignIn(t *testing.T) {
	for name, spoil := range map[string]func(*command, string){
		"refused": func(c *command, _ string) { c.egnyte.Fault("userinfo", practice.FaultInactive) },
		"of another user": func(c *command, name string) {
			token, err := json.Marshal(map[string]any{"v": 1, "access_token": c.egnyte.Tokens("acme", "bkumar")[0].Access})
			if err = errors.Join(err, c.keyring.Put(name, oauth.NewSecret(string(token)))); err != nil {
				t.Fatal(err)
			}
		},
	} {
		c := newCommand(t, internalKey)
		account := c.signedIn("jsmith", "bkumar")[0]
		spoil(c, account)
		if out, said, code := c.run(strings.NewReader(""), "whoami", account); code != exitNeedPerson || !strings.Contains(said, "egnyte-auth signin "+account) {
			t.Errorf("%s: exit code %d, %s%s", name, code, out, said)
		}
		if out, _, _ := c.run(strings.NewReader(""), "list", "--json"); !strings.Contains(out, `"state": "reconnect"`) {
			t.Errorf("%s: %s", name, out)
		}
	}
}

// Given a 401 without a code, also for a token that was just renewed, then it is no verdict:
// whoami says that trying again may help, and the account stays.
func TestABare401IsTemporary(t *testing.T) {
	c := newCommand(t, internalKey)
	account := c.signedIn("jsmith")[0]
	c.egnyte.Fault("userinfo", practice.FaultUnauthorized)
	if out, said, code := c.run(strings.NewReader(""), "whoami", account); code != 4 || strings.Contains(said, "signin") {
		t.Errorf("exit code %d, %s%s", code, out, said)
	}
	if out, _, _ := c.run(strings.NewReader(""), "list", "--json"); !strings.Contains(out, `"state": "ready"`) {
		t.Error(out)
	}
}

// Given an environment that names no folder for settings, then each command says what to
// set, because trying again can't help.
func TestWithoutAHomeItSaysWhatToSet(t *testing.T) {
	for name, folder := range map[string]string{"none": "", "half a path": "relative"} {
		for _, args := range [][]string{{"list"}, {"token"}, {"signin"}, {"config", "list"}, {"import"}} {
			c := newCommand(t, internalKey)
			t.Setenv("HOME", "")
			t.Setenv("XDG_CONFIG_HOME", folder)
			if _, said, code := c.run(strings.NewReader(""), args...); code != 1 || !strings.Contains(said, "XDG_CONFIG_HOME to a whole path") {
				t.Errorf("%s, %q: exit code %d, %s", name, args, code, said)
			}
		}
	}
}
