package main

import (
	"bufio"
	"io"
	"sync"
)

// maxLine bounds one line of input, in bytes.
const maxLine = 64 << 10

// lines hands what is typed or pasted to whoever asks for it now, and keeps what
// comes in between for the next: a script writes all its answers at once. Its
// reader stays behind when nobody asks: a read of a terminal can't be called off.
type lines struct {
	mu    sync.Mutex
	take  func(line string) (taken bool)
	turn  int      // counts who has taken
	kept  []string // while nobody takes
	over  bool     // nobody ever will again
	ended bool     // the input has
	end   func()
}

// maxKept bounds the lines that wait for a question.
const maxKept = 16

func readLines(from io.Reader) *lines {
	l := &lines{}
	go func() {
		scanner := bufio.NewScanner(from)
		scanner.Buffer(nil, maxLine)
		for scanner.Scan() {
			l.arrived(scanner.Text())
		}
		l.finish()
	}()
	return l
}

// to names who takes the lines from now on, and those that were kept. Once take
// reports that it has what it wanted, what comes next waits for the next to ask.
// What comes once ask has asked is for take, however fast; ask may be nil.
func (l *lines) to(ask func(), take func(line string) (taken bool)) {
	l.mu.Lock()
	if ask != nil {
		ask()
	}
	l.take = take
	l.turn++
	kept := l.kept
	l.kept = nil
	l.mu.Unlock()
	for _, line := range kept {
		l.arrived(line)
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

func (l *lines) arrived(line string) {
	l.mu.Lock()
	take, turn := l.take, l.turn
	if take == nil && !l.over && line != "" && len(l.kept) < maxKept {
		l.kept = append(l.kept, line)
	}
	l.mu.Unlock()
	if take != nil && line != "" && take(line) {
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
