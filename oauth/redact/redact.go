// Package redact takes out of text what must not be sent on with it: secrets,
// names of people and accounts, home folders. It is pure but for looking up
// whose home this is, and would rather take out too much than too little.
package redact

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

const gone = "[redacted]"

// Text is text that is safe to send: Secrets, with accounts, the home folder and
// the person's user name gone too.
func Text(text string) string {
	text = words().accountAttr.ReplaceAllString(Secrets(Home(text)), "${1}[account]")
	return user(words().account.ReplaceAllString(text, "[account]"))
}

// Secrets takes out whatever looks like a secret: what follows a telling name
// or a scheme of authorization, the query of an address and a password in it,
// and long random words.
func Secrets(text string) string {
	w := words()
	text = strings.Map(printable, text)
	text = w.header.ReplaceAllString(text, "$1 "+gone)
	text = w.scheme.ReplaceAllString(text, "$1 "+gone)
	text = w.login.ReplaceAllString(text, "${1}")
	text = w.query.ReplaceAllString(text, "${1}?"+gone)
	text = w.pair.ReplaceAllStringFunc(text, pair)
	return w.run.ReplaceAllStringFunc(text, run)
}

// Home shortens the home folder, which holds a person's name, to '~'.
func Home(text string) string {
	home, err := os.UserHomeDir()
	if err != nil || len(home) < 2 {
		return text
	}
	for _, form := range []string{home, strings.ReplaceAll(home, `\`, `\\`), filepath.ToSlash(home)} {
		text = strings.ReplaceAll(text, form, "~")
	}
	return text
}

// user takes out the name that the person has on this computer. root is nobody's.
func user(text string) string {
	names := []string{os.Getenv("USER"), os.Getenv("LOGNAME"), os.Getenv("USERNAME")}
	if home, err := os.UserHomeDir(); err == nil {
		names = append(names, filepath.Base(home))
	}
	for _, name := range names {
		if len(name) < 3 || name == "root" || !strings.Contains(text, name) {
			continue
		}
		text = replaceWord(text, name, "[user]")
	}
	return text
}

// replaceWord leaves alone what is only a part of a longer word.
func replaceWord(text, word, by string) string {
	var b strings.Builder
	before := ' ' // the letter before text
	for {
		at := strings.Index(text, word)
		if at < 0 {
			return b.String() + text
		}
		if at > 0 {
			before, _ = utf8.DecodeLastRuneInString(text[:at])
		}
		after, _ := utf8.DecodeRuneInString(text[at+len(word):])
		b.WriteString(text[:at])
		if isWord(before) || isWord(after) {
			b.WriteString(word)
		} else {
			b.WriteString(by)
		}
		before, _ = utf8.DecodeLastRuneInString(word)
		text = text[at+len(word):]
	}
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// printable keeps a text from steering a terminal; a line stays one.
func printable(r rune) rune {
	if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
		return -1
	}
	return r
}

// pair keeps the name of name=value. The code of a signal is no secret.
func pair(found string) string {
	m := words().pair.FindStringSubmatch(found)
	if words().signal.MatchString(found) {
		return found
	}
	return m[1] + m[2] + gone
}

// run is a word of letters and digits with no gap. Long ones are random, but for
// the versions that Go gives a commit.
func run(found string) string {
	const long, sure = 16, 24
	digits := strings.ContainsFunc(found, unicode.IsDigit)
	letters := strings.ContainsFunc(found, unicode.IsLetter)
	switch {
	case words().version.MatchString(found):
	case len(found) >= sure && letters, len(found) >= long && letters && digits:
		return gone
	}
	return found
}

type patterns struct {
	header, scheme, login, query, pair, signal, run, version, accountAttr, account *regexp.Regexp
}

// words are compiled when the first text comes: most runs of the app never have one.
var words = sync.OnceValue(func() patterns {
	// In quotes, in quotes within quotes, or up to what ends a word.
	const value = `("(?:[^"\\]|\\.)*"?|\\+"[^"]*"?|[^\s"'&,;)}\]]+)`
	return patterns{
		header: regexp.MustCompile(`(?i)\b((?:proxy-)?authorization:|(?:set-)?cookie:)[^\n]*`),
		scheme: regexp.MustCompile(`(?i)\b(bearer|basic)\s+[^\s"',;)}\]]+`),
		login:  regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@"']*@`),
		query:  regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://[^\s?#"']*)[?#][^\s"']*`),
		pair: regexp.MustCompile(`(?i)\b(` +
			`(?:access|refresh|id|auth)_?token|token|client_?(?:id|secret)|secret|code(?:_verifier|_challenge)?|state|` +
			`pass(?:word|wd|phrase)|api_?key|user(?:name)?|login)` +
			`(=\s*|%3D|:|"\s*:\s*)` + value),
		signal:      regexp.MustCompile(`^code=-?0x[0-9a-f]{1,4}$`),
		run:         regexp.MustCompile(`[A-Za-z0-9_+~-]{16,}={0,2}`),
		version:     regexp.MustCompile(`^[\w.-]*\d{14}-[0-9a-f]{12}(\+[a-z]+)?$`),
		accountAttr: regexp.MustCompile(`\b(account=)("(?:[^"\\]|\\.)*"?|\S+)`),
		account:     regexp.MustCompile(`[^\s@"'=<>(),;]+@[\pL\pN][\pL\pN.-]*(:\d+)?`),
	}
})
