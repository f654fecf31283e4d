package settings

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring"
)

// The tests of this file share the process's environment and policy path, so
// none is parallel.

// machine is a machine without any setting.
func machine(t *testing.T) (dir string) {
	t.Helper()
	for _, name := range []string{"CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI", "SCOPE", "DOMAIN"} {
		t.Setenv("EGNYTE_"+name, "")
	}
	dir = filepath.Join(t.TempDir(), "egnyte-accounts")
	etc := t.TempDir()
	if err := errors.Join(os.Chmod(etc, 0o700), os.Mkdir(filepath.Join(etc, "egnyte-accounts"), 0o700)); err != nil {
		t.Fatal(err)
	}
	wasPath, wasOwner := policyPath, policyOwner
	policyPath = func() string { return filepath.Join(etc, "egnyte-accounts", "policy.json") }
	policyOwner = os.Geteuid() // who is the administrator of this machine
	t.Cleanup(func() { policyPath, policyOwner = wasPath, wasOwner })
	return dir
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func mustLoad(t *testing.T, dir string, flags Values) Effective {
	t.Helper()
	e, err := Load(dir, flags)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// secrets is a keyring of one test.
type secrets map[string]string

func (s secrets) Get(_ context.Context, user string) (oauth.Secret, error) {
	if text, there := s[user]; there {
		return oauth.NewSecret(text), nil
	}
	return oauth.Secret{}, keyring.ErrNotFound
}

func (s secrets) Set(_ context.Context, user string, secret oauth.Secret) error {
	s[user] = secret.Reveal()
	return nil
}

func (s secrets) Delete(_ context.Context, user string) error {
	delete(s, user)
	return nil
}

func TestAFreshMachineHasDefaultsAndNoKey(t *testing.T) {
	dir := machine(t)
	e := mustLoad(t, dir, Values{})
	if e.Service.String() != oauth.DefaultService || e.Key.ID != "" || e.Key.RedirectURI != oauth.DefaultRedirectURI ||
		e.Flow != "" || !e.Domain.IsZero() || e.Region != oauth.RegionAuto || e.NoPKCE || !reflect.DeepEqual(e.Scopes, []string{"Egnyte.filesystem"}) || e.LogLevel != slog.LevelWarn {
		t.Errorf("%+v", e)
	}
	for field, source := range e.From {
		if source != Default {
			t.Errorf("%s is from the %s", field, source)
		}
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("loading made a folder: %v", err)
	}
}

func TestTheStrongerSourceWins(t *testing.T) {
	dir := machine(t)
	builtInClientID = "built-in"
	t.Cleanup(func() { builtInClientID = "" })
	expect := func(flags Values, id string, from Source) {
		t.Helper()
		if e := mustLoad(t, dir, flags); e.Key.ID != id || e.From["client_id"] != from {
			t.Errorf("%s from the %s, want %s from the %s", e.Key.ID, e.From["client_id"], id, from)
		}
	}
	expect(Values{}, "built-in", BuiltIn)
	write(t, policyPath(), `{"client_id":"policy"}`)
	expect(Values{}, "policy", Policy)
	write(t, settingsPath(dir), `{"client_id":"settings"}`)
	expect(Values{}, "settings", Settings)
	t.Setenv("EGNYTE_CLIENT_ID", "environment")
	expect(Values{}, "environment", Environment)
	expect(Values{"client_id": "flag"}, "flag", Flag)
	t.Setenv("EGNYTE_CLIENT_ID", "")
	write(t, policyPath(), `{"client_id":"policy","locked":["client_id"]}`)
	expect(Values{}, "policy", LockedPolicy)
	write(t, policyPath(), `{"locked":["client_id"]}`)
	expect(Values{}, "built-in", BuiltIn)
}

func TestTheEnvironmentOfEgnytesOwnClientIsRead(t *testing.T) {
	dir := machine(t)
	t.Setenv("EGNYTE_CLIENT_ID", "id")
	t.Setenv("EGNYTE_REDIRECT_URI", "https://localhost:8443/callback")
	t.Setenv("EGNYTE_SCOPE", "Egnyte.link  Egnyte.user")
	t.Setenv("EGNYTE_DOMAIN", "https://acme.egnyte.com")
	e := mustLoad(t, dir, Values{})
	if e.Key.ID != "id" || e.Key.RedirectURI != "https://localhost:8443/callback" || e.Domain.Host() != "acme.egnyte.com" ||
		!reflect.DeepEqual(e.Scopes, []string{"Egnyte.link", "Egnyte.user"}) {
		t.Errorf("%+v", e)
	}
	if s := e.SignIn(); s.Flow != oauth.FlowCode || s.Domain != e.Domain || s.Key.ID != "id" {
		t.Errorf("a domain in force means the code flow: %+v", s)
	}
	t.Setenv("EGNYTE_DOMAIN", "acme")
	if e := mustLoad(t, dir, Values{}); e.Domain.Label() != "acme" {
		t.Errorf("%+v", e.Domain)
	}
}

func TestAllFieldsAreRead(t *testing.T) {
	dir := machine(t)
	write(t, settingsPath(dir), "\ufeff"+`{"service":"http://egnyte.localhost:8765","client_id":"id","redirect_uri":"http://localhost:9000/cb",
		"flow":"code","domain":"acme","region":"eu","scopes":["Egnyte.link"],"pkce":false,"relay":true,"ca_file":"`+authorityFile(t)+`","log_level":"info","a_later_field":{"x":1}}`)
	e := mustLoad(t, dir, Values{})
	if e.Service.Host() != "egnyte.localhost:8765" || e.Flow != oauth.FlowCode || e.Domain.Host() != "acme.egnyte.localhost:8765" ||
		e.Region != oauth.RegionEurope || !e.NoPKCE || len(e.Scopes) != 1 || !e.Relay || e.LogLevel != slog.LevelInfo {
		t.Errorf("%+v", e)
	}
	for _, field := range Names() {
		if e.From[field] != Settings && field != SecretName {
			t.Errorf("%s is from %q", field, e.From[field])
		}
	}
}

func TestTheStrongerOfFlowAndDomainDecides(t *testing.T) {
	dir := machine(t)
	write(t, settingsPath(dir), `{"flow":"enhanced"}`)
	if s := mustLoad(t, dir, Values{"domain": "acme"}).SignIn(); s.Flow != oauth.FlowCode || s.Domain.Label() != "acme" {
		t.Errorf("a domain on the command line: %+v", s)
	}
	write(t, settingsPath(dir), `{"domain":"acme"}`)
	if s := mustLoad(t, dir, Values{"flow": "enhanced"}).SignIn(); s.Flow != oauth.FlowEnhanced || !s.Domain.IsZero() {
		t.Errorf("a flow on the command line: %+v", s)
	}
	if e := mustLoad(t, dir, Values{"service": "http://egnyte.localhost:1"}); e.Domain.Host() != "acme.egnyte.localhost:1" {
		t.Errorf("a label is a name under any service: %v", e.Domain)
	}
	write(t, settingsPath(dir), `{"domain":"acme.egnyte.com"}`)
	if e := mustLoad(t, dir, Values{"service": "http://egnyte.localhost:1"}); !e.Domain.IsZero() || e.From["domain"] != "" {
		t.Errorf("a host of another service: %v", e.Domain)
	}
}

func TestWhatCannotBeNamesItsFileAndField(t *testing.T) {
	for content, field := range map[string]string{
		`{"service":"http://egnyte.com"}`:               "service",
		`{"redirect_uri":"http://example.com/cb"}`:      "redirect_uri",
		`{"redirect_uri":"callback"}`:                   "redirect_uri",
		`{"redirect_uri":"https://localhost:1/cb#top"}`: "redirect_uri",
		`{"flow":"implicit-ish"}`:                       "flow",
		`{"region":"mars"}`:                             "region",
		`{"domain":"acme.example.com"}`:                 "domain",
		`{"scopes":"Egnyte.link"}`:                      "scopes",
		`{"scopes":["Egnyte.link Egnyte.user"]}`:        "scopes",
		`{"pkce":"yes"}`:                                "pkce",
		`{"client_id":`:                                 "",
		``:                                              "",
	} {
		for _, which := range []string{"settings", "policy"} {
			dir := machine(t)
			path := settingsPath(dir)
			if which == "policy" {
				path = policyPath()
			}
			write(t, path, content)
			_, err := Load(dir, Values{})
			var file *FileError
			if !errors.As(err, &file) || file.Path != path || file.Field != field || !strings.Contains(err.Error(), path) {
				t.Errorf("%s %s: %v", which, content, err)
			}
		}
	}
}

func TestAWrongFlagOrVariableSaysSo(t *testing.T) {
	dir := machine(t)
	_, err := Load(dir, Values{"domain": "acme.example.com"})
	var value *ValueError
	var domain *oauth.DomainError
	if !errors.As(err, &value) || value.Source != Flag || value.Field != "domain" || !errors.As(err, &domain) {
		t.Errorf("%v", err)
	}
	t.Setenv("EGNYTE_REDIRECT_URI", "ftp://here")
	if _, err := Load(dir, Values{}); !errors.As(err, &value) || value.Source != Environment {
		t.Errorf("%v", err)
	}
}

func TestASecretStaysWithTheKeyItCameWith(t *testing.T) {
	dir := machine(t)
	ring := secrets{"client_secret:settings@egnyte.com": "s-settings", "client_secret:flag@egnyte.com": "s-flag", "client_secret:policy@egnyte.com": "s-no"}
	expect := func(flags Values, want string) {
		t.Helper()
		e, err := mustLoad(t, dir, flags).WithSecret(t.Context(), ring)
		if err != nil || e.Key.Secret.Reveal() != want {
			t.Errorf("the secret for %s from the %s is %q, %v, want %q", e.Key.ID, e.From["client_id"], e.Key.Secret.Reveal(), err, want)
		}
	}
	expect(Values{}, "")
	write(t, policyPath(), `{"client_id":"policy"}`)
	expect(Values{}, "")
	write(t, policyPath(), `{"client_id":"policy","client_secret":"s-policy\r\n"}`) // as it was pasted
	expect(Values{}, "s-policy")
	expect(Values{"client_id": "flag"}, "s-flag")
	expect(Values{"client_id": "unknown"}, "")
	t.Setenv("EGNYTE_CLIENT_SECRET", "s-environment\n") // as $(cat FILE) in a .env file leaves it
	expect(Values{}, "s-policy")
	expect(Values{"client_id": "flag"}, "s-environment")
	write(t, settingsPath(dir), `{"client_id":"settings"}`)
	expect(Values{}, "s-settings")
	t.Setenv("EGNYTE_CLIENT_ID", "environment")
	expect(Values{}, "s-environment")
	builtInClientID, builtInClientSecret = "built-in", "s-built-in\n"
	t.Cleanup(func() { builtInClientID, builtInClientSecret = "", "" })
	t.Setenv("EGNYTE_CLIENT_ID", "")
	t.Setenv("EGNYTE_CLIENT_SECRET", "")
	write(t, policyPath(), `{"locked":["client_id"]}`)
	expect(Values{}, "s-built-in")
}

type silentRing struct{ secrets }

func (silentRing) Get(context.Context, string) (oauth.Secret, error) {
	return oauth.Secret{}, errors.New("no answer")
}

func TestAKeyringThatDoesNotAnswerIsAnErrorWhereItIsNeeded(t *testing.T) {
	dir := machine(t)
	if _, err := mustLoad(t, dir, Values{}).WithSecret(t.Context(), silentRing{}); err != nil {
		t.Errorf("no key, no question: %v", err)
	}
	if _, err := mustLoad(t, dir, Values{"client_id": "id"}).WithSecret(t.Context(), silentRing{}); err == nil {
		t.Error("no error")
	}
}

func TestAnAccountIsSignedInAgainAsItWas(t *testing.T) {
	for _, c := range []struct{ inForce, remembered, want oauth.Flow }{
		{"", "", oauth.FlowCode},
		{"", oauth.FlowEnhanced, oauth.FlowCode},
		{oauth.FlowEnhanced, oauth.FlowCode, oauth.FlowCode},
		{"", oauth.FlowPassword, oauth.FlowPassword},
		{"", oauth.FlowImplicit, oauth.FlowImplicit},
		{oauth.FlowPassword, oauth.FlowCode, oauth.FlowPassword}, // the same key, set right since
		{oauth.FlowEnhanced, oauth.FlowImplicit, oauth.FlowCode},
	} {
		e := Effective{Flow: c.inForce, Key: oauth.Key{ID: "key"}}
		if got := e.FlowAgain("key", c.remembered); got != c.want {
			t.Errorf("%q in force, %q remembered: got %q, want %q", c.inForce, c.remembered, got, c.want)
		}
		if got := e.FlowAgain("another key", c.remembered); (got == oauth.FlowPassword) != (c.remembered == oauth.FlowPassword) {
			t.Errorf("%q in force for another key, %q remembered: got %q", c.inForce, c.remembered, got)
		}
	}
}

func TestTheLogLevelIsKnownWhateverElseIsWrong(t *testing.T) {
	dir := machine(t)
	for text, want := range map[string]slog.Level{
		``:                                       slog.LevelWarn,
		`{"log_level":"debug"}`:                  slog.LevelDebug,
		`{"log_level":"info","region":"mars"}`:   slog.LevelInfo,
		`{"log_level":"loud"}`:                   slog.LevelWarn,
		`{"log_level":`:                          slog.LevelWarn,
		`{"log_level":"debug","domain":"ac_me"}`: slog.LevelDebug,
	} {
		write(t, settingsPath(dir), text)
		if got := LogLevel(dir); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	write(t, settingsPath(dir), `{"log_level":"debug"}`)
	write(t, policyPath(), `{"log_level":"info","locked":["log_level"]}`)
	if got := LogLevel(dir); got != slog.LevelInfo {
		t.Errorf("locked by the policy: %v", got)
	}
	write(t, policyPath(), `{`)
	if got := LogLevel(dir); got != slog.LevelWarn {
		t.Errorf("with a broken policy: %v", got)
	}
}

// Given the settings of version 0.1.0 and the key's secret in its keyring, then all
// of them count, and a change of one keeps the rest.
func TestTheSettingsOfVersion010AreRead(t *testing.T) {
	const release = "../account/testdata/v0.1.0"
	dir := machine(t)
	data, err := os.ReadFile(filepath.Join(release, "settings.json"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, settingsPath(dir), string(data))
	if data, err = os.ReadFile(filepath.Join(release, "keyring.json")); err != nil {
		t.Fatal(err)
	}
	var items []struct{ User, Value string }
	if err := json.Unmarshal(data, &items); err != nil {
		t.Fatal(err)
	}
	kept := secrets{}
	for _, i := range items {
		kept[i.User] = i.Value
	}
	if _, err := Apply(t.Context(), dir, kept, Edit{Set: map[string]string{"region": "us"}}); err != nil {
		t.Fatal(err)
	}
	e, err := mustLoad(t, dir, Values{}).WithSecret(t.Context(), kept)
	if err != nil {
		t.Fatal(err)
	}
	if e.Service.String() != "http://egnyte.localhost:35581" || e.Key.ID != "practice-5bl6x3wj24sj" || e.Key.Secret.Reveal() != "5ac5kvmmo3iqjqespxkcnqrves" ||
		e.NoPKCE || e.From["pkce"] != Settings || e.Region != oauth.RegionUS || e.LogLevel != slog.LevelDebug ||
		!reflect.DeepEqual(e.Scopes, []string{"Egnyte.filesystem", "Egnyte.link"}) {
		t.Errorf("%+v", e)
	}
}
