// Package words says what a person reads, in the person's language. The English
// sentence in the source is the message's name, as with Fyne's lang.L; facts
// stand in it in braces. Without a catalogue it stays English, so that the
// terminal program, which shares sentences with the windows, links no translation.
//
// A test in the package language holds that every sentence in the source is in
// every language's file, so sentences are literals: words.Say("Signed in as {name}.",
// "name", name). A sentence is never put together from parts.
package words

import (
	"strconv"
	"strings"
	"sync/atomic"
)

// Catalogue is one language's sentences, facts still in braces. Both report
// false for what it does not have. It is asked from many goroutines.
type Catalogue interface {
	Name() string // of the language, as BCP 47 has it: de
	Text(english string) (string, bool)
	// Plural is the form that goes with n; it is found by the English for many.
	Plural(english string, n int) (string, bool)
}

var inUse atomic.Pointer[Catalogue]

// Use sets the process's language, once, before the first sentence; nil is English.
func Use(c Catalogue) {
	if c == nil {
		inUse.Store(nil)
		return
	}
	inUse.Store(&c)
}

// Language is the name of the language that Say speaks.
func Language() string {
	if c := inUse.Load(); c != nil {
		return (*c).Name()
	}
	return "en"
}

// Say is a sentence with its facts, which come in pairs of name and text.
func Say(english string, facts ...string) string {
	if c := inUse.Load(); c != nil {
		if text, ok := (*c).Text(english); ok {
			return fill(text, facts)
		}
	}
	return fill(english, facts)
}

// Count is Say for a sentence that depends on how many there are. In it, {n} is
// the number.
func Count(n int, one, many string, facts ...string) string {
	facts = append([]string{"n", strconv.Itoa(n)}, facts...)
	if c := inUse.Load(); c != nil {
		if text, ok := (*c).Plural(many, n); ok {
			return fill(text, facts)
		}
	}
	if n == 1 {
		return fill(one, facts)
	}
	return fill(many, facts)
}

// fill puts the facts in, in one pass: braces in a fact are the fact's own.
func fill(text string, facts []string) string {
	if len(facts) == 0 || !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, len(facts))
	for i := 0; i+1 < len(facts); i += 2 {
		pairs = append(pairs, "{"+facts[i]+"}", facts[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
