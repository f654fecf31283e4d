package main

import (
	"bufio"
	"io"
	"sync"
)

// maxLine bounds one line of input, in bytes.
const maxLine = 64 << 10

// lines hands what is typed or pasted to whoever asks for it now. Its reader
// stays behind when nobody does: a read of a terminal can't be called off.
type lines struct {
	mu    sync.Mutex
	take  func(line string)
	ended bool
	end   func()
}

func readLines(from io.Reader) *lines {
	l := &lines{}
	go func() {
		scanner := bufio.NewScanner(from)
		scanner.Buffer(nil, maxLine)
		for scanner.Scan() {
			l.arrived(scanner.Text())
		}
		l.over()
	}()
	return l
}

// to names who takes the lines from now on; nil: nobody, and they are dropped.
func (l *lines) to(take func(line string)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.take = take
}

// done drops what comes from now on, and takes its end for no news.
func (l *lines) done() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.take, l.end = nil, nil
}

// atEnd calls do when the input has ended, at once if it has already.
func (l *lines) atEnd(do func()) {
	l.mu.Lock()
	ended := l.ended
	l.end = do
	l.mu.Unlock()
	if ended {
		do()
	}
}

func (l *lines) arrived(line string) {
	l.mu.Lock()
	take := l.take
	l.mu.Unlock()
	if take != nil && line != "" {
		take(line)
	}
}

func (l *lines) over() {
	l.mu.Lock()
	l.ended = true
	end := l.end
	l.mu.Unlock()
	if end != nil {
		end()
	}
}
