package settings

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the reference in README.md anew")

const reference = "README.md"

// The reference of all settings is what the table says. -update writes it anew.
func TestTheReferenceSaysWhatTheTableSays(t *testing.T) {
	var b strings.Builder
	b.WriteString(referenceHead)
	for _, f := range All() {
		code := func(text, prefix string) string {
			if text == "" {
				return ""
			}
			return "`" + prefix + text + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", f.Name, strings.ReplaceAll(f.Usage, "`", ""), code(f.Env, ""), code(f.Flag, "--"), code(f.Default, ""))
	}
	if *update {
		if err := os.WriteFile(reference, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(reference); err != nil || string(got) != b.String() {
		t.Errorf("%s is not what the table says: run go test ./oauth/settings -update (%v)", reference, err)
	}
}

const referenceHead = `# Settings

A value comes from the strongest source that has one: a field that the policy locks, a flag of ` + "`egnyte-auth signin`" + `, the
environment, ` + "`settings.json`" + `, the policy, the build, the default. ` + "`egnyte-auth config list`" + ` shows what is in force and where
each value comes from. In JSON, scopes are a list, and pkce and relay are true or false. The policy may set and lock
every field; ` + "`client_secret`" + ` is never in ` + "`settings.json`" + ` but in the system's keyring.

The desktop app's "start at login" is not in this table: the system keeps it (` + "`egnyte-auth config set start_at_login true`" + `).

| name | what it is | variable | flag | default |
| --- | --- | --- | --- | --- |
`
