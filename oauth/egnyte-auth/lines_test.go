package main

import (
	"strings"
	"testing"
)

// Given a line that leads to the next question before its reader is back, as a
// pasted address does, then that question gets the next line.
func TestAQuestionThatComesWhileALineIsTakenGetsTheNext(t *testing.T) {
	l := readLines(strings.NewReader("address\ndomain\n"))
	answered := make(chan string, 2)
	l.to(func(string) bool {
		l.to(func(line string) bool {
			answered <- line
			return true
		})
		l.atEnd(func() { answered <- "" })
		return true
	})
	if line := <-answered; line != "domain" {
		t.Errorf("the question was answered with %q", line)
	}
}
