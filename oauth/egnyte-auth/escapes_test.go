package main

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"
	"unicode"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
)

const nasty = "\x1b]0;owned\x07\x9b2J\r\u202eevil\u2066"

// steers reports what a terminal would obey, or read in another order.
func steers(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return r != '\n' && (!unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r))
	})
}

// Given a list of accounts that somebody has tampered with, then no table of it
// steers the terminal.
func TestNoTableSteersTheTerminal(t *testing.T) {
	t.Parallel()
	now := time.Now()
	accounts := []account.Account{{
		Name: "j" + nasty + "@acme.egnyte.com", Domain: nasty, Username: nasty, DisplayName: nasty + strings.Repeat("x", 10<<10),
		State: account.State(nasty), Reason: oauth.RefusalKind(nasty), Checked: &now, Expires: &now, Default: true,
	}, {Name: nasty, State: account.Reconnect, Reason: oauth.RefusalKind(nasty)}, {Name: nasty, State: account.Ready, Trouble: nasty, Since: &now}}
	var list, status bytes.Buffer
	if err := errors.Join(printTable(nil, &list, accounts), printStatus(nil, &status, accounts)); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"list": list.String(), "status": status.String()} {
		if steers(text) || !strings.Contains(text, "evil") {
			t.Errorf("%s prints %q", name, text)
		}
		if lines := strings.Count(text, "\n"); lines != len(accounts)+1 {
			t.Errorf("%s has %d lines", name, lines)
		}
	}
}

// No error does either, whoever had a word in it.
func TestNoErrorSteersTheTerminal(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		&oauth.Refusal{Kind: oauth.RefusedOther, Host: nasty, Code: nasty}, &oauth.Unreachable{Host: nasty, Err: errors.New(nasty)},
		&oauth.DomainError{Typed: nasty, Reason: nasty}, &oauth.ConfigError{Field: nasty, Reason: nasty},
		&account.AmbiguousError{Query: nasty, Names: []string{nasty, nasty}}, &account.IndexError{Path: nasty, Reason: nasty},
		&account.OtherPersonError{Want: account.Account{DisplayName: nasty}, Grant: oauth.Grant{User: oauth.User{FirstName: nasty}}},
		&redirect.NoBrowserError{Err: errors.New(nasty)}, &redirect.UnsupportedRedirectError{URI: nasty, Reason: nasty},
		&settings.FileError{Path: nasty, Field: nasty, Reason: nasty}, &usageError{nasty}, &toldError{text: nasty},
		&fs.PathError{Op: nasty, Path: nasty, Err: errors.New(nasty)}, errors.New(nasty),
	} {
		var said bytes.Buffer
		complain(&said, nil, err)
		if text := said.String(); steers(text) || !strings.Contains(text, "egnyte-auth: ") {
			t.Errorf("%T prints %q", err, text)
		}
	}
}
