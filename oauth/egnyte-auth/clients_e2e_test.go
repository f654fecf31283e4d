//go:build e2e && linux

package main

import (
	"context"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"egnyte-accounts/oauth/account"
)

// The practice service is asked through itself as a proxy: its handler reads the
// host from absolute addresses too, and Python's resolver need not know names
// under .localhost.
func (in inside) proxied() []string {
	return []string{"http_proxy=" + strings.Replace(in.egnyte.URL(), "egnyte.localhost", "127.0.0.1", 1), "no_proxy="}
}

const (
	byURLLib = `
import os, urllib.request
request = urllib.request.Request(os.environ["EGNYTE_DOMAIN"] + "/pubapi/v1/userinfo",
    headers={"Authorization": "Bearer " + os.environ["EGNYTE_TOKEN"]})
print(urllib.request.urlopen(request, timeout=10).read().decode())`
	byRequests = `
import os, requests
session = requests.Session()
session.headers["Authorization"] = "Bearer " + os.environ["EGNYTE_TOKEN"]
reply = session.get(os.environ["EGNYTE_DOMAIN"] + "/pubapi/v1/userinfo", timeout=10)
reply.raise_for_status()
print(reply.json())`
)

// Given Python programs that take their token from the environment, when exec
// runs them before and after an expiry, then Egnyte knows them both times.
func TestInsidePythonIsLetInAcrossAnExpiry(t *testing.T) {
	in := insideSession(t, "3600")
	for module, script := range map[string]string{"urllib.request": byURLLib, "requests": byRequests} {
		t.Run(module, func(t *testing.T) {
			python := pythonWith(t, module)
			before, old := in.egnyte.Requests("token"), in.live(t)
			environment := append(in.proxied(), "SCRIPT="+script)
			run := `$EGNYTE_AUTH exec acme -- ` + python + ` -c "$SCRIPT"`
			if got := in.says(t, run, environment...); !strings.Contains(got, "jsmith") {
				t.Error(got)
			}
			in.age(t, 2*time.Hour)
			in.egnyte.Advance(2 * time.Hour)
			if got := in.says(t, run, environment...); !strings.Contains(got, "jsmith") {
				t.Error(got)
			}
			if in.live(t) == old || in.egnyte.Requests("token") != before+1 {
				t.Errorf("%d token requests", in.egnyte.Requests("token")-before)
			}
			stdout, _, code := in.shell(t, python+` -c "$SCRIPT"`, append(environment, "EGNYTE_TOKEN="+old, "EGNYTE_DOMAIN="+in.egnyte.DomainURL("acme"))...)
			if code == 0 {
				t.Errorf("the old token still works, so this shows nothing: %s", stdout)
			}
		})
	}
}

// pythonWith is a Python that has the module: Debian's package belongs to
// /usr/bin/python3, which need not be the one in PATH.
func pythonWith(t *testing.T, module string) string {
	t.Helper()
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(t.Context(), python, "-c", "import "+module).Run() == nil {
			return python
		}
	}
	t.Skipf("no Python with %s: apt install python3-requests", module)
	return ""
}

// Given a Go program with golang.org/x/oauth2 on the person's own accounts, when
// the token expires and is renewed while it works, then none of its calls fails.
func TestInsideXOAuth2IsLetInAcrossExpiries(t *testing.T) {
	in := insideSession(t, "6")
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, in.egnyte.Client())
	client := oauth2.NewClient(ctx, account.TokenSource(t.Context(), "acme"))
	before, calls := in.egnyte.Requests("token"), 0
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	limit := time.After(time.Minute)
	for in.egnyte.Requests("token") < before+2 {
		if got := get(t, client, in.egnyte.DomainURL("acme")+"/pubapi/v1/userinfo"); !strings.Contains(got, "jsmith") {
			t.Fatalf("call %d: %s", calls, got)
		}
		calls++
		select {
		case <-again.C:
		case <-limit:
			t.Fatalf("%d calls and no second renewal", calls)
		}
	}
	t.Logf("%d calls across two renewals", calls)
}

// Given the same, when another program renews the token, which ends the one in
// hand before its time, then the client goes on with the new one.
func TestInsideXOAuth2FollowsTheRenewalsOfOthers(t *testing.T) {
	in := insideSession(t, "3600")
	source := account.TokenSource(t.Context(), "acme")
	first, err := source.Token()
	if err != nil {
		t.Fatal(err)
	}
	in.age(t, 58*time.Minute)
	in.egnyte.ExpiresIn("7200") // the index tells times by the second
	in.says(t, "$EGNYTE_AUTH token")
	second, err := source.Token()
	if err != nil || second.AccessToken == first.AccessToken || second.AccessToken != in.live(t) {
		t.Errorf("the token in hand is not the one that lives: %v", err)
	}
	if second.RefreshToken != "" || !second.Valid() {
		t.Error("a refresh token that is the keyring's, or none that is valid")
	}
}

func get(t *testing.T, client *http.Client, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply.Status + " " + string(body)
}
