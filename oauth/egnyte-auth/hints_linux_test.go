package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/practice"
)

// hint is the command that an error asks the user to run.
func hint(t *testing.T, said string) string {
	t.Helper()
	_, command, found := strings.Cut(said, "Run this:\n  ")
	if !found {
		t.Fatalf("no command: %s", said)
	}
	command, _, _ = strings.Cut(command, "\n(")
	return command
}

// pasteInto runs a command as a shell does that it is pasted into.
func (c *command) pasteInto(command, stdin string) (said string, code int) {
	c.t.Helper()
	shell := exec.Command("sh", "-c", command)
	shell.Dir, shell.Stdin = c.config, strings.NewReader(stdin)
	shell.Env = append(os.Environ(), asProgram+"=yes")
	text, _ := shell.CombinedOutput()
	return string(text), shell.ProcessState.ExitCode()
}

// Given a user name that a shell would read as something else, when the command
// of a hint is pasted into a shell, then it is about that account, and nothing
// else runs.
func TestTheCommandOfAHintSelectsTheAccount(t *testing.T) {
	c := newCommand(t, internalKey)
	bin, ring := t.TempDir(), t.TempDir()
	if err := os.Symlink(os.Args[0], filepath.Join(bin, "egnyte-auth")); err != nil {
		t.Fatal(err)
	}
	t.Setenv(keyringFolder, ring)
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	c.keyring.Dir = ring
	jane := c.signedIn("jsmith")[0]
	for n, username := range []string{
		"jane@corp.example", "`touch ran`", "$(touch ran)", `it's "quoted"`, "two words", " space", "-rf", "--help", "~root", "*", "a;touch ran", `back\slash`, "a#b", "!!", "José",
	} {
		c.egnyte.AddPerson(practice.Person{Domain: "acme", Username: username, Password: "secret", First: "Some", Last: "One", ID: int64(1000 + n)})
		name := c.signedIn(username)[0]
		store := account.Open(filepath.Join(c.config, "egnyte-accounts"), c.keyring)
		if err := store.Record(t.Context(), map[string]account.Status{name: {Reconnect: oauth.RefusedUnauthorized}}); err != nil {
			t.Fatal(err)
		}
		_, said, _ := c.run(strings.NewReader(""), "token", "--", name)
		command := strings.Replace(hint(t, said), "signin", "signin --json --password-stdin", 1)
		said, code := c.pasteInto(command, "secret\n")
		if a, err := store.Find(t.Context(), name, nil); err != nil || a.State != account.Ready || code != 0 {
			t.Errorf("%q: %s: exit code %d, %s", username, command, code, said)
		}
		c.egnyte.Fault("revoke", practice.Fault503)
		_, said, _ = c.run(strings.NewReader(""), "signout", "--", name)
		command = hint(t, said)
		said, code = c.pasteInto(command, "")
		c.egnyte.ClearFault("revoke")
		if left := c.listed(); code != 0 || len(left) != 1 || left[0] != jane {
			t.Errorf("%q: %s: exit code %d, %s; left: %q", username, command, code, said, left)
		}
	}
	if _, err := os.Stat(filepath.Join(c.config, "ran")); err == nil {
		t.Error("a user name was run as a command")
	}
}

func TestAShellReadsAQuotedWordAsItIs(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "plain", "jane@acme.egnyte.com:8443", "a b", "'", "''", `'"'"'`, `\`, "`x`", "$(x)", "$HOME", "a\nb", "\n", "-n", "~", "#", "a#b", "=x", "{a,b}", "[a]", "!x", "a|b&c;d<e>f(g)", "Ünï", "%s", "*?",
	} {
		got, err := exec.Command("sh", "-c", "printf '<%s>' "+shellWord(text)).Output()
		if err != nil || string(got) != "<"+text+">" {
			t.Errorf("%q as %s is read as %q, %v", text, shellWord(text), got, err)
		}
	}
	for _, plain := range []string{"jsmith@acme.egnyte.com", "jane@corp.example@acme.egnyte.localhost:8443"} {
		if shellWord(plain) != plain {
			t.Errorf("%s needs no quotes", plain)
		}
	}
}

// Given a name that the terminal would not show as it is, then it is left out of
// the command.
func TestANameThatCannotBeShownIsNotPrinted(t *testing.T) {
	t.Parallel()
	said := sentence(nil, &account.NotRevokedError{Account: nasty + "@acme.egnyte.com", Err: os.ErrDeadlineExceeded})
	if command := hint(t, said); command != "egnyte-auth signout --anyway ACCOUNT" {
		t.Errorf("it says %q", command)
	}
}
