package account

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"strings"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/wholefile"
)

// The index is JSON with a line for each account, so that one account among a
// thousand is found without decoding the others: that is most of what a program
// waits for that asks for a token.
const (
	indexHead = `{"version":1,"accounts":[`
	indexTail = "]}\n"
)

// encode is the index as accounts.json holds it.
func (x *index) encode() ([]byte, error) {
	var file bytes.Buffer
	file.WriteString(indexHead)
	for i, e := range x.Accounts {
		if i > 0 {
			file.WriteByte(',')
		}
		line, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", e.Name, err)
		}
		file.WriteByte('\n')
		file.Write(line)
	}
	file.WriteString("\n" + indexTail)
	return file.Bytes(), nil
}

// lookUp is Find's short way. It reports found only for what Find would answer
// too: all that is unusual, an unfinished change among it, is left to Find.
func (s *Store) lookUp(query string, service *oauth.Service) (Account, bool) {
	file, err := wholefile.Open(filepath.Join(s.dir, indexName))
	if err != nil {
		return Account{}, false
	}
	defer file.Close()
	return lookUpIn(file, query, service)
}

func lookUpIn(file io.Reader, query string, service *oauth.Service) (Account, bool) {
	if !strings.Contains(query, "@") {
		query = strings.ToLower(query)
	}
	var found []Account
	whole := false
	for line := range linesWith(file, mark(query), &whole) {
		var e entry
		if json.Unmarshal(bytes.TrimRight(line, ",\n"), &e) != nil || e.pending() {
			return Account{}, false
		}
		ours := service == nil || e.Service == service.String()
		switch {
		case query == "": // the default has the first line
			return e.Account, ours && e.Default
		case !ours:
		case e.Name == query:
			return e.Account, true
		case e.answersTo(query):
			found = append(found, e.Account)
		}
	}
	if len(found) != 1 || !whole {
		return Account{}, false
	}
	return found[0], true
}

// mark is what stands in the line of every account that query can mean: any
// account's start for the default; the start of its line for a name; what
// follows the user's name for a domain. No text inside a line looks like a start,
// since JSON escapes quotes.
func mark(query string) []byte {
	const start = `{"account":"`
	switch {
	case query == "":
		return []byte(start)
	case strings.Contains(query, "@"):
		return []byte(start + inJSON(query) + `"`)
	}
	return []byte("@" + inJSON(query))
}

func inJSON(text string) string {
	quoted, _ := json.Marshal(text) // can't fail
	return string(quoted[1 : len(quoted)-1])
}

// linesWith yields the accounts' lines that hold mark, as long as the file is as
// encode writes it, and sets whole at its end. It reads no more than is asked
// for, through one small buffer, and looks for the mark in all that was read at
// once: a line is looked at only where it has one.
func linesWith(file io.Reader, mark []byte, whole *bool) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		chunks := &lineChunks{file: file, buffer: make([]byte, 32<<10)}
		rest, ours := bytes.CutPrefix(chunks.next(), []byte(indexHead+"\n"))
		if !ours {
			return
		}
		for ; len(rest) > 0; rest = chunks.next() {
			for at := bytes.Index(rest, mark); at >= 0; at = bytes.Index(rest, mark) {
				start := bytes.LastIndexByte(rest[:at], '\n') + 1
				end := at + bytes.IndexByte(rest[at:], '\n') + 1
				if !yield(rest[start:end]) {
					return
				}
				rest = rest[end:]
			}
			*whole = string(rest) == indexTail || bytes.HasSuffix(rest, []byte("\n"+indexTail))
		}
	}
}

// lineChunks reads whole lines, as many at once as its buffer takes.
type lineChunks struct {
	file         io.Reader
	buffer       []byte
	given, there int // bytes of the buffer
}

// next is valid until the next call. It is empty at the end, at an error, and
// where a line is longer than the buffer.
func (c *lineChunks) next() []byte {
	c.there = copy(c.buffer, c.buffer[c.given:c.there])
	for {
		n, err := c.file.Read(c.buffer[c.there:])
		c.there += n
		c.given = bytes.LastIndexByte(c.buffer[:c.there], '\n') + 1
		if c.given > 0 || err != nil || c.there == len(c.buffer) {
			return c.buffer[:c.given]
		}
	}
}
