package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"egnyte-accounts/oauth/settings"
)

// machineOf is a machine of one test, with accounts and secrets in a file.
func machineOf(t *testing.T) (home string) {
	t.Helper()
	home = t.TempDir()
	for _, name := range []string{"EGNYTE_CLIENT_ID", "EGNYTE_CLIENT_SECRET", "EGNYTE_REDIRECT_URI", "EGNYTE_SCOPE", "EGNYTE_DOMAIN"} {
		t.Setenv(name, "")
	}
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "AppData"} {
		t.Setenv(name, home)
	}
	passphrase := filepath.Join(home, "passphrase")
	if err := os.WriteFile(passphrase, []byte("open sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(passphraseVariable, passphrase)
	t.Setenv(storeVariable, "file:"+filepath.Join(home, "store"))
	return home
}

// says runs a command line as a shell would.
func says(t *testing.T, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, problems bytes.Buffer
	c := newRoot()
	c.SetArgs(args)
	c.SetIn(strings.NewReader(stdin))
	c.SetOut(&out)
	c.SetErr(&problems)
	err := c.ExecuteContext(t.Context())
	return out.String(), problems.String() + sentence(c, err), exitCode(err)
}

func TestConfigSetsGetsAndUnsets(t *testing.T) {
	machineOf(t)
	for _, pair := range [][2]string{
		{"client_id", "my-key"}, {"domain", "acme"}, {"region", "eu"}, {"scopes", "Egnyte.link Egnyte.user"},
		{"service", "https://egnytegov.com"}, {"flow", "password"}, {"pkce", "false"},
	} {
		if out, problems, code := says(t, "", "config", "set", pair[0], pair[1]); code != 0 || out+problems != "" {
			t.Errorf("set %s: %d, %s%s", pair[0], code, out, problems)
		}
		if out, problems, code := says(t, "", "config", "get", pair[0]); code != 0 || out != pair[1]+"\n" || problems != "" {
			t.Errorf("get %s: %d, %s%s", pair[0], code, out, problems)
		}
	}
	if _, problems, code := says(t, "", "config", "set", "redirect_uri", "https://localhost:8443/cb"); code != 0 || !strings.Contains(problems, "port 8443") {
		t.Errorf("how it will be received is not said: %d, %s", code, problems)
	}
	if out, problems, code := says(t, "", "config", "unset", "domain"); code != 0 || out+problems != "" {
		t.Errorf("unset: %d, %s%s", code, out, problems)
	}
	if out, problems, code := says(t, "", "config", "get", "domain"); code != 1 || out != "" || problems == "" {
		t.Errorf("get what is not there: %d, %q, %q", code, out, problems)
	}
}

func TestConfigRefusesWithItsExitCode(t *testing.T) {
	machineOf(t)
	for _, line := range []string{
		"config set region mars", "config set colour blue", "config get colour", "config unset colour", "config set region",
		"config set client_secret hush", "config get client_secret", "config set region us --secret-stdin",
		"config set client_secret --secret-stdin", "config set domain ac_me", "config set", "config set region us --service https://qa-egnyte.com",
	} {
		if out, problems, code := says(t, "", strings.Fields(line)...); code != 2 || out != "" || strings.Contains(problems, "hush") {
			t.Errorf("%s: %d, %q, %q", line, code, out, problems)
		}
	}
	err := configError(&settings.LockedError{Field: "client_id", Path: "policy.json"})
	if exitCode(err) != 5 || !strings.Contains(sentence(nil, err), "policy.json") {
		t.Errorf("locked: %d, %s", exitCode(err), sentence(nil, err))
	}
}

func TestConfigTakesASecretAndNeverGivesIt(t *testing.T) {
	home := machineOf(t)
	const secret = "hush-hush-secret"
	if _, problems, code := says(t, secret, "config", "set", "client_secret", "--secret-stdin"); code != 2 || !strings.Contains(problems, "no API key") {
		t.Errorf("a secret without a key: %d, %s", code, problems)
	}
	says(t, "", "config", "set", "client_id", "my-key")
	if out, problems, code := says(t, secret+"\nmore\n", "config", "set", "client_secret", "--secret-stdin"); code != 0 || out+problems != "" {
		t.Fatalf("%d, %s%s", code, out, problems)
	}
	for _, args := range [][]string{{"config", "list"}, {"config", "list", "--json"}, {"config", "get", "client_secret"}} {
		if out, problems, _ := says(t, "", args...); strings.Contains(out+problems, "hush") {
			t.Errorf("%v shows the secret", args)
		}
	}
	out, _, code := says(t, "", "config", "list", "--json")
	var all configuration
	if err := json.Unmarshal([]byte(out), &all); err != nil || code != 0 || all.Version != 1 {
		t.Fatalf("%d, %v, %s", code, err, out)
	}
	found := false
	for _, s := range all.Settings {
		if s.Name == settings.SecretName {
			found = s.Set && s.Value == nil && s.From != nil && *s.From == "keyring"
		}
	}
	if !found {
		t.Errorf("the secret is not listed as there: %s", out)
	}
	err := filepath.WalkDir(home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		if data, err := os.ReadFile(path); err != nil || bytes.Contains(data, []byte("hush")) {
			t.Errorf("%s holds the secret in plain text, or %v", path, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	says(t, "", "config", "unset", "client_secret")
	if out, _, _ := says(t, "", "config", "list"); !strings.Contains(out, "there is none") {
		t.Errorf("it is still there: %s", out)
	}
}

func TestConfigKeepsSettingsThatItCannotRead(t *testing.T) {
	home := machineOf(t)
	says(t, "", "config", "set", "region", "eu")
	files, _ := filepath.Glob(filepath.Join(home, "*", "settings.json"))
	if len(files) == 0 {
		files, _ = filepath.Glob(filepath.Join(home, "*", "*", "*", "settings.json")) // macOS
	}
	if len(files) != 1 {
		t.Fatalf("%q", files)
	}
	if err := os.WriteFile(files[0], []byte(`{"region":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, problems, code := says(t, "", "config", "list"); code != 0 || !strings.Contains(problems, "settings.json") || !strings.Contains(out, "auto") {
		t.Errorf("list: %d, %s%s", code, out, problems)
	}
	if _, problems, code := says(t, "", "config", "set", "domain", "acme"); code != 0 || !strings.Contains(problems, "settings.json.bak") {
		t.Errorf("set: %d, %s", code, problems)
	}
	if kept, err := os.ReadFile(files[0] + ".bak"); err != nil || string(kept) != `{"region":` {
		t.Errorf("%q, %v", kept, err)
	}
}

func TestConfigKnowsWhatStartsAtLogin(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("it would change this person's own login")
	}
	machineOf(t)
	t.Setenv("APPIMAGE", "/opt/accounts.AppImage")
	for _, c := range []struct{ line, says string }{
		{"get start_at_login", "false\n"}, {"set start_at_login true", ""}, {"get start_at_login", "true\n"},
		{"unset start_at_login", ""}, {"get start_at_login", "false\n"},
	} {
		out, problems, code := says(t, "", append([]string{"config"}, strings.Fields(c.line)...)...)
		if code != 0 || out != c.says || problems != "" {
			t.Errorf("%s: %d, %q, %q", c.line, code, out, problems)
		}
	}
	if out, _, _ := says(t, "", "config", "list"); !strings.Contains(out, "start_at_login") {
		t.Errorf("it is not listed: %s", out)
	}
	if _, _, code := says(t, "", "config", "set", "start_at_login", "perhaps"); code != 2 {
		t.Errorf("exit code %d", code)
	}
}
