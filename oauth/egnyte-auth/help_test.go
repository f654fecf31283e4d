package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth/keyring"
)

func eachCommand(c *cobra.Command, do func(*cobra.Command)) {
	do(c)
	for _, inner := range c.Commands() {
		if inner.IsAvailableCommand() {
			eachCommand(inner, do)
		}
	}
}

func TestEveryCommandShowsHowItIsUsed(t *testing.T) {
	t.Parallel()
	commands := 0
	eachCommand(newRoot(), func(c *cobra.Command) {
		commands++
		for line := range strings.Lines(c.Example) {
			if !strings.HasPrefix(line, "  ") || !strings.Contains(line, c.CommandPath()) && c.HasParent() {
				t.Errorf("%s: the example %q is another command's", c.CommandPath(), line)
			}
		}
		if c.Example == "" || c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: short %q, example %q", c.CommandPath(), c.Short, c.Example)
		}
		for line := range strings.Lines(c.Long) {
			if len([]rune(line)) > 96 {
				t.Errorf("%s: a line of %d letters: %s", c.CommandPath(), len(line), line)
			}
		}
	})
	if commands < 20 {
		t.Errorf("%d commands", commands)
	}
}

// Whatever is typed wrong, the answer is one line for people, and exit code 2.
func TestWrongUseIsAnsweredInOneLine(t *testing.T) {
	t.Parallel()
	for typed, words := range map[string]string{
		"tokn": "did you mean token?", "nothing-like-it": "See egnyte-auth --help", "token a b": "egnyte-auth token [ACCOUNT]",
		"config gett": "did you mean get", "config get": "config get FIELD", "status x": "egnyte-auth status", "exec true": "put -- before",
		"exec -- ": "", "token --nonsense": "--nonsense", "--store x list": "file:PATH", "--service x list": "https://egnyte.com",
		"token --min-valid -1s": "--min-valid", "token --min-valid 5": `like "30s" or "5m"`,
		"exec --domain-as X=y -- true": "NAME=host", "exec --token-as A=b -- true": "not the name of a variable", "import --from x": "python-sdk",
		"practice --listen 0.0.0.0:0": "this machine alone", "practice --listen [::]:80": "loopback address", "practice --listen nowhere": "with a port",
		"practice --listen acme.com:80": "loopback address", "practice --listen 127.0.0.1:99999": "with a port", "signin --timeout 0s": "--timeout",
	} {
		root := newRoot()
		root.SetArgs(strings.Fields(typed))
		root.SetOut(io.Discard)
		root.SetErr(io.Discard)
		err := root.ExecuteContext(t.Context())
		if said := sentence(nil, err); exitCode(err) != exitUsage || !strings.Contains(said, words) || strings.Contains(said, "\n") {
			t.Errorf("%s: exit code %d, %s", typed, exitCode(err), said)
		}
	}
}

func TestAnInterruptedCommandSaysSoWhateverItDid(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		fmt.Errorf("asking: %w", context.Canceled),
		&keyring.Error{Kind: keyring.Locked, Err: context.Canceled},
	} {
		if exitCode(err) != exitInterrupted || sentence(nil, err) != "egnyte-auth: Interrupted. Nothing more was changed." {
			t.Errorf("%v: exit code %d, %s", err, exitCode(err), sentence(nil, err))
		}
	}
	if err := errors.New("another"); exitCode(err) != 1 {
		t.Error("another error is no interruption")
	}
}
