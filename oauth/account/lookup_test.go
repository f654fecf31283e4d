package account

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
)

// manyAccounts is an index of n accounts, five to a domain but for the first,
// which has one.
func manyAccounts(n int) *index {
	expires := time.Date(2027, time.January, 2, 3, 4, 5, 0, time.UTC)
	x := &index{Version: indexVersion}
	for i := range n {
		domain := fmt.Sprintf("company%03d.egnyte.com", (i+4)/5)
		user := fmt.Sprintf("person%04d", i)
		x.Accounts = append(x.Accounts, entry{Account: Account{
			Name: user + "@" + domain, Service: oauth.DefaultService, Domain: domain, Username: user,
			UserID: int64(i + 1), DisplayName: "Jane \"account\":\"x\" <Smith> & Söhne", State: Ready, Expires: &expires,
			Scopes: []string{"Egnyte.filesystem"}, Default: i == n/2, KeyID: "key-id",
			RedirectURI: oauth.DefaultRedirectURI, Flow: oauth.FlowEnhanced, Added: expires, Renewed: expires,
		}})
	}
	return x
}

func writeIndex(t testing.TB, x *index) *Store {
	t.Helper()
	x.arrange()
	file, err := x.encode()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, indexName), file, 0o600); err != nil {
		t.Fatal(err)
	}
	return Open(dir, &fileKeyring{dir: filepath.Join(t.TempDir(), "keyring")})
}

func TestTheIndexIsJSONWithALineForEachAccount(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 3} {
		x := manyAccounts(n)
		file, err := x.encode()
		if err != nil {
			t.Fatal(err)
		}
		var again index
		if err := json.Unmarshal(file, &again); err != nil {
			t.Fatalf("%v in %s", err, file)
		}
		if again.Version != indexVersion || !reflect.DeepEqual(again.Accounts, x.Accounts) && n > 0 {
			t.Errorf("%d accounts came back as %+v", n, again)
		}
		if lines := strings.Count(string(file), "\n"); lines != n+2 {
			t.Errorf("%d accounts take %d lines", n, lines)
		}
	}
}

func TestTheShortWayAnswersWhatIsAskedMost(t *testing.T) {
	t.Parallel()
	s := writeIndex(t, manyAccounts(1000))
	for query, want := range map[string]string{
		"":                                  "person0500@company100.egnyte.com",
		"person0007@company002.egnyte.com":  "person0007@company002.egnyte.com",
		"company000":                        "person0000@company000.egnyte.com",
		"COMPANY000":                        "person0000@company000.egnyte.com",
		"company000.egnyte.com":             "person0000@company000.egnyte.com",
		"person0999@company200.egnyte.com":  "person0999@company200.egnyte.com",
		" person0001@company001.egnyte.com": "", // Find trims
		"company001":                        "", // five: Find says which
		"company0":                          "",
		"nobody":                            "",
		`company000"`:                       "",
		"\n":                                "",
	} {
		got, found := s.lookUp(query, nil)
		if got.Name != want || found != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", query, got.Name, found, want)
		}
	}
}

func TestTheShortWayNeverDisagreesWithTheLongOne(t *testing.T) {
	t.Parallel()
	x := manyAccounts(30)
	x.Accounts[3].Name = "Person0003@company001.egnyte.com"
	x.Accounts[9].Service, x.Accounts[9].Domain = "http://egnyte.localhost:8765", "company000.egnyte.localhost:8765"
	x.Accounts[9].Name = "person0009@company000.egnyte.localhost:8765"
	s := writeIndex(t, x)
	practice, err := oauth.ParseService("http://egnyte.localhost:8765")
	if err != nil {
		t.Fatal(err)
	}
	queries := []string{"", "e", "egnyte", "company00", "PERSON0003@company001.egnyte.com", "company000.egnyte.localhost", "@"}
	for _, e := range x.Accounts {
		label, _, _ := strings.Cut(e.Domain, ".")
		queries = append(queries, e.Name, strings.ToUpper(e.Name), e.Domain, label, e.Username)
	}
	agreed := 0
	for _, query := range queries {
		for _, service := range []*oauth.Service{nil, {}, &practice} {
			short, found := s.lookUp(query, service)
			long, err := choose(x.list(), strings.ToLower(query), service)
			if found && (err != nil || long.Name != short.Name) {
				t.Errorf("%q at %v: %q by the short way, %q (%v) by the long one", query, service, short.Name, long.Name, err)
			}
			if found {
				agreed++
			}
		}
	}
	if agreed < 60 {
		t.Errorf("only %d answers by the short way", agreed)
	}
}

func TestTheShortWayLeavesAloneWhatIsUnusual(t *testing.T) {
	t.Parallel()
	name := "person0000@company000.egnyte.com"
	pending := manyAccounts(3)
	pending.Accounts[0].State, pending.Accounts[0].Change = Pending, &change{Stamp: "one"}
	file, err := manyAccounts(3).encode()
	if err != nil {
		t.Fatal(err)
	}
	indented, err := json.MarshalIndent(manyAccounts(3), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	unfinished, err := pending.encode()
	if err != nil {
		t.Fatal(err)
	}
	for what, content := range map[string]string{
		"an unfinished change": string(unfinished),
		"another version":      strings.Replace(string(file), `"version":1`, `"version":2`, 1),
		"a cut off line":       string(file[:bytes.IndexByte(file, '\n')+200]),
		"other line breaks":    string(indented),
		"no account's line":    strings.Replace(string(file), `"user_id":1,`, `"user_id":"one",`, 1),
		"nothing":              "",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, indexName), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if a, found := Open(dir, nil).lookUp(name, nil); found {
			t.Errorf("%s: answered %s", what, a.Name)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, indexName), file[:len(file)-len(indexTail)], 0o600); err != nil {
		t.Fatal(err)
	}
	if a, found := Open(dir, nil).lookUp("company000", nil); found {
		t.Errorf("of a domain that may have more accounts: answered %s", a.Name)
	}
	if a, found := Open(t.TempDir(), nil).lookUp("", nil); found {
		t.Errorf("without an index: answered %s", a.Name)
	}
}

// What a token costs among few accounts and among many.
func BenchmarkFind(b *testing.B) {
	for _, n := range []int{1, 1000} {
		s := writeIndex(b, manyAccounts(n))
		for what, query := range map[string]string{"default": "", "name": "person0000@company000.egnyte.com", "label": "company000"} {
			b.Run(fmt.Sprintf("%d/%s", n, what), func(b *testing.B) {
				for b.Loop() {
					if _, err := s.Find(b.Context(), query, nil); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
