package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/advice"
)

// terminal is client.UI: it renders the steps of a sign-in.
type terminal struct {
	in        io.Reader
	err       io.Writer
	cancel    context.CancelCauseFunc
	noBrowser bool
	flags     *signInFlags
	done      oauth.Grant         // of a sign-in that worked
	getenv    func(string) string // nil: os.Getenv
	receiver  oauth.Receiver      // what waits for the browser; a pasted address ends its wait too
	refused   input               // what was pasted last, and not taken

	once  sync.Once
	lines *lines
}

// Step renders a step, or asks.
func (t *terminal) Step(step oauth.Step) {
	switch step := step.(type) {
	case oauth.Done:
		t.done = step.Grant
	case oauth.WaitingForBrowser:
		t.waiting(step)
	case oauth.AskDomain:
		t.ask(step)
	case oauth.ConfirmUser:
		t.confirm(step)
	case oauth.Exchanging:
		if t.lines != nil {
			t.lines.done()
		}
		fmt.Fprintf(t.err, "Signing in at %s…\n", step.Domain)
	}
}

func (t *terminal) waiting(step oauth.WaitingForBrowser) {
	t.receiver = step.Receiver
	switch {
	case step.BrowserError != nil:
		fmt.Fprintf(t.err, "No browser could be opened (%v).\nOpen the link above in one on this machine.\n", plain(step.BrowserError.Error()))
	case t.noBrowser && t.receiver.ByHand():
		fmt.Fprintf(t.err, "Open this link in any browser:\n%s\n", step.URL)
	case t.noBrowser:
		fmt.Fprintf(t.err, "Open this link in a browser on this machine:\n%s\n", step.URL)
	default:
		fmt.Fprintf(t.err, "Opening your browser. If it does not appear, use this link:\n%s\n", step.URL)
	}
	if step.Unknown != nil && step.BrowserError == nil {
		fmt.Fprintln(t.err, advice.For(step.Unknown, time.Now()).Sentences())
	}
	switch {
	case t.receiver.ByHand() && step.BrowserError == nil:
		t.askPaste()
	case !t.receiver.ByHand() && (t.noBrowser || step.BrowserError != nil):
		t.elsewhere(step.URL)
	}
	if step.BrowserError == nil && !step.Until.IsZero() {
		fmt.Fprintf(t.err, "Waiting until %s.\n", step.Until.Local().Format(time.TimeOnly))
	}
}

// elsewhere offers the two ways back from a browser on another machine: a
// tunnel, and the address that the browser ended at, pasted here.
func (t *terminal) elsewhere(authorizeURL string) {
	back, err := readWayBack(authorizeURL)
	if err != nil {
		return
	}
	if command := back.sshCommand(t.env("SSH_CONNECTION"), userName()); command != "" {
		fmt.Fprintf(t.err, "If the browser is on your own computer, run this there first:\n  %s\n", command)
	}
	// A pipe is read only where its owner asked for this way: a script's stdin
	// may be meant for the command after this one.
	if !t.noBrowser && !t.isTerminal() {
		return
	}
	fmt.Fprintf(t.err, "Or paste the address that the browser ends at (%s…) here.\n", back.redirectURI)
	t.takeLines()
}

func (t *terminal) env(name string) string {
	if t.getenv != nil {
		return t.getenv(name)
	}
	return os.Getenv(name)
}

func (t *terminal) isTerminal() bool { return terminalOf(t.in) != nil }

// terminalOf is in if that is a terminal, else nil.
func terminalOf(in io.Reader) *os.File {
	if file, ok := in.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return file
	}
	return nil
}

// read starts reading, once: a line that was read is gone for everybody else.
func (t *terminal) read() *lines {
	t.once.Do(func() { t.lines = readLines(t.in) })
	return t.lines
}

// errNobodyToAsk: Enhanced Auth named no domain and there is no terminal.
var errNobodyToAsk = errors.New("the browser came back without saying which domain was signed in to")

// confirm asks a terminal whether the user is who signed in. Without a terminal
// the answer is no.
func (t *terminal) confirm(step oauth.ConfirmUser) {
	if !t.isTerminal() {
		step.Answer(false)
		return
	}
	lines := t.read()
	lines.to(func() {
		fmt.Fprintf(t.err, "This sign-in was opened more than once, so another user of this machine may have finished it.\n"+
			"Signed in as %s (%s at %s). Is that you? [y/N] ", plain(step.User.Name()), plain(step.User.Username), step.Domain)
	}, func(in input) bool {
		answer := strings.ToLower(strings.TrimSpace(in.text))
		step.Answer(answer == "y" || answer == "yes")
		return true
	})
}

// ask puts the question on a terminal, or to the pipe that addresses are pasted
// into; without either there is nobody to answer.
func (t *terminal) ask(step oauth.AskDomain) {
	if !t.isTerminal() && !t.noBrowser && !t.receiver.ByHand() {
		t.cancel(errNobodyToAsk)
		return
	}
	const question = "Which Egnyte domain did you sign in to? "
	lines := t.read()
	lines.to(func() { fmt.Fprint(t.err, question) }, func(in input) bool {
		if err := step.Answer(in.text); err != nil {
			fmt.Fprintf(t.err, "%v\n%s", err, question)
			return false
		}
		lines.done()
		return true
	})
	if !t.isTerminal() {
		// On a terminal the end of input is no answer; a pipe has nobody behind it.
		lines.atEnd(func() { t.cancel(errNobodyToAsk) })
	}
}
