//go:build e2e && linux

package practice_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"egnyte-accounts/oauth/practice"
)

// throughOAuthLib is a client of Debian's python3-requests-oauthlib. It says where to sign
// in, reads where the browser ended, and says what came of it.
const throughOAuthLib = `
import os
from oauthlib.oauth2.rfc6749.errors import OAuth2Error
from requests_oauthlib import OAuth2Session

at, key, secret = os.environ["AT"], os.environ["KEY"], os.environ["SECRET"]
token_url = at + "/puboauth/token"

def session():
    return OAuth2Session(key, redirect_uri="http://127.0.0.1/callback", scope=os.environ["SCOPE"].split())

def fetch(s, given):
    print(s.authorization_url(at + "/puboauth/authorize")[0], flush=True)
    return s.fetch_token(token_url, authorization_response=input(), client_secret=given, include_client_id=True)

def refused(what, call):
    try:
        call()
        print(what, "passed", flush=True)
    except OAuth2Error as e:
        print(what, e.error, flush=True)

s = session()
first = fetch(s, secret)
print("user", s.get(at + "/pubapi/v1/userinfo").json()["username"], flush=True)
second = s.refresh_token(token_url, client_id=key, client_secret=secret)
print("rotated", first["refresh_token"] != second["refresh_token"], second["scope"], flush=True)
refused("reuse", lambda: s.refresh_token(token_url, first["refresh_token"], client_id=key, client_secret=secret))
refused("after reuse", lambda: s.refresh_token(token_url, second["refresh_token"], client_id=key, client_secret=secret))
refused("wrong secret", lambda: fetch(session(), "wrong"))
refused("denied", lambda: fetch(session(), secret))
refused("blocked", lambda: fetch(session(), secret))
`

// Given an OAuth library that nobody of this project wrote, when it signs in, renews, uses
// a refresh token twice, and is refused, then it understands each answer as OAuth.
func TestRequestsOAuthLibUnderstandsThePracticeService(t *testing.T) {
	const python = "/usr/bin/python3" // Debian's package belongs to this one
	if exec.CommandContext(t.Context(), python, "-c", "import requests_oauthlib").Run() != nil {
		t.Skip("apt install python3-requests-oauthlib")
	}
	s := practice.Start(t)
	client := exec.CommandContext(t.Context(), python, "-c", throughOAuthLib)
	client.Env = append(os.Environ(), "OAUTHLIB_INSECURE_TRANSPORT=1", "AT="+s.DomainURL("acme"), "KEY="+s.Key().ID, "SECRET="+s.Key().Secret,
		"SCOPE=Egnyte.filesystem Egnyte.link", "no_proxy=", "http_proxy="+strings.Replace(s.URL(), "egnyte.localhost", "127.0.0.1", 1))
	client.Stderr = os.Stderr
	in, err := client.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	signIns, said := 0, ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), "http") {
			said += lines.Text() + "\n"
			continue
		}
		signIns++
		decision := practice.Allow
		switch signIns {
		case 3:
			decision = practice.Deny
		case 4:
			s.Fault("callback", practice.FaultBlocked)
		}
		callback, err := s.Decide(t.Context(), lines.Text(), s.People()[0], decision, "")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(in, callback.URL)
	}
	want := "user jsmith\nrotated True ['Egnyte.filesystem', 'Egnyte.link']\nreuse invalid_grant\nafter reuse invalid_grant\n" +
		"wrong secret invalid_client\ndenied access_denied\nblocked access_denied\n"
	if err := client.Wait(); err != nil || said != want {
		t.Errorf("%v: it said\n%s", err, said)
	}
}
