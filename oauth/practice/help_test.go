package practice_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"egnyte-accounts/oauth/practice"
)

const testRedirect = "http://127.0.0.1:45678/callback"

var endpointPaths = map[string]string{
	"enhanced": "/services/oauth/code", "authorize": "/puboauth/authorize", "documented": "/puboauth/token",
}

// authorizeURL is a plain authorize address at Enhanced Auth or at acme.
// More parameters come in pairs; an empty value takes one away.
func authorizeURL(s *practice.Server, endpoint, redirectURI string, pairs ...string) string {
	q := url.Values{"client_id": {s.Key().ID}, "redirect_uri": {redirectURI},
		"response_type": {"code"}, "state": {"st"}, "scope": {"Egnyte.filesystem"}}
	for i := 0; i < len(pairs); i += 2 {
		if q.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			q.Del(pairs[i])
		}
	}
	host := s.DomainURL("acme")
	if endpoint == "enhanced" {
		host = s.DomainURL("us-partner-integrations")
	}
	return host + endpointPaths[endpoint] + "?" + q.Encode()
}

func person(t *testing.T, s *practice.Server, username string) practice.Person {
	t.Helper()
	for _, p := range s.People() {
		if p.Username == username {
			return p
		}
	}
	t.Fatalf("there is no %s", username)
	return practice.Person{}
}

// decide walks the pages and returns what the redirect address would get.
func decide(t *testing.T, s *practice.Server, address, username string, d practice.Decision, typed string) (url.Values, practice.Callback) {
	t.Helper()
	callback, err := s.Decide(context.Background(), address, person(t, s, username), d, typed)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(callback.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query(), callback
}

// codeFor signs in at acme and returns a fresh code.
func codeFor(t *testing.T, s *practice.Server, pairs ...string) string {
	t.Helper()
	q, _ := decide(t, s, authorizeURL(s, "authorize", testRedirect, pairs...), "jsmith", practice.Allow, "")
	return q.Get("code")
}

// answer is a reply, read.
type answer struct {
	status int
	header http.Header
	body   string
	fields map[string]any
}

func (a answer) text(field string) string { text, _ := a.fields[field].(string); return text }

func read(t *testing.T, reply *http.Response, err error) answer {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: reply.StatusCode, header: reply.Header, body: string(body)}
	_ = json.Unmarshal(body, &a.fields)
	return a
}

// requestToken posts to a domain's token endpoint, with the key and its secret.
func requestToken(t *testing.T, s *practice.Server, domain string, pairs ...string) answer {
	t.Helper()
	form := url.Values{"client_id": {s.Key().ID}, "client_secret": {s.Key().Secret}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	reply, err := s.Client().PostForm(s.DomainURL(domain)+"/puboauth/token", form)
	return read(t, reply, err)
}

func redeem(t *testing.T, s *practice.Server, code string, pairs ...string) answer {
	t.Helper()
	return requestToken(t, s, "acme", append([]string{"grant_type", "authorization_code",
		"redirect_uri", testRedirect, "code", code}, pairs...)...)
}

func refresh(t *testing.T, s *practice.Server, token string) answer {
	t.Helper()
	return requestToken(t, s, "acme", "grant_type", "refresh_token", "refresh_token", token)
}

// signInDirectly signs Jane in at acme and returns the token reply.
func signInDirectly(t *testing.T, s *practice.Server) answer {
	t.Helper()
	a := redeem(t, s, codeFor(t, s))
	if a.status != http.StatusOK {
		t.Fatalf("signing in: %d %s", a.status, a.body)
	}
	return a
}

func userInfo(t *testing.T, s *practice.Server, domain, access string) answer {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, s.DomainURL(domain)+"/pubapi/v1/userinfo", nil)
	if err != nil {
		t.Fatal(err)
	}
	if access != "" {
		r.Header.Set("Authorization", "Bearer "+access)
	}
	reply, err := s.Client().Do(r)
	return read(t, reply, err)
}

func revoke(t *testing.T, s *practice.Server, token, secret string) answer {
	t.Helper()
	reply, err := s.Client().PostForm(s.DomainURL("acme")+"/pubapi/v1/tokens/revoke",
		url.Values{"token": {token}, "client_secret": {secret}})
	return read(t, reply, err)
}

func get(t *testing.T, s *practice.Server, address string) answer {
	t.Helper()
	reply, err := s.Client().Get(address)
	return read(t, reply, err)
}

func wantStatus(t *testing.T, a answer, status int, words ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, want %d: %s", a.status, status, a.body)
	}
	for _, w := range words {
		if !strings.Contains(a.body, w) {
			t.Errorf("the answer does not say %q: %s", w, a.body)
		}
	}
}
