package main

import (
	"errors"
	"fmt"
	"net"
	"time"

	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/redirect"
)

// askPaste says what the browser will show and takes the lines that are pasted,
// from a pipe too: there is no other way back.
func (t *terminal) askPaste() {
	fmt.Fprintf(t.err, "It ends at %s, where the page may be empty or say that something is wrong: that is right.\nPaste the address from its address bar here:\n", t.receiver.RedirectURI())
	lines := t.takeLines()
	if !t.isTerminal() {
		lines.atEnd(func() { t.cancel(errNobodyToPaste) })
	}
}

// takeLines offers what is pasted, until something is taken.
func (t *terminal) takeLines() *lines {
	lines := t.read()
	lines.to(nil, func(in input) bool {
		problem := t.take(in)
		if problem != "" {
			fmt.Fprintln(t.err, problem)
		}
		return problem == ""
	})
	return lines
}

// take offers what was pasted, and says what is wrong without quoting it. An
// address in several parts is taken when they fit together. A code alone is
// taken when a later paste repeats it.
func (t *terminal) take(in input) string {
	if in.cut {
		return fmt.Sprintf("The terminal cut off what was pasted: a line may have %d bytes.\nPaste it in two parts, with Enter after each.", terminalLine)
	}
	refused := t.refused
	joined := refused.text + in.text
	err := t.receiver.Offer(in.text)
	if err != nil && refused.text != "" && t.receiver.Offer(joined) == nil {
		return ""
	}
	t.refused = in
	if in.burst == refused.burst {
		t.refused.text = joined
	}
	var fault *redirect.PasteError
	if errors.As(err, &fault) && fault.Fault == redirect.PasteNoState {
		if refused.text != in.text || refused.burst == in.burst {
			return "That is a code alone, and nothing tells which sign-in it belongs to. Paste the whole address;\nor, only if you copied the code from your own browser just now, paste it once more."
		}
		err = t.receiver.OfferWithoutState(in.text)
	}
	if err == nil || errors.Is(err, net.ErrClosed) {
		return ""
	}
	a := advice.For(err, time.Now())
	return a.Sentences()
}

// errNobodyToPaste: the browser ends elsewhere and stdin has ended.
var errNobodyToPaste = errors.New("the input ended before an address was pasted")
