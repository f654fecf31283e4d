package oauth

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxReply bounds what is read of any answer, in bytes.
const maxReply = 1 << 20

// maxScope bounds the scope that a reply names, in bytes: it is kept for every account.
// All of Egnyte's scopes together take 400.
const maxScope = 4 << 10

// requestToken sends one token request, with the key's id and secret in the form as
// Egnyte reads them, and reads the answer. Scopes are what was asked for: they hold
// if the answer names none (RFC 6749, 5.1). Errors are *Refusal and *Unreachable.
func requestToken(ctx context.Context, client *http.Client, domain Domain, key Key, scopes []string, form url.Values) (Token, error) {
	form.Set("client_id", key.ID)
	if !key.Secret.IsZero() {
		form.Set("client_secret", key.Secret.Reveal())
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, domain.tokenURL(), strings.NewReader(form.Encode()))
	if err != nil {
		return Token{}, unreachable(domain.Host(), err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	reply, body, err := roundTrip(client, domain, request)
	if err != nil {
		return Token{}, err
	}
	fields := readFields(reply, body)
	access, refresh := text(fields, "access_token"), text(fields, "refresh_token")
	switch {
	case !isSuccess(reply) || access == "":
		return Token{}, readRefusal(domain.Host(), reply, body,
			form.Get("client_secret"), form.Get("code"), form.Get("code_verifier"), form.Get("refresh_token"), form.Get("password"))
	case !isTokenText(access), refresh != "" && !isTokenText(refresh), !isBearer(text(fields, "token_type")):
		return Token{}, &Refusal{Kind: RefusedUnreadable, Host: domain.Host(), Status: reply.StatusCode}
	}
	return newToken(access, refresh, text(fields, "token_type"), fmt.Sprint(fields["expires_in"]), text(fields, "scope"), scopes), nil
}

// newToken is the token of an answer that came now. Life is expires_in.
func newToken(access, refresh, kind, life, scope string, asked []string) Token {
	token := Token{
		Access:  NewSecret(access),
		Refresh: NewSecret(refresh),
		Type:    cmp.Or(kind, "bearer"),
		Issued:  time.Now().Round(0), // by the wall: it is compared with other programs' times, and across a sleep
		Scopes:  asked,
	}
	if scope != "" && len(scope) <= maxScope {
		token.Scopes = strings.Fields(scope)
	}
	if life, ends := readLife(life); ends {
		token.Expiry = token.Issued.Add(life)
	}
	return token
}

func isSuccess(reply *http.Response) bool { return reply.StatusCode >= 200 && reply.StatusCode < 300 }

// isBearer: a client must not use a token of a type that it does not know (RFC 6749,
// 7.1).
func isBearer(kind string) bool { return kind == "" || strings.EqualFold(kind, "bearer") }

// readFields reads a JSON object or a form; nil if the body is neither.
func readFields(reply *http.Response, body []byte) map[string]any {
	var fields map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&fields) == nil {
		return fields
	}
	if kind, _, _ := mime.ParseMediaType(reply.Header.Get("Content-Type")); kind != "application/x-www-form-urlencoded" && kind != "text/plain" {
		return nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil
	}
	fields = map[string]any{}
	for name := range form {
		fields[name] = form.Get(name)
	}
	return fields
}

// isTokenText holds what a token may be made of (RFC 6749, A.12 and A.17, less
// the space): no line ends that could add a header or a line of configuration,
// and nothing that steers a terminal.
func isTokenText(token string) bool {
	for _, c := range []byte(token) {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return token != ""
}

// maxLife is the longest life that is believed; beyond it a token is one that
// does not expire.
const maxLife = 100 * 365 * 24 * time.Hour

// readLife reads expires_in, in seconds. Egnyte leaves it out, writes it as a string,
// or as -1 for 'does not expire', as 0 is read too. What can't be read counts as left
// out: the token works, and a 401 will tell when it ends.
func readLife(expiresIn string) (life time.Duration, ends bool) {
	seconds, err := strconv.ParseFloat(expiresIn, 64)
	if err != nil || !(seconds > 0 && seconds <= maxLife.Seconds()) {
		return 0, false
	}
	return max(time.Duration(seconds*float64(time.Second)), 1), true
}
