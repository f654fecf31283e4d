package settings

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"egnyte-accounts/oauth"
)

func mustApply(t *testing.T, dir string, ring secrets, edit Edit) Outcome {
	t.Helper()
	outcome, err := Apply(t.Context(), dir, ring, edit)
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

func set(pairs ...string) Edit {
	edit := Edit{Set: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		edit.Set[pairs[i]] = pairs[i+1]
	}
	return edit
}

func TestASavedKeyIsInForceAndItsSecretInNoFile(t *testing.T) {
	dir := machine(t)
	write(t, settingsPath(dir), `{"region":"eu","a_later_field":{"x":1},"client_id":"before"}`)
	ring := secrets{"client_secret:before@egnyte.com": "old"}
	edit := set("service", "http://egnyte.localhost:8765", "client_id", " typed ", "redirect_uri", "https://localhost:8443/callback")
	edit.Secret = oauth.NewSecret("hush-hush")

	mustApply(t, dir, ring, edit)

	e, err := mustLoad(t, dir, Values{}).WithSecret(t.Context(), ring)
	if err != nil || e.Key.Secret.Reveal() != "hush-hush" || e.Key.ID != "typed" || e.Key.RedirectURI != "https://localhost:8443/callback" ||
		e.Region != oauth.RegionEurope || e.Service.Host() != "egnyte.localhost:8765" {
		t.Errorf("%+v, %v", e, err)
	}
	if _, there := ring["client_secret:before@egnyte.com"]; there || len(ring) != 1 {
		t.Error("the secret of the key before is still there")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, file := range files {
		data, _ := os.ReadFile(file)
		if strings.Contains(string(data), "hush") {
			t.Errorf("%s holds the secret", file)
		}
	}
	var raw map[string]json.RawMessage
	data, _ := os.ReadFile(settingsPath(dir))
	if err := json.Unmarshal(data, &raw); err != nil || raw["a_later_field"] == nil {
		t.Errorf("what a later version keeps is gone: %s", data)
	}
	if info, _ := os.Stat(settingsPath(dir)); info.Mode().Perm() != 0o600 && os.PathSeparator == '/' {
		t.Errorf("mode %v", info.Mode())
	}

	// Once more without typing the secret again: it stays.
	mustApply(t, dir, ring, set("client_id", "typed"))
	if len(ring) != 1 {
		t.Errorf("%d items", len(ring))
	}
}

func TestEachFieldIsSetShownAndUnset(t *testing.T) {
	authority := authorityFile(t)
	for name, c := range map[string]struct{ typed, shown, without string }{
		"service":      {" https://qa-egnyte.com/ ", "https://qa-egnyte.com", "https://egnyte.com"},
		"client_id":    {" my-key\n", "my-key", ""},
		"redirect_uri": {"https://localhost:8443/cb ", "https://localhost:8443/cb", oauth.DefaultRedirectURI},
		"flow":         {"Password", "password", ""},
		"domain":       {"https://ACME.egnyte.com/app", "acme", ""},
		"region":       {"EU", "eu", "auto"},
		"scopes":       {"Egnyte.link, Egnyte.user", "Egnyte.link Egnyte.user", "Egnyte.filesystem"},
		"pkce":         {"off", "false", "true"},
		"relay":        {"yes", "true", "false"},
		"ca_file":      {" " + authority + "\n", authority, ""},
		"log_level":    {"Debug ", "debug", "warning"},
	} {
		dir := machine(t)
		mustApply(t, dir, secrets{}, set(name, c.typed))
		if f := mustLoad(t, dir, Values{}).Setting(name); f.Value != c.shown || f.From != Settings || f.Locked || f.Managed {
			t.Errorf("set %s: %+v, want %q", name, f, c.shown)
		}
		mustApply(t, dir, secrets{}, Edit{Unset: []string{name}})
		if f := mustLoad(t, dir, Values{}).Setting(name); f.Value != c.without || f.From == Settings {
			t.Errorf("unset %s: %+v, want %q", name, f, c.without)
		}
	}
}

func TestWhatCannotBeIsRefusedByFieldAndNothingIsSaved(t *testing.T) {
	dir := machine(t)
	const before = `{"region":"eu"}`
	write(t, settingsPath(dir), before)
	ring := secrets{}
	edit := set("service", "http://egnyte.com", "client_id", "two words", "redirect_uri", "http://example.com/cb", "flow", "magic",
		"domain", "ac_me", "region", "mars", "scopes", `Egnyte."x"`, "pkce", "maybe", "log_level", "loud", "colour", "blue")
	edit.Secret = oauth.NewSecret("hush")

	_, err := Apply(t.Context(), dir, ring, edit)

	complaints := Complaints(err)
	for name := range edit.Set {
		if complaints[name] == nil {
			t.Errorf("nothing is said of %s in %v", name, err)
		}
	}
	if data, _ := os.ReadFile(settingsPath(dir)); string(data) != before || len(ring) != 0 {
		t.Errorf("saved %s, %d secrets", data, len(ring))
	}
	var field *FieldError
	var domain *oauth.DomainError
	if _, err := Apply(t.Context(), dir, ring, set("domain", "ac_me")); !errors.As(err, &field) || field.Field != "domain" || !errors.As(err, &domain) {
		t.Errorf("%v", err)
	}
	if _, err := Apply(t.Context(), dir, ring, set("client_id", " ")); !errors.As(err, &field) {
		t.Errorf("an empty key: %v", err)
	}
}

func TestADomainGoesWithEveryService(t *testing.T) {
	dir := machine(t)
	mustApply(t, dir, secrets{}, set("domain", "acme.egnyte.com"))
	mustApply(t, dir, secrets{}, set("service", "https://egnytegov.com"))
	if e := mustLoad(t, dir, Values{}); e.Domain.Host() != "acme.egnytegov.com" {
		t.Errorf("%v", e.Domain)
	}
	if _, err := Apply(t.Context(), dir, secrets{}, set("domain", "acme.egnyte.com")); err == nil {
		t.Error("a domain of another service was taken")
	}
}

func TestAManagedFieldSaysSoAndALockedOneIsRefused(t *testing.T) {
	dir := machine(t)
	write(t, policyPath(), `{"client_id":"fleet","client_secret":"s","region":"eu","domain":"acme","locked":["client_id","relay"]}`)
	e := mustLoad(t, dir, Values{})
	for name, want := range map[string]Setting{
		"client_id": {Value: "fleet", From: LockedPolicy, Locked: true, Managed: true, Known: true},
		"relay":     {Value: "false", From: Default, Locked: true, Managed: true, Known: true},
		"region":    {Value: "eu", From: Policy, Managed: true, Known: true},
		"scopes":    {Value: "Egnyte.filesystem", From: Default, Known: true},
		SecretName:  {Locked: true, Managed: true, Known: true},
	} {
		got := e.Setting(name)
		if got.Field.Name != name {
			t.Errorf("got %s for %s", got.Field.Name, name)
		}
		if got.Field = (Field{}); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	var lock *LockedError
	for _, edit := range []Edit{set("client_id", "mine"), set("relay", "true"), {Unset: []string{"relay"}}, {Secret: oauth.NewSecret("x")}} {
		if _, err := Apply(t.Context(), dir, secrets{}, edit); !errors.As(err, &lock) || lock.Path != policyPath() {
			t.Errorf("%+v: %v", edit, err)
		}
	}
	mustApply(t, dir, secrets{}, set("region", "us"))
	if f := mustLoad(t, dir, Values{}).Setting("region"); f.Value != "us" || f.Managed {
		t.Errorf("what is not locked can be changed: %+v", f)
	}
}

func TestTheSecretIsSetForgottenAndNeverShown(t *testing.T) {
	dir := machine(t)
	ring := secrets{}
	var field *FieldError
	if _, err := Apply(t.Context(), dir, ring, Edit{Secret: oauth.NewSecret("hush")}); !errors.As(err, &field) || field.Field != SecretName {
		t.Errorf("a secret without a key: %v", err)
	}
	mustApply(t, dir, ring, set("client_id", "mine"))
	mustApply(t, dir, ring, Edit{Secret: oauth.NewSecret("hush")})
	if ring["client_secret:mine@egnyte.com"] != "hush" {
		t.Errorf("%d items", len(ring))
	}
	fields, err := mustLoad(t, dir, Values{}).Show(t.Context(), ring)
	if err != nil || fields[2].Name != SecretName || fields[2].From != Keyring || !fields[2].Known || fields[2].Value != "" || len(fields) != len(Names()) {
		t.Errorf("%+v, %v", fields, err)
	}
	mustApply(t, dir, ring, Edit{ForgetSecret: true})
	if len(ring) != 0 {
		t.Error("it is still there")
	}
	write(t, policyPath(), `{"client_id":"fleet","client_secret":"s"}`)
	mustApply(t, dir, ring, Edit{Unset: []string{"client_id"}})
	if _, err := Apply(t.Context(), dir, ring, Edit{Secret: oauth.NewSecret("hush")}); !errors.As(err, &field) {
		t.Errorf("a secret that nothing would read: %v", err)
	}
}

func TestTheSecretStaysWhereOnlyTheServiceChanges(t *testing.T) {
	dir := machine(t)
	ring := secrets{"client_secret:mine@egnyte.com": "hush"}
	write(t, settingsPath(dir), `{"client_id":"mine"}`)
	mustApply(t, dir, ring, set("service", "https://qa-egnyte.com"))
	mustApply(t, dir, ring, Edit{Unset: []string{"service"}})
	if e, _ := mustLoad(t, dir, Values{}).WithSecret(t.Context(), ring); e.Key.Secret.Reveal() != "hush" {
		t.Error("the secret is lost")
	}
}

func TestUnreadableSettingsAreKeptAsideAndReported(t *testing.T) {
	for content, want := range map[string]Values{
		`{"region":`:                             {"domain": "globex"},
		``:                                       {"domain": "globex"},
		`["region"]`:                             {"domain": "globex"},
		`{"region":"eu","scopes":"Egnyte.link"}`: {"domain": "globex", "region": "eu"},
		`{"region":"mars","client_id":"k"}`:      {"domain": "globex", "client_id": "k"},
		`{"service":"http://x.com","region":"eu"}`:  {"domain": "globex", "region": "eu"},
		`{"later":1,"flow":"magic","pkce":false}`:   {"domain": "globex", "pkce": "false"},
		`{"client_id":"a b","redirect_uri":"nope"}`: {"domain": "globex"},
	} {
		dir := machine(t)
		write(t, settingsPath(dir), content)
		write(t, settingsPath(dir)+".bak", "an earlier one")

		if _, err := LoadPast(dir, Values{}); !IsOwn(dir, err) {
			t.Errorf("%s: not reported: %v", content, err)
		}
		outcome := mustApply(t, dir, secrets{}, set("domain", "globex"))

		if kept, err := os.ReadFile(outcome.Kept); err != nil || string(kept) != content || outcome.Kept != settingsPath(dir)+".bak.2" || outcome.Trouble == nil {
			t.Errorf("%s: kept as %q in %q: %v, %v", content, kept, outcome.Kept, err, outcome.Trouble)
		}
		if first, _ := os.ReadFile(settingsPath(dir) + ".bak"); string(first) != "an earlier one" {
			t.Errorf("the earlier one is now %q", first)
		}
		own, _, err := readOwn(dir)
		if err != nil || !reflect.DeepEqual(own, want) {
			t.Errorf("%s: left %+v, %v", content, own, err)
		}
		mustLoad(t, dir, Values{})
	}
}

func TestShowingUnreadableSettingsChangesNothing(t *testing.T) {
	dir := machine(t)
	write(t, settingsPath(dir), `{"region":"mars","domain":"acme"}`)
	e, err := LoadPast(dir, Values{})
	if !IsOwn(dir, err) || e.Domain.Label() != "acme" || e.Region != oauth.RegionAuto {
		t.Errorf("%+v, %v", e, err)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) != 1 {
		t.Errorf("%q", files)
	}
	write(t, policyPath(), `{"region":"mars"}`)
	if _, err := LoadPast(dir, Values{}); err == nil || IsOwn(dir, err) {
		t.Errorf("a wrong policy is nobody's to mend here: %v", err)
	}
}

func TestSavingTellsWhatTheEnvironmentOutranks(t *testing.T) {
	dir := machine(t)
	t.Setenv("EGNYTE_CLIENT_ID", "other")
	outcome := mustApply(t, dir, secrets{}, set("client_id", "mine", "region", "eu"))
	if !reflect.DeepEqual(outcome.Outranked, map[string]Source{"client_id": Environment}) {
		t.Errorf("%v", outcome.Outranked)
	}
	t.Setenv("EGNYTE_REDIRECT_URI", "nonsense") // and keeps nobody from saving
	mustApply(t, dir, secrets{}, set("region", "us"))
}

func TestNothingChangedWritesNothing(t *testing.T) {
	dir := machine(t)
	write(t, settingsPath(dir), `{ "region": "eu" }`)
	mustApply(t, dir, secrets{}, set("region", "eu"))
	if data, _ := os.ReadFile(settingsPath(dir)); string(data) != `{ "region": "eu" }` {
		t.Errorf("%s", data)
	}
}
