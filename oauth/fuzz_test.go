package oauth

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// answering is a transport that gives one answer to all.
type answering struct {
	status int
	header http.Header
	body   []byte
}

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	return &http.Response{
		StatusCode: a.status, Header: a.header.Clone(), Body: io.NopCloser(bytes.NewReader(a.body)),
		Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// FuzzTokenReply: whatever the token endpoint answers, there is a token of
// printable text with a life that makes sense, or an error of a known type that
// repeats nothing of the answer.
func FuzzTokenReply(f *testing.F) {
	for _, seed := range []string{
		`{"access_token":"a","refresh_token":"r","token_type":"bearer","expires_in":2592000}`,
		`{"access_token":"a","expires_in":-1}`, `{"access_token":"a","expires_in":"3600"}`, `{"access_token":"a","expires_in":1e400}`,
		`{"access_token":"a\r\nX: y"}`, `{"access_token":""}`, `{"access_token":1}`, `[]`, `null`, `{`, "", "<html>", "access_token=a&expires_in=1",
		`{"access_token":"a","scope":["x"]}`, `{"error":"invalid_grant"}`, "\xff\xfe",
	} {
		f.Add(200, "application/json", []byte(seed))
		f.Add(400, "text/html", []byte(seed))
	}
	domain, err := Service{}.ParseDomain("acme")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, contentType string, body []byte) {
		if status < 200 || status > 599 {
			return
		}
		client := &http.Client{
			Transport:     answering{status, http.Header{"Content-Type": {contentType}}, body},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
		token, err := Refresh(t.Context(), client, domain, Key{ID: "key", Secret: NewSecret("s3cret")}, NewSecret("r3fresh"), nil)
		if err != nil {
			var refusal *Refusal
			var away *Unreachable
			if !errors.As(err, &refusal) && !errors.As(err, &away) {
				t.Fatalf("an error without a type: %v", err)
			}
			if refusal != nil && refusal.Code == "" && !refusal.Passing() {
				t.Fatalf("not temporary without a verdict: %v", err)
			}
			if text := err.Error(); len(text) > 1200 || strings.Contains(text, "s3cret") || strings.Contains(text, "r3fresh") {
				t.Fatalf("the error says too much: %q", text)
			}
			return
		}
		if !isTokenText(token.Access.Reveal()) || !isTokenText(token.Refresh.Reveal()) {
			t.Fatalf("the tokens are %q and %q", token.Access.Reveal(), token.Refresh.Reveal())
		}
		if life := token.Expiry.Sub(token.Issued); !token.Expiry.IsZero() && (life < 0 || life > maxLife) {
			t.Fatalf("it lives %v", life)
		}
	})
}

// FuzzAPIReply: whatever userinfo and the authorize address answer, there is a user
// with a name, or a refusal that is temporary unless a code or a sentence is known. A
// 401 of the API asks for a renewal, and an error of the authorize address may be unknown.
func FuzzAPIReply(f *testing.F) {
	for _, seed := range []string{
		`{"formErrors":[{"code":"INVALID_CALLBACK"}]}`, `<h1>Developer Inactive</h1>`, `{"error":"invalid_grant"}`, "", "\x00",
		`{"errorMessage":"Incorrect request type GET for resource owner flow. x"}`, `{"id":"121","username":"jsmith","email":[]}`,
		`{"fault":{"faultstring":"Invalid access token","detail":{"errorcode":"oauth.v2.InvalidAccessToken"}}}`, `{"fault":[{"detail":1}]}`,
	} {
		f.Add(403, "ERR_403_DEVELOPER_OVER_QPS", "1", []byte(seed))
		f.Add(409, "", "Tue, 01 Jan 2999 00:00:00 GMT", []byte(seed))
		f.Add(200, "\x1b", "-1", []byte(seed))
		f.Add(401, "", "", []byte(seed))
	}
	domain, err := Service{}.ParseDomain("acme")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, gateway, retry string, body []byte) {
		if status < 200 || status > 599 {
			return
		}
		client := &http.Client{
			Transport:     answering{status, http.Header{"X-Mashery-Error-Code": {gateway}, "Retry-After": {retry}}, body},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
		user, err := UserInfo(t.Context(), client, domain, NewSecret("acc3ss"))
		if err == nil && !isUsername(user.Username) {
			t.Fatalf("the user is %+v", user)
		}
		signIn := SignIn{Key: Key{ID: "key"}, Domain: domain, HTTP: client}
		for api, err := range map[bool]error{true: err, false: signIn.Probe(t.Context())} {
			var refusal *Refusal
			if !errors.As(err, &refusal) {
				continue
			}
			excused := api && refusal.Kind == RefusedUnauthorized || !api && refusal.Kind == RefusedUnknown
			if refusal.Code == "" && !refusal.Passing() && !excused {
				t.Fatalf("not temporary without a verdict: %v", err)
			}
			if refusal.Kind == "" || refusal.RetryAfter < 0 || refusal.RetryAfter > 24*time.Hour || refusal.Words != plainWithout(refusal.Words, nil) {
				t.Fatalf("%+v", refusal)
			}
			if refusal.Code != safeCode(refusal.Code) || len(refusal.Error()) > 1200 || strings.Contains(refusal.Error(), "acc3ss") {
				t.Fatalf("it says %q", refusal.Error())
			}
		}
	})
}
