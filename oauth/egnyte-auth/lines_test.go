package main

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// Given a line that leads to the next question before its reader is back, as a
// pasted address does, then that question gets the next line.
func TestAQuestionThatComesWhileALineIsTakenGetsTheNext(t *testing.T) {
	l := readLines(strings.NewReader("address\ndomain\n"))
	answered := make(chan string, 2)
	l.to(nil, func(input) bool {
		l.to(nil, func(in input) bool {
			answered <- in.text
			return true
		})
		l.atEnd(func() { answered <- "" })
		return true
	})
	if line := <-answered; line != "domain" {
		t.Errorf("the question was answered with %q", line)
	}
}

// Given an answer that comes the moment a question is asked, as a program that
// types gives it, then the question gets it, and not whoever took lines before.
func TestAnAnswerAsFastAsItsQuestionIsHeard(t *testing.T) {
	typed, types := io.Pipe()
	defer types.Close()
	l := readLines(typed)
	heard := make(chan string, 1)
	l.to(nil, func(input) bool { heard <- "who pastes an address"; return false })
	ask := func() {
		fmt.Fprintln(types, "acme")
		select { // long enough for whoever would hear it too early
		case who := <-heard:
			heard <- who
		case <-time.After(4 * burstGap):
		}
	}
	l.to(ask, func(input) bool { heard <- "the question"; return true })
	if who := <-heard; who != "the question" {
		t.Errorf("the answer went to %s", who)
	}
}
