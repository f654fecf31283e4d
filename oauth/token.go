package oauth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// maxReply bounds what is read of any answer, in bytes.
const maxReply = 1 << 20

// maxScope bounds the scope that a reply names, in bytes: it is kept for every account.
// All of Egnyte's scopes together take 400.
const maxScope = 4 << 10

// requestToken runs one token request of x/oauth2, for an exchange or a
// refresh, and reads Egnyte's answer. Scopes are what was asked for: they hold
// where the answer names none (RFC 6749, 5.1). Errors are *Refusal and
// *Unreachable.
func requestToken(ctx context.Context, client *http.Client, domain Domain, scopes []string, request func(context.Context) (*oauth2.Token, error)) (Token, error) {
	quirks := &tokenQuirks{next: client.Transport}
	if quirks.next == nil {
		quirks.next = http.DefaultTransport
	}
	quirked := *client
	quirked.Transport = quirks
	reply, err := request(context.WithValue(ctx, oauth2.HTTPClient, &quirked))
	if err != nil {
		return Token{}, tokenError(domain, err)
	}
	if !isTokenText(reply.AccessToken) || reply.RefreshToken != "" && !isTokenText(reply.RefreshToken) {
		return Token{}, &Refusal{Kind: RefusedUnreadable, Host: domain.Host(), Status: http.StatusOK}
	}
	token := Token{
		Access:  NewSecret(reply.AccessToken),
		Refresh: NewSecret(reply.RefreshToken),
		Type:    reply.Type(),
		Issued:  time.Now().Round(0), // by the wall: it is compared with other programs' times, and across a sleep
		Scopes:  scopes,
	}
	if scope, _ := reply.Extra("scope").(string); scope != "" && len(scope) <= maxScope {
		token.Scopes = strings.Fields(scope)
	}
	if life, ends := quirks.life(); ends {
		token.Expiry = token.Issued.Add(life)
	}
	return token, nil
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

// tokenError drops what x/oauth2 puts into its errors: whole bodies, which may
// hold what was sent.
func tokenError(domain Domain, err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		return readRefusal(domain.Host(), refused.Response, refused.Body)
	}
	var request *url.Error
	if errors.As(err, &request) {
		return unreachable(domain.Host(), err)
	}
	return &Refusal{Kind: RefusedUnreadable, Host: domain.Host()}
}

// tokenQuirks stands between x/oauth2 and the network and takes expires_in out
// of a token reply before x/oauth2 reads it: x/oauth2 calls -1 expired, refuses
// a whole reply over 1e12 or "soon", and a code works only once.
type tokenQuirks struct {
	next      http.RoundTripper
	expiresIn json.RawMessage
}

func (q *tokenQuirks) RoundTrip(r *http.Request) (*http.Response, error) {
	reply, err := q.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(reply.Body, maxReply))
	reply.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("reading the token reply: %w", err)
	}
	var fields map[string]json.RawMessage
	if reply.StatusCode == http.StatusOK && json.Unmarshal(body, &fields) == nil {
		q.expiresIn = fields["expires_in"]
		delete(fields, "expires_in")
		if without, err := json.Marshal(fields); err == nil {
			body = without
			reply.Header.Set("Content-Type", "application/json")
		}
	}
	reply.Body = io.NopCloser(bytes.NewReader(body))
	reply.ContentLength = int64(len(body))
	return reply, nil
}

// maxLife is the longest life that is believed; beyond it a token is one that
// does not expire.
const maxLife = 100 * 365 * 24 * time.Hour

// life reads expires_in, in seconds. Egnyte leaves it out, writes it as a
// string, or as -1 for 'does not expire'. What can't be read counts as left
// out: the token works, and a 401 will tell when it ends.
func (q *tokenQuirks) life() (life time.Duration, ends bool) {
	return readLife(strings.Trim(string(q.expiresIn), `"`))
}

func readLife(expiresIn string) (life time.Duration, ends bool) {
	seconds, err := strconv.ParseFloat(expiresIn, 64)
	if err != nil || math.IsNaN(seconds) || seconds < 0 || seconds > maxLife.Seconds() {
		return 0, false
	}
	return time.Duration(seconds * float64(time.Second)), true
}
