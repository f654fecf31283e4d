package main

import (
	"runtime"
	"strings"
	"unicode"
)

// plain drops what could steer a terminal or reorder a line: names come from a server.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) && !unicode.Is(unicode.Bidi_Control, r) {
			return r
		}
		return -1
	}, text)
}

// plainLines is plain for a text of several lines.
func plainLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = plain(lines[i])
	}
	return strings.Join(lines, "\n")
}

// shellWord quotes text so that a shell reads it as one word: sh (POSIX 1003.1,
// Shell Command Language, 2.2), or PowerShell on Windows.
func shellWord(text string) string {
	if text != "" && !strings.HasPrefix(text, "-") && !strings.ContainsFunc(text, needsQuotes) {
		return text
	}
	quote := `'\''`
	if runtime.GOOS == "windows" {
		quote = "''"
	}
	return "'" + strings.ReplaceAll(text, "'", quote) + "'"
}

func needsQuotes(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("@._:/+-", r)
}
