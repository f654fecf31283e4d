package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/keyringtest"
	"egnyte-accounts/oauth/practice"
)

// desk is a person's home with other tools' files, a keyring and an Egnyte.
type desk struct {
	dir    string
	server *practice.Server
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	return &desk{t.TempDir(), practice.Start(t, func(o *practice.Options) { o.Key.Kind = practice.KindInternal })}
}

func (d *desk) home() string { return filepath.Join(d.dir, "home") }

func (d *desk) keyring() *keyringtest.Keyring {
	return &keyringtest.Keyring{Dir: filepath.Join(d.dir, "keyring")}
}

func (d *desk) store() *account.Store {
	return account.Open(filepath.Join(d.dir, "config"), d.keyring())
}

func (d *desk) path(f format, n int) string {
	return filepath.Join(d.home(), filepath.FromSlash(f.files[n]))
}

// tokens signs a person in at the practice Egnyte.
func (d *desk) tokens(t *testing.T, username string) (access, refresh string) {
	t.Helper()
	for _, p := range d.server.People() {
		if p.Username != username {
			continue
		}
		reply, err := d.server.Client().PostForm(d.server.DomainURL(p.Domain)+"/puboauth/token", url.Values{
			"grant_type": {"password"}, "client_id": {d.server.Key().ID}, "client_secret": {d.server.Key().Secret},
			"username": {p.Username}, "password": {p.Password},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer reply.Body.Close()
		var token struct {
			Access  string `json:"access_token"`
			Refresh string `json:"refresh_token"`
		}
		if err := json.NewDecoder(reply.Body).Decode(&token); err != nil || reply.StatusCode != http.StatusOK {
			t.Fatal("no token:", reply.Status, err)
		}
		return token.Access, token.Refresh
	}
	t.Fatal("nobody is called", username)
	return "", ""
}

func (d *desk) write(t *testing.T, f format, n int, text string) {
	t.Helper()
	path := d.path(f, n)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) read(t *testing.T, f format, n int) string {
	t.Helper()
	data, err := os.ReadFile(d.path(f, n))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func (d *desk) importer(serviceURL string) (*importer, *bytes.Buffer) {
	out := &bytes.Buffer{}
	service, _ := oauth.ParseService(serviceURL)
	return &importer{
		home: d.home(), store: d.store(), service: service, http: oauth.NewHTTPClient(nil), out: out,
		lock: filepath.Join(d.dir, "config", "import.lock"),
	}, out
}

func (d *desk) run(t *testing.T, apply, remove bool) (string, error) {
	t.Helper()
	i, out := d.importer(d.server.URL())
	i.apply, i.remove = apply, remove
	err := i.run(t.Context(), formats)
	return out.String(), err
}

var agentic, sdk = formats[0], formats[1]

// agenticFile is a person's config with one profile, and what is left of it.
func agenticFile(server, access, refresh string) (before, after string) {
	const head = "{\n  \"default_profile\": \"work\",\n  \"theme\": {\"dark\": true, \"size\": 1.50},\n  \"profiles\": {\n    \"work\": {\n"
	domain := fmt.Sprintf("      \"domain\": %q,\n      \"client_id\": \"their-key\"", server)
	secrets := fmt.Sprintf(",\n      \"client_secret\": \"their-secret\",\n      \"access_token\": %q,\n      \"refresh_token\": %q", access, refresh)
	const tail = ",\n      \"scope\": \"Egnyte.filesystem\",\n      \"unknown\": [1, 2]\n    }\n  }\n}\n"
	return head + domain + secrets + tail, head + domain + tail
}

func TestADryRunSaysWhatItWouldDoAndChangesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	access, refresh := d.tokens(t, "jsmith")
	before, _ := agenticFile(d.server.DomainURL("acme"), access, refresh)
	d.write(t, agentic, 0, before)
	out, err := d.run(t, false, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"profile work", "jsmith@acme.egnyte.localhost", "would go into the keyring", "profiles.work.client_secret", "import --apply --remove"} {
		if !strings.Contains(out, words) {
			t.Errorf("%q is not said:\n%s", words, out)
		}
	}
	if strings.Contains(out, access) || strings.Contains(out, refresh) || strings.Contains(out, "their-secret") {
		t.Errorf("a secret is shown:\n%s", out)
	}
	if d.read(t, agentic, 0) != before {
		t.Error("the file was changed")
	}
	if left, _ := os.ReadDir(d.dir); len(left) != 1 {
		t.Errorf("something was written: %v", left)
	}
}

func TestAnAppliedImportKeepsAllAndTheFileLosesItsSecretsAlone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	access, refresh := d.tokens(t, "jsmith")
	before, after := agenticFile(d.server.DomainURL("acme"), access, refresh)
	d.write(t, agentic, 0, before)
	out, err := d.run(t, true, true)
	if err != nil {
		t.Fatal(err, out)
	}
	if got := d.read(t, agentic, 0); got != after {
		t.Errorf("the file holds\n%s\nwant\n%s", got, after)
	}
	if info, err := os.Stat(d.path(agentic, 0)); err != nil || info.Mode().Perm() != 0o640 && os.PathSeparator == '/' {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	kept, err := d.store().Find(t.Context(), "jsmith@"+strings.TrimPrefix(d.server.DomainURL("acme"), "http://"), nil)
	if err != nil || !kept.Default || kept.State != account.Ready || kept.KeyID != "their-key" {
		t.Fatalf("%+v, %v", kept, err)
	}
	token, err := d.store().Token(t.Context(), kept, account.TokenOptions{NoRenewal: true})
	if err != nil || token.Access.Reveal() != access || token.Refresh.Reveal() != refresh {
		t.Errorf("the keyring's token differs: %v", err)
	}
	if key, err := d.store().Key(t.Context(), kept); err != nil || key.Secret.Reveal() != "their-secret" {
		t.Errorf("the key's secret differs: %v", err)
	}
	if again, err := d.run(t, true, true); err != nil || !strings.Contains(again, "No plain-text credentials") {
		t.Errorf("once more: %v\n%s", err, again)
	}
}

func TestATokenThatEgnyteRefusesStaysWhereItIs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	before := fmt.Sprintf(`{"domain":%q,"access_token":"dead"}`, d.server.DomainURL("acme"))
	d.write(t, sdk, 0, before)
	out, err := d.run(t, true, true)
	if err == nil || exitCode(err) == 0 || d.read(t, sdk, 0) != before {
		t.Errorf("%v, exit code %d:\n%s", err, exitCode(err), out)
	}
	if accounts, _ := d.store().List(t.Context()); len(accounts) != 0 {
		t.Errorf("kept all the same: %+v", accounts)
	}
}

func TestAnAccountThatWorksKeepsItsTokenAndTheOtherStays(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	better, refresh := d.tokens(t, "jsmith")
	other, _ := d.tokens(t, "jsmith")
	file, _ := agenticFile(d.server.DomainURL("acme"), better, refresh)
	d.write(t, agentic, 0, file)
	second := fmt.Sprintf(`{"domain":"acme","access_token":%q}`, other)
	d.write(t, sdk, 0, second)
	out, err := d.run(t, true, true)
	if exitCode(err) != 1 || !strings.Contains(out, "stays where it is") || !strings.Contains(out, "still in plain text") {
		t.Fatal(err, out)
	}
	if d.read(t, sdk, 0) != second {
		t.Error("the second token is lost")
	}
}

func TestAKeyringThatForgetsCostsNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	access, refresh := d.tokens(t, "jsmith")
	before, _ := agenticFile(d.server.DomainURL("acme"), access, refresh)
	d.write(t, agentic, 0, before)
	i, out := d.importer(d.server.URL())
	ring := d.keyring()
	ring.Fail(keyring.ErrNotFound, keyringtest.Get)
	i.store = account.Open(filepath.Join(d.dir, "config"), ring)
	i.apply, i.remove = true, true
	if err := i.run(t.Context(), formats); err == nil {
		t.Errorf("no error:\n%s", out)
	}
	if d.read(t, agentic, 0) != before {
		t.Error("the file lost what the keyring did not take")
	}
}

func TestABrokenFileIsLeftAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.write(t, agentic, 0, `{"profiles": {"work": {"access_token": "secret-in-a-broken-file"`)
	access, _ := d.tokens(t, "jsmith")
	d.write(t, sdk, 0, fmt.Sprintf(`{"domain":"acme","access_token":%q,"timeout":5}`, access))
	out, err := d.run(t, true, true)
	if err == nil || strings.Contains(out+fmt.Sprint(err), "secret-in-a-broken-file") {
		t.Errorf("%v:\n%s", err, out)
	}
	if got := d.read(t, sdk, 0); got != `{"domain":"acme","timeout":5}` {
		t.Errorf("the other file holds %s", got)
	}
}

func TestALinkedFileStaysALink(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	access, _ := d.tokens(t, "jsmith")
	d.write(t, sdk, 0, fmt.Sprintf(`{"domain":"acme","access_token":%q}`, access))
	there := filepath.Join(d.dir, "dotfiles.json")
	if err := os.Rename(d.path(sdk, 0), there); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(there, d.path(sdk, 0)); err != nil {
		t.Skip("no links here:", err)
	}
	if out, err := d.run(t, true, true); err != nil {
		t.Fatal(err, out)
	}
	info, err := os.Lstat(d.path(sdk, 0))
	if err != nil || info.Mode()&os.ModeSymlink == 0 || d.read(t, sdk, 0) != `{"domain":"acme"}` {
		t.Errorf("%v, %v, %s", info.Mode(), err, d.read(t, sdk, 0))
	}
}
