package interop

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/keyring/keyringtest"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/redirect"
)

// visitor is Jane at her browser.
type visitor struct{ egnyte *practice.Server }

func (v visitor) Open(ctx context.Context, url string) error {
	return v.egnyte.SignInAs(ctx, url, v.egnyte.People()[0], practice.Allow, "")
}

// Given a program in a module of its own, which names this one as README says,
// when it signs somebody in and takes its tokens from account.TokenSource, then
// its calls are let in, with a token that was renewed once.
func TestAProgramInAnotherModuleUsesTheAccounts(t *testing.T) {
	egnyte := practice.Start(t)
	service, err := oauth.ParseService(egnyte.URL())
	if err != nil {
		t.Fatal(err)
	}
	domain, err := service.ParseDomain("acme")
	if err != nil {
		t.Fatal(err)
	}
	key := oauth.Key{ID: egnyte.Key().ID, Secret: oauth.NewSecret(egnyte.Key().Secret)}
	grant, err := oauth.SignIn{Service: service, Domain: domain, Key: key, Browser: visitor{egnyte}, Listen: redirect.Listen, Timeout: 10 * time.Second}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	grant.Token.Issued, grant.Token.Expiry = time.Now().Add(-time.Hour), time.Now().Add(-time.Minute)
	store := account.Open(t.TempDir(), &keyringtest.Keyring{})
	if _, err := store.Save(t.Context(), "", grant); err != nil {
		t.Fatal(err)
	}
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, oauth.NewHTTPClient(nil))
	client := oauth2.NewClient(ctx, store.TokenSource(ctx, "acme"))
	asked := egnyte.Requests("token")
	for range 2 {
		reply, err := client.Get(egnyte.DomainURL("acme") + "/pubapi/v1/userinfo")
		if err != nil {
			t.Fatal(err)
		}
		var who struct{ Username string }
		err = json.NewDecoder(reply.Body).Decode(&who)
		reply.Body.Close()
		if n := egnyte.Requests("token") - asked; n != 1 {
			t.Errorf("%d token requests", n)
		}
		if err != nil || reply.StatusCode != http.StatusOK || who.Username != "jsmith" {
			t.Errorf("%s, %q, %v", reply.Status, who.Username, err)
		}
	}
}

// README's own lines make such a module, and it compiles.
func TestTheLinesOfREADMEMakeAModule(t *testing.T) {
	readme, err := os.ReadFile("../egnyte-auth/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(readme), "```sh\n# your module\n")
	lines, _, ended := strings.Cut(after, "```")
	if !found || !ended {
		t.Fatal("README has no such lines")
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	lines = strings.ReplaceAll(lines, "/path/to/this/folder", here+"/../..")
	const program = `package main

import (
	"context"

	"egnyte-accounts/oauth/account"
)

func main() { _ = account.TokenSource(context.Background(), "acme") }
`
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/main.go", []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "sh", "-ec", "go mod init example.com/yours 2>/dev/null\n"+lines+"\ngo build -o /dev/null .")
	c.Dir, c.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	if said, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}
