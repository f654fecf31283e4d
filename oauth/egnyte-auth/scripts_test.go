package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// signsIn adds an account of the practice Egnyte with its password.
func (c *command) signsIn(username, domain, password string) {
	c.t.Helper()
	_, said, code := c.run(strings.NewReader(password+"\n"), "signin", domain, "--flow", "password", "--username", username, "--password-stdin")
	if code != 0 {
		c.t.Fatalf("signing in %s: %s", username, said)
	}
}

// Given two accounts, then EGNYTE_ACCOUNT names the one that is meant, an argument beats
// it, it beats EGNYTE_TOKEN, and signout and default ignore it.
func TestTheEnvironmentNamesTheAccount(t *testing.T) {
	c := newCommand(t, internalKey)
	c.signsIn("jsmith", "acme", "jane-at-acme")
	c.signsIn("adoe", "globex", "ann-at-globex")
	token := func(args ...string) string {
		out, said, code := c.run(strings.NewReader(""), append([]string{"token"}, args...)...)
		if code != 0 {
			t.Errorf("token %q: %s", args, said)
		}
		return strings.TrimSpace(out)
	}
	jane, ann := token("acme"), token("globex")
	if user := token("adoe"); user != ann || jane == ann {
		t.Errorf("the only adoe is not found")
	}
	t.Setenv(accountVariable, "globex")
	t.Setenv(tokenVariable, "of-the-environment")
	if got := token(); got != ann {
		t.Errorf("%s does not name the account", accountVariable)
	}
	if got := token("acme"); got != jane {
		t.Error("an argument does not win")
	}
	if out, _, _ := c.run(strings.NewReader(""), "whoami"); !strings.HasPrefix(out, "Ann Doe") {
		t.Errorf("whoami: %s", out)
	}
	if out, _, _ := c.run(strings.NewReader(""), "default"); !strings.HasPrefix(out, "jsmith@") {
		t.Errorf("default: %s", out)
	}
	if _, said, _ := c.run(strings.NewReader(""), "signout"); !strings.HasPrefix(said, "Signed out jsmith@") {
		t.Errorf("signout: %s", said)
	}
	c.signsIn("lortiz", "globex", "luz-at-globex")
	if _, said, code := c.run(strings.NewReader(""), "token"); code != exitUsage || !strings.Contains(said, "adoe@") || !strings.Contains(said, "lortiz@") {
		t.Errorf("an ambiguous name: exit code %d, %s", code, said)
	}
}

// Given no account, then every command that needs one says how to add it.
func TestWithoutAnAccountEveryCommandSaysTheSame(t *testing.T) {
	c := newCommand(t)
	for _, args := range []string{"list", "status", "token", "whoami", "default", "open", "header", "exec -- true"} {
		_, said, code := c.run(strings.NewReader(""), strings.Fields(args)...)
		if want := "No account yet. Add one with: egnyte-auth --service " + c.egnyte.URL() + " signin"; !strings.Contains(said, want) || code != 0 && code != exitNeedPerson {
			t.Errorf("%s: exit code %d, %s", args, code, said)
		}
	}
	if out, _, code := c.run(strings.NewReader("")); code != 0 || strings.Count(out, "\n  egnyte-auth ") != 3 || !strings.Contains(out, "--help") {
		t.Errorf("without a command: %s", out)
	}
}

// Given an account, then an agent gets its header as JSON.
func TestHeadersAsJSON(t *testing.T) {
	c := newCommand(t, internalKey)
	c.signsIn("jsmith", "acme", "jane-at-acme")
	token, _, _ := c.run(strings.NewReader(""), "token")
	out, _, _ := c.run(strings.NewReader(""), "header", "--json")
	if want := "{\n  \"Authorization\": \"Bearer " + strings.TrimSpace(token) + "\"\n}\n"; out != want {
		t.Errorf("%s", out)
	}
}

// Given names that other programs use, then exec sets them too, in place of old values.
func TestExecSetsOtherProgramsNames(t *testing.T) {
	t.Parallel()
	names, err := readNames([]string{"ACCESS_TOKEN", "EGNYTE_USER_TOKEN"}, []string{"DOMAIN=host", "LABEL=label", "URL"})
	if err != nil {
		t.Fatal(err)
	}
	b := bearerOfEnvironment("secret", "https://acme.egnyte.com")
	got := b.environment([]string{"HOME=/h", "DOMAIN=old", "EGNYTE_TOKEN=old"}, names)
	slices.Sort(got)
	want := []string{"ACCESS_TOKEN=secret", "DOMAIN=acme.egnyte.com", "EGNYTE_DOMAIN=https://acme.egnyte.com", "EGNYTE_TOKEN=secret",
		"EGNYTE_USER_TOKEN=secret", "HOME=/h", "LABEL=acme", "URL=https://acme.egnyte.com"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// Given a path that begins with ~ behind file:, which no shell expands, then the store
// is in the home folder.
func TestATildeInTheStoreIsTheHomeFolder(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	found, err := (&program{store: "file:~/x"}).findPlace()
	if err != nil || found.dir != filepath.Join(home, "x.d") {
		t.Errorf("%s, %v", found.dir, err)
	}
}

// Given a practice Egnyte, then the lines that it prints make another terminal use it.
func TestPracticePrintsTheFirstSteps(t *testing.T) {
	c := newCommand(t)
	var out strings.Builder
	if err := printFirstSteps(&out, c.egnyte); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"EGNYTE_CLIENT_ID=" + os.Getenv("EGNYTE_CLIENT_ID"), "egnyte-auth --service " + c.egnyte.URL() + " signin acme"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}
