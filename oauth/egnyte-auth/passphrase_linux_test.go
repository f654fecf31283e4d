package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Given a passphrase file that is none, or that others can read, then nothing waits for it,
// and the error says what is wrong with it. The password store isn't blamed.
func TestAPassphraseFileIsPlainPrivateAndShort(t *testing.T) {
	c := newCommand(t, internalKey)
	path := filepath.Join(c.config, "passphrase")
	t.Setenv(passphraseVariable, path)
	text := func(text string, mode os.FileMode) func() error {
		return func() error { return errors.Join(os.WriteFile(path, []byte(text), mode), os.Chmod(path, mode)) }
	}
	for says, prepare := range map[string]func() error{
		"no plain file":           func() error { return syscall.Mkfifo(path, 0o600) },
		"it is no plain file":     func() error { return os.Symlink("/dev/zero", path) },
		"other users can read it": text("open sesame\n", 0o644),
		"somebody else could":     text("open sesame\n", 0o660),
		"its first line is empty": text("\nopen sesame\n", 0o600),
		"it is too long":          text(strings.Repeat("a", 1<<20), 0o600),
		"no such file":            func() error { return nil },
	} {
		if err := prepare(); err != nil {
			t.Fatal(err)
		}
		_, said, code := c.run(strings.NewReader("jane-at-acme\n"), "signin", "acme", "--store", "file:"+filepath.Join(c.config, "store"),
			"--flow", "password", "--username", "jsmith", "--password-stdin")
		if code != 1 || !strings.Contains(said, says) || !strings.Contains(said, passphraseVariable) || strings.Contains(said, "locked") || strings.Contains(said, "sesame") {
			t.Errorf("%s: exit code %d, %s", says, code, said)
		}
		_ = os.Remove(path)
	}
}

// Given a token and a domain in the environment with a line end behind them, then it isn't
// handed on.
func TestALineEndBehindATokenOfTheEnvironmentIsDropped(t *testing.T) {
	c := newCommand(t)
	t.Setenv(tokenVariable, "given\r\n")
	t.Setenv(domainVariable, "acme\n")
	b, err := (&program{}).bearer(c.root(), nil, bearerFlags{})
	if err != nil || b.access.Reveal() != "given" || b.baseURL != "https://acme.egnyte.com" {
		t.Errorf("%q at %q, %v", b.access.Reveal(), b.baseURL, err)
	}
}
