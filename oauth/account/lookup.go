package account

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"egnyte-accounts/oauth"
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
	if !strings.Contains(query, "@") {
		query = strings.ToLower(query)
	}
	file, err := os.Open(filepath.Join(s.dir, indexName))
	if err != nil {
		return Account{}, false
	}
	defer file.Close()
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
// for, through one small buffer: a large one costs more than the search.
func linesWith(file io.Reader, mark []byte, whole *bool) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		lines := bufio.NewReaderSize(file, 32<<10)
		line, err := lines.ReadSlice('\n')
		if err != nil || string(line) != indexHead+"\n" {
			return
		}
		for {
			line, err := lines.ReadSlice('\n')
			if err != nil || string(line) == indexTail {
				*whole = err == nil
				return
			}
			if bytes.Contains(line, mark) && !yield(line) {
				return
			}
		}
	}
}
