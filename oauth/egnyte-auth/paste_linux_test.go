package main

import (
	"io"
	"net/url"
	"strings"
	"testing"

	"egnyte-accounts/oauth"
)

// startOnTerminal runs a sign-in whose stdin is a terminal, and whose browser is
// elsewhere. What is written to its stdin in one call is one paste.
func (c *command) startOnTerminal(args ...string) *running {
	c.t.Helper()
	keys, terminal, err := openPTY()
	if err != nil {
		c.t.Fatal("making a terminal:", err)
	}
	c.t.Cleanup(func() { _ = terminal.Close() })
	go func() { _, _ = io.Copy(io.Discard, keys) }() // the echo
	return c.startWith(terminal, keys, append([]string{"--no-browser"}, args...)...)
}

func (r *running) pasteExactly(text string) {
	r.t.Helper()
	if _, err := io.WriteString(r.stdin, text); err != nil {
		r.t.Fatal(err)
	}
}

// Given a code alone that is twice in one paste, then it is asked about and not
// taken, however often it is there; a paste that comes later confirms it.
func TestOnATerminalACodeAloneIsConfirmedByALaterPasteOnly(t *testing.T) {
	r := newCommand(t, registered(elsewhere)).startOnTerminal("acme")
	u, err := url.Parse(r.decide())
	if err != nil {
		t.Fatal(err)
	}
	code := u.Query().Get("code")
	r.pasteExactly(code + "\n" + code + "\n")
	r.screen.wait(t, "a code alone")
	r.pasteExactly("https://acme.egnyte.com/somewhere\n")
	r.screen.wait(t, "another page") // so the sign-in still waits
	if n := r.egnyte.Requests("token"); n != 0 {
		t.Errorf("%d token requests were made", n)
	}
	r.pasteExactly(code + "\n")
	r.screen.waitTimes(t, "a code alone", 2)
	r.pasteExactly(code + "\n")
	r.signedIn()
}

// Given an address that is broken over lines, wherever and with or without a line
// break at its end, then one paste of it ends the sign-in.
func TestOnATerminalABrokenAddressIsJoined(t *testing.T) {
	for name, breaks := range map[string]func(base, code, state string) string{
		"by mail, in the code":         func(b, c, s string) string { return b + "?code=" + c[:5] + "\n" + c[5:] + "&state=" + s + "\n" },
		"by mail, in the state":        func(b, c, s string) string { return b + "?code=" + c + "&state=" + s[:5] + "\r\n" + s[5:] + "\r\n" },
		"over three lines, indented":   func(b, c, s string) string { return " " + b + "\n ?code=" + c + "\n &state=" + s + "\n" },
		"without a last line break":    func(b, c, s string) string { return b + "?code=" + c[:5] + "\n" + c[5:] + "&state=" + s },
		"the same, the state first":    func(b, c, s string) string { return b + "?state=" + s + "&code=" + c[:5] + "\n" + c[5:] },
		"the state first, in the code": func(b, c, s string) string { return b + "?state=" + s + "&code=" + c[:5] + "\n" + c[5:] + "\n" },
	} {
		t.Run(name, func(t *testing.T) {
			r := newCommand(t, registered(elsewhere)).startOnTerminal("acme")
			u, err := url.Parse(r.decide())
			if err != nil {
				t.Fatal(err)
			}
			r.pasteExactly(breaks(elsewhere, u.Query().Get("code"), u.Query().Get("state")))
			r.signedIn()
		})
	}
}

// Given an address that is longer than a line of the terminal, then the user is
// told that it was cut off, and may paste it in two parts.
func TestOnATerminalAnAddressThatWasCutOffIsReported(t *testing.T) {
	r := newCommand(t, registered(elsewhere)).startOnTerminal("acme")
	end := r.decide()
	base, query, _ := strings.Cut(end, "?")
	long := base + "?pad=" + strings.Repeat("x", 5000) + "&" + query
	r.pasteExactly(long + "\n")
	r.screen.wait(t, "cut off")
	r.pasteExactly(long[:3000] + "\n")
	r.screen.wait(t, "no answer")
	r.pasteExactly(long[3000:] + "\n")
	r.signedIn()
}

// Given a sign-in that was opened twice, then a terminal asks whether it was the
// user, takes only a yes for one, and what was typed before is no answer; without
// a terminal the answer is no.
func TestTheUserIsConfirmedOnATerminal(t *testing.T) {
	step := func(answered chan bool) oauth.ConfirmUser {
		return oauth.ConfirmUser{User: oauth.User{Username: "jsmith", FirstName: "Jane", LastName: "Smith\x1b[2J"}, Answer: func(yes bool) { answered <- yes }}
	}
	for typed, want := range map[string]bool{"y": true, " YES ": true, "n": false, "yesterday": false} {
		keyboard, tty, err := openPTY()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = keyboard.Close(); _ = tty.Close() })
		answered, shown := make(chan bool, 1), newScreen()
		on := &terminal{in: tty, err: shown}
		on.read().done() // as after the callback
		on.Step(step(answered))
		if said := shown.wait(t, "Is that you? [y/N]"); !strings.Contains(said, "Signed in as Jane Smith") || strings.Contains(said, "\x1b") {
			t.Errorf("it asks %q", said)
		}
		_, _ = io.WriteString(keyboard, typed+"\n")
		if got := <-answered; got != want {
			t.Errorf("%q is taken for %v", typed, got)
		}
	}
	answered := make(chan bool, 1)
	(&terminal{in: strings.NewReader("y\n"), err: io.Discard}).Step(step(answered))
	if <-answered {
		t.Error("a pipe confirmed the user")
	}
}
