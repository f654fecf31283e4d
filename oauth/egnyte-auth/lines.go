package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	// maxLine bounds one line of input, in bytes.
	maxLine = 64 << 10
	// burstGap is the pause that ends a paste.
	burstGap = 100 * time.Millisecond
)

// input is what a question is answered with: a line of a pipe, or all that came
// at once from a terminal, without its line breaks.
type input struct {
	text  string
	burst int  // inputs that came without a pause have the same number
	cut   bool // the terminal dropped part of it
}

// lines hands what is typed or pasted to whoever asks for it now, and keeps what
// comes in between for the next: a script writes all its answers at once. Its
// reader stays behind when nobody asks: a read of a terminal can't be called off.
type lines struct {
	terminal *os.File // nil: a pipe

	mu    sync.Mutex
	take  func(input) (taken bool)
	turn  int     // counts who has taken
	kept  []input // while nobody takes
	over  bool    // nobody ever will again
	ended bool    // the input has
	end   func()
}

// maxKept bounds the lines that wait for a question.
const maxKept = 16

func readLines(from io.Reader) *lines {
	l := &lines{terminal: terminalOf(from)}
	chunks := make(chan []byte)
	go func() {
		defer close(chunks)
		buffer := make([]byte, maxLine)
		for {
			n, err := from.Read(buffer)
			if n > 0 {
				chunks <- bytes.Clone(buffer[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	go l.gather(chunks)
	return l
}

// gather collects what comes without a pause, and delivers it at the pause or at
// the end of the input.
func (l *lines) gather(chunks <-chan []byte) {
	var text []byte
	var pause <-chan time.Time
	released := false // what was pasted behind the last line break was read too
	for burst := 1; ; {
		select {
		case chunk, open := <-chunks:
			text = append(text, chunk...)
			released, pause = false, time.After(burstGap)
			if !open || len(text) > maxLine {
				text = l.deliver(text, burst, !open)
			}
			if !open {
				l.finish()
				return
			}
		case <-pause:
			if l.terminal != nil && !released {
				releaseTyped(l.terminal.Fd())
				released, pause = true, time.After(burstGap)
				continue
			}
			text, pause = l.deliver(text, burst, false), nil
			burst++
		}
	}
}

// deliver hands on one burst: from a terminal as one input, from a pipe line by
// line. The rest is a line of a pipe that has no end yet.
func (l *lines) deliver(text []byte, burst int, ended bool) (rest []byte) {
	all := strings.Split(string(text), "\n")
	if l.terminal != nil {
		whole := input{burst: burst}
		for _, line := range all {
			whole.text += strings.TrimSpace(line)
			whole.cut = whole.cut || len(line) >= terminalLine
		}
		l.arrived(whole)
		return nil
	}
	if !ended && len(text) <= maxLine {
		rest = []byte(all[len(all)-1])
		all = all[:len(all)-1]
	}
	for _, line := range all {
		l.arrived(input{text: strings.TrimRight(line, "\r"), burst: burst})
	}
	return rest
}

// to names who takes the lines from now on, and those that were kept. Once take
// reports that it has what it wanted, what comes next waits for the next to ask.
// What comes once ask has asked is for take, however fast; ask may be nil.
func (l *lines) to(ask func(), take func(input) (taken bool)) {
	l.mu.Lock()
	if ask != nil {
		ask()
	}
	l.take = take
	l.turn++
	kept := l.kept
	l.kept = nil
	l.mu.Unlock()
	for _, in := range kept {
		l.arrived(in)
	}
}

// keep ends a turn. The next may have begun while the line was taken: a sign-in
// goes on, and asks, before the reader is back.
func (l *lines) keep(turn int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.turn == turn {
		l.take, l.end = nil, nil
	}
}

// done drops what comes from now on, and takes its end for no news.
func (l *lines) done() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.take, l.end, l.kept, l.over = nil, nil, nil, true
}

// atEnd calls do when the input has ended, at once if it has already.
func (l *lines) atEnd(do func()) {
	l.mu.Lock()
	ended := l.ended && !l.over
	if !l.over {
		l.end = do
	}
	l.mu.Unlock()
	if ended {
		do()
	}
}

func (l *lines) arrived(in input) {
	l.mu.Lock()
	take, turn := l.take, l.turn
	if take == nil && !l.over && in.text != "" && len(l.kept) < maxKept {
		l.kept = append(l.kept, in)
	}
	l.mu.Unlock()
	if take != nil && in.text != "" && take(in) {
		l.keep(turn)
	}
}

func (l *lines) finish() {
	l.mu.Lock()
	l.ended = true
	end := l.end
	l.mu.Unlock()
	if end != nil {
		end()
	}
}
