package main

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
)

// seen is a credential with its secrets open, to compare.
type seen struct {
	Label, Domain, Key, KeySecret, Redirect, Access, Refresh, Scopes string
	Issued, Expiry                                                   int64
	Default                                                          bool
	Secrets                                                          string
}

func open(c credential) seen {
	unix := func(t time.Time) int64 {
		if t.IsZero() {
			return 0
		}
		return t.Unix()
	}
	var places []string
	for _, s := range c.secrets {
		places = append(places, string(rune('0'+s.file))+":"+strings.Join(s.path, "."))
	}
	return seen{c.label, c.domain, c.key.ID, c.key.Secret.Reveal(), c.key.RedirectURI, c.access.Reveal(), c.refresh.Reveal(),
		strings.Join(c.scopes, " "), unix(c.issued), unix(c.expiry), c.isDefault, strings.Join(places, " ")}
}

func TestEachToolsFilesAreRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format string
		files  []string
		want   []seen
	}{
		{"agentic-cli", []string{`{"default_profile":"work","profiles":{
			"work":{"domain":"https://acme.egnyte.com","client_id":"key","client_secret":"cs","redirect_uri":"http://127.0.0.1:40123/callback",
				"access_token":"a1","refresh_token":"r1","scope":"Egnyte.filesystem Egnyte.link","expires_at":1767225600500},
			"old":{"domain":"https://globex.egnyte.com","access_token":"a2","refresh_token":null,"expires_at":null,"redirect_uri":"https://app.example/cb"},
			"odd":7}}`}, []seen{
			{Label: "odd"},
			{Label: "old", Domain: "https://globex.egnyte.com", Access: "a2", Redirect: "https://app.example/cb", Secrets: "0:profiles.old.access_token"},
			{Label: "work", Domain: "https://acme.egnyte.com", Key: "key", KeySecret: "cs", Redirect: "http://127.0.0.1/callback",
				Access: "a1", Refresh: "r1", Scopes: "Egnyte.filesystem Egnyte.link", Expiry: 1767225600, Default: true,
				Secrets: "0:profiles.work.access_token 0:profiles.work.refresh_token 0:profiles.work.client_secret"},
		}},
		{"python-sdk", []string{`{"access_token": "a", "api_key": "key", "domain": "acme", "timeout": 5}`},
			[]seen{{Domain: "acme", Key: "key", Access: "a", Secrets: "0:access_token"}}},
		{"egnyte-cli", []string{
			`{"access_token":"a","expires_in":2592000,"token_type":"bearer","issued_at":1700000000}`,
			`{"domain":"acme","client_id":"key","client_secret":"cs","redirect_uri":"https://localhost:8080/callback"}`},
			[]seen{{Domain: "acme", Key: "key", KeySecret: "cs", Redirect: "https://localhost:8080/callback", Access: "a",
				Issued: 1700000000, Expiry: 1702592000, Secrets: "0:access_token 1:client_secret"}}},
		{"egnyte-cli", []string{`{"access_token":"a","expires_in":-1,"issued_at":"soon"}`, `{}`},
			[]seen{{Access: "a", Secrets: "0:access_token"}}},
	} {
		f := formats[slices.IndexFunc(formats, func(f format) bool { return f.name == c.format })]
		var files []object
		for _, text := range c.files {
			o, err := readObject([]byte("\ufeff" + text))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, o)
		}
		var got []seen
		for _, found := range f.read(files) {
			got = append(got, open(found))
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.format, got, c.want)
		}
	}
}

func TestAMissingFileIsReadAsNothing(t *testing.T) {
	t.Parallel()
	for _, f := range formats {
		for _, c := range f.read(make([]object, len(f.files))) {
			if !c.access.IsZero() || len(c.secrets) > 0 {
				t.Errorf("%s: %+v", f.name, open(c))
			}
		}
	}
}

func TestATokenGoesToEgnyteAloneOrTheServiceInForce(t *testing.T) {
	t.Parallel()
	practice, err := oauth.ParseService("http://egnyte.localhost:8765")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		written string
		inForce oauth.Service
		want    string
	}{
		{"acme", oauth.Service{}, "https://acme.egnyte.com"},
		{"https://acme.egnyte.com/", oauth.Service{}, "https://acme.egnyte.com"},
		{"acme.egnytegov.com", oauth.Service{}, "https://acme.egnytegov.com"},
		{"acme", practice, "http://acme.egnyte.localhost:8765"},
		{"https://acme.egnyte.com", practice, "https://acme.egnyte.com"},
		{"http://acme.egnyte.com", oauth.Service{}, ""},
		{"https://acme.egnyte.com.evil.example", oauth.Service{}, ""},
		{"https://evil.example/acme.egnyte.com", oauth.Service{}, ""},
		{"https://a@evil.example", oauth.Service{}, ""},
		{"http://acme.egnyte.localhost:8765", oauth.Service{}, ""},
		{"", oauth.Service{}, ""},
	} {
		domain, err := domainOf(c.written, c.inForce)
		got := ""
		if err == nil {
			got = domain.URL()
		}
		if got != c.want {
			t.Errorf("%q: %q, %v, want %q", c.written, got, err, c.want)
		}
	}
}

func TestOnlyTheSecretsAreRemoved(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		before string
		path   []string
		after  string
	}{
		{`{"a":"x","b":2,"c":3}`, []string{"a"}, `{"b":2,"c":3}`},
		{`{"b":2,"a":"x","c":3}`, []string{"a"}, `{"b":2,"c":3}`},
		{`{"b":2,"a":"x"}`, []string{"a"}, `{"b":2}`},
		{"\ufeff{\"n\": 1.50e+3,\"a\": \"x\", \"l\": [ {\"a\":1} ]}", []string{"a"}, "\ufeff{\"n\": 1.50e+3, \"l\": [ {\"a\":1} ]}"},
		{`{"p":{"a.b*?|#@!:\\":{"a":"x","keep":"<&>"},"0":{}}}`, []string{"p", `a.b*?|#@!:\`, "a"}, `{"p":{"a.b*?|#@!:\\":{"keep":"<&>"},"0":{}}}`},
		{`{"p":{"0":{"a":"x","b":1}}}`, []string{"p", "0", "a"}, `{"p":{"0":{"b":1}}}`},
		{`{"p":{":1":{"a":"x","b":1}}}`, []string{"p", ":1", "a"}, `{"p":{":1":{"b":1}}}`},
	} {
		got, err := cutSecrets([]byte(c.before), []placedSecret{{0, c.path, oauth.NewSecret("x")}})
		if err != nil || string(got) != c.after {
			t.Errorf("%s without %q: %s, %v, want %s", c.before, c.path, got, err, c.after)
		}
	}
}

// Whatever the files of other tools hold, reading them neither falls over nor
// quotes a secret, and what it finds can be cut out again, and nothing else.
func FuzzImportFiles(f *testing.F) {
	f.Add(`{"default_profile":"w","profiles":{"w":{"domain":"acme","access_token":"a1","client_secret":"c","expires_at":1767225600500}}}`, `{}`)
	f.Add("\ufeff{\"access_token\":\"a\",\"api_key\":\"k\",\"domain\":\"acme\"}", `{"domain":"acme","client_secret":"cs"}`)
	f.Add(`{"access_token":"a","issued_at":"1700000000","expires_in":-1,"access_token":"b"}`, `{"domain":7}`)
	f.Add(`{"profiles":{"a":{"access_token":"x"},"a":{"access_token":"y"}}}`, `[]`)
	f.Fuzz(func(t *testing.T, first, second string) {
		texts := []string{first, second}
		var files []object
		for _, text := range texts {
			o, err := readObject([]byte(text))
			if err != nil && len(text) > 20 && strings.Contains(err.Error(), text) {
				t.Fatalf("it quotes the file: %v", err)
			}
			files = append(files, o)
		}
		for _, format := range formats {
			for _, c := range format.read(files) {
				if _, err := domainOf(c.domain, oauth.Service{}); err == nil && c.domain == "" {
					t.Fatal("a domain from nothing")
				}
				for n := range texts {
					mustCut(t, []byte(texts[n]), n, c)
				}
			}
		}
	})
}

// mustCut checks that what is cut out is gone, or that the file is left alone.
func mustCut(t *testing.T, text []byte, n int, c credential) {
	t.Helper()
	var here []placedSecret
	for _, s := range c.secrets {
		if s.file == n {
			here = append(here, s)
		}
	}
	if len(here) == 0 {
		return
	}
	kept, err := cutSecrets(text, here)
	if err != nil {
		return // members of one name twice, or different ones
	}
	if !json.Valid(bytes.TrimPrefix(kept, byteOrderMark)) {
		t.Fatalf("%q became %q", text, kept)
	}
	if again, err := cutSecrets(kept, here); err == nil {
		t.Fatalf("%q became %q, and %q: it was still there", text, kept, again)
	}
}

func TestASecretThatChangedMeanwhileIsNotCut(t *testing.T) {
	t.Parallel()
	secrets := []placedSecret{{0, []string{"access_token"}, oauth.NewSecret("mine")}}
	for _, now := range []string{`{"access_token":"newer"}`, `{}`, `{"access_token":null}`, `{"access_token":"newer","access_token":"mine"}`} {
		if kept, err := cutSecrets([]byte(now), secrets); err == nil {
			t.Errorf("%s became %s", now, kept)
		}
	}
}
