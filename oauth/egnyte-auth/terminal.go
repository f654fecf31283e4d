package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"egnyte-accounts/oauth"
)

// terminal renders the steps of a sign-in.
type terminal struct {
	in        io.Reader
	err       io.Writer
	cancel    context.CancelCauseFunc
	noBrowser bool
}

func (t *terminal) report(step oauth.Step) {
	switch step := step.(type) {
	case oauth.WaitingForBrowser:
		t.waiting(step)
	case oauth.AskDomain:
		t.ask(step)
	case oauth.Exchanging:
		fmt.Fprintf(t.err, "Signing in at %s…\n", step.Domain)
	}
}

func (t *terminal) waiting(step oauth.WaitingForBrowser) {
	switch {
	case step.BrowserError != nil:
		fmt.Fprintf(t.err, "No browser could be opened (%v).\nOpen the link above in one on this machine.\n", step.BrowserError)
	case t.noBrowser:
		fmt.Fprintf(t.err, "Open this link in a browser on this machine:\n%s\n", step.URL)
	default:
		fmt.Fprintf(t.err, "Your browser opens. If it does not, use this link:\n%s\n", step.URL)
	}
	if step.BrowserError == nil && !step.Until.IsZero() {
		fmt.Fprintf(t.err, "Waiting until %s.\n", step.Until.Local().Format(time.TimeOnly))
	}
}

// errNobodyToAsk: Enhanced Auth named no domain and there is no terminal.
var errNobodyToAsk = errors.New("the browser came back without saying which domain was signed in to")

// ask puts the question on a terminal; without one there is nobody to answer.
func (t *terminal) ask(step oauth.AskDomain) {
	in, ok := t.in.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		t.cancel(errNobodyToAsk)
		return
	}
	go func() {
		lines := bufio.NewScanner(in)
		fmt.Fprint(t.err, "Which Egnyte domain did you sign in to? ")
		// The end of input is no answer: the sign-in goes on waiting.
		for lines.Scan() {
			err := step.Answer(lines.Text())
			if err == nil {
				return
			}
			fmt.Fprintf(t.err, "%v\nWhich Egnyte domain did you sign in to? ", err)
		}
	}()
}
