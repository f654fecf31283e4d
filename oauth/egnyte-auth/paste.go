package main

import (
	"errors"
	"fmt"
	"net"
	"time"

	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/redirect"
)

// offered is told that the browser ends where nobody listens for it.
func (t *terminal) offered(p *redirect.Paste) { t.paste = p }

// askPaste says what the browser will show and takes the lines that are pasted,
// from a pipe too: there is no other way back.
func (t *terminal) askPaste() {
	fmt.Fprintf(t.err, "It ends at %s, where the page may be empty or say that something is wrong: that is right.\nPaste the address from its address bar here:\n", t.paste.RedirectURI())
	lines := t.takeLines()
	if !t.isTerminal() {
		lines.atEnd(func() { t.cancel(errNobodyToPaste) })
	}
}

// takeLines offers every line that is pasted, until one is taken.
func (t *terminal) takeLines() *lines {
	lines := t.read()
	lines.to(nil, func(line string) bool {
		problem := t.take(line)
		if problem != "" {
			fmt.Fprintln(t.err, problem)
		}
		return problem == ""
	})
	return lines
}

// take offers one pasted line; what is wrong with it comes back in words that
// quote nothing of it. A code alone is taken when it is pasted again.
func (t *terminal) take(line string) string {
	err := t.takes.Offer(line)
	var fault *redirect.PasteError
	if errors.As(err, &fault) && fault.Fault == redirect.PasteNoState {
		if t.refused == line {
			err = t.takes.OfferWithoutState(line)
		} else {
			t.refused = line
			return "That is a code alone, and nothing tells which sign-in it belongs to. Paste the whole address;\nor, only if you copied the code from your own browser just now, paste it once more."
		}
	}
	if err == nil || errors.Is(err, net.ErrClosed) {
		return ""
	}
	a := advice.For(err, time.Now())
	return a.Sentences()
}

// errNobodyToPaste: the browser ends elsewhere and stdin has ended.
var errNobodyToPaste = errors.New("the input ended before an address was pasted")
