package account

import (
	"bytes"
	"encoding/json"
	"fmt"
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
	lineHead  = "\n" + `{"account":"`
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
	file, err := wholefile.Read(filepath.Join(s.dir, indexName))
	if err != nil || !bytes.HasPrefix(file, []byte(indexHead+"\n")) || !bytes.HasSuffix(file, []byte(indexTail)) {
		return Account{}, false
	}
	var found []Account
	for line := range linesWith(file, mark(query)) {
		var e entry
		if json.Unmarshal(bytes.TrimSuffix(line, []byte(",")), &e) != nil || e.pending() {
			return Account{}, false
		}
		ours := service == nil || e.Service == service.String()
		switch {
		case query == "":
			return e.Account, ours && e.Default
		case !ours:
		case e.Name == query:
			return e.Account, true
		case e.answersTo(query):
			found = append(found, e.Account)
		}
	}
	if len(found) != 1 {
		return Account{}, false
	}
	return found[0], true
}

// mark is what stands in the line of every account that query can mean: the
// start of any line for the default, which has the first; the start of its line
// for a name; what follows the user's name for a domain. Scanning for a line
// break or an @ is many times faster than for a quote.
func mark(query string) []byte {
	switch {
	case query == "":
		return []byte(lineHead)
	case strings.Contains(query, "@"):
		return []byte(lineHead + inJSON(query) + `"`)
	}
	return []byte("@" + inJSON(query))
}

func inJSON(text string) string {
	quoted, _ := json.Marshal(text) // can't fail
	return string(quoted[1 : len(quoted)-1])
}

// linesWith yields the lines that hold mark.
func linesWith(file, mark []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for {
			at := bytes.Index(file, mark)
			if at < 0 {
				return
			}
			at += bytes.LastIndexByte(mark, '\n') + 1
			from := bytes.LastIndexByte(file[:at], '\n') + 1
			to := at + bytes.IndexByte(file[at:], '\n') // the tail ends in one
			if !yield(file[from:to]) {
				return
			}
			file = file[to:]
		}
	}
}
