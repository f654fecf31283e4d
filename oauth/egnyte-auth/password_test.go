package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/keyringtest"
	"egnyte-accounts/oauth/practice"
)

// command runs egnyte-auth in this process, in a home and keyring of its own.
type command struct {
	t      *testing.T
	egnyte *practice.Server
	config string

	keyring *keyringtest.Keyring
}

func newCommand(t *testing.T, options ...func(*practice.Options)) *command {
	t.Helper()
	c := &command{t, practice.Start(t, options...), t.TempDir(), &keyringtest.Keyring{}}
	for name, value := range map[string]string{
		"HOME": c.config, "XDG_CONFIG_HOME": c.config, "AppData": c.config, storeVariable: "", accountVariable: "", "BROWSER": "", "DISPLAY": "", "WAYLAND_DISPLAY": "",
		"EGNYTE_CLIENT_ID": c.egnyte.Key().ID, "EGNYTE_CLIENT_SECRET": c.egnyte.Key().Secret, "EGNYTE_REDIRECT_URI": c.egnyte.Key().RedirectURI,
		"EGNYTE_SCOPE": "", "SSH_CONNECTION": "", tokenVariable: "", domainVariable: "",
	} {
		t.Setenv(name, value)
	}
	return c
}

func (c *command) settings(text string) {
	c.t.Helper()
	dir := filepath.Join(c.config, "egnyte-accounts")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// root is the program, with the fake keyring.
func (c *command) root() *cobra.Command {
	return newRootOver(func() keyring.Keyring { return c.keyring })
}

// run returns all that it says and its exit code.
func (c *command) run(stdin io.Reader, args ...string) (stdout, stderr string, code int) {
	c.t.Helper()
	root := c.root()
	var out, complaints bytes.Buffer
	root.SetIn(stdin)
	root.SetOut(&out)
	root.SetErr(&complaints)
	root.SetArgs(append([]string{"--service", c.egnyte.URL()}, args...))
	err := root.ExecuteContext(c.t.Context())
	return out.String(), complaints.String() + sentence(root, err), exitCode(err)
}

func internalKey(o *practice.Options) { o.Key.Kind = practice.KindInternal }

func TestAPasswordFromStdinSignsIn(t *testing.T) {
	for _, stdin := range []string{"jane-at-acme\n", "jane-at-acme", "jane-at-acme\r\nnext line\n"} {
		c := newCommand(t, internalKey)
		out, said, code := c.run(strings.NewReader(stdin), "signin", "acme", "--flow", "password", "--username", "jsmith", "--password-stdin")
		if code != 0 || !strings.HasPrefix(out, "Signed in as Jane Smith (jsmith@acme.egnyte.localhost:") {
			t.Errorf("%q: exit code %d, %s%s", stdin, code, out, said)
		}
	}
}

func TestTheFlowMayComeFromTheSettings(t *testing.T) {
	c := newCommand(t, internalKey)
	c.settings(`{"flow":"password","domain":"acme"}`)
	if out, said, code := c.run(strings.NewReader("jane-at-acme\n"), "signin", "--username", "jsmith", "--password-stdin"); code != 0 {
		t.Errorf("exit code %d, %s%s", code, out, said)
	}
	if _, said, code := c.run(strings.NewReader(""), "signin"); code != exitUsage || !strings.Contains(said, "--username") {
		t.Errorf("without a user name: exit code %d, %s", code, said)
	}
}

// The password is in nothing that was said or written.
func TestARefusedPasswordIsExplainedAndKeptNowhere(t *testing.T) {
	c := newCommand(t, internalKey)
	_, said, code := c.run(strings.NewReader("wr0ng-passw0rd\n"), "signin", "acme", "--flow", "password", "--username", "jsmith", "--password-stdin")
	if code != 5 || !strings.Contains(said, "SSO") || !strings.Contains(said, "10 tries an hour") {
		t.Errorf("exit code %d, %s", code, said)
	}
	if strings.Contains(said, "wr0ng") {
		t.Errorf("the password is said: %s", said)
	}
	if _, said, code = c.run(strings.NewReader("jane-at-acme\n"), "signin", "acme", "--flow", "password", "--username", "jsmith", "--password-stdin"); code != 0 {
		t.Fatalf("exit code %d, %s", code, said)
	}
	err := filepath.Walk(c.config, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte("jane-at-acme")) || bytes.Contains(data, []byte("wr0ng")) {
			t.Errorf("%s holds a password", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTooManyPasswordsAreToBeWaitedFor(t *testing.T) {
	c := newCommand(t, internalKey, func(o *practice.Options) { o.NoLimits = false })
	var said string
	code := 0
	for range 11 {
		_, said, code = c.run(strings.NewReader("wrong\n"), "signin", "acme", "--flow", "password", "--username", "jsmith", "--password-stdin")
	}
	if code != 4 || !strings.Contains(said, "10 sign-ins with a password an hour") {
		t.Errorf("exit code %d, %s", code, said)
	}
}

func TestAKeyOfTheWrongKindEndsInTheRightSentence(t *testing.T) {
	c := newCommand(t) // a key for the browser
	_, said, code := c.run(strings.NewReader("jane-at-acme\n"), "signin", "acme", "--flow", "password", "--username", "jsmith", "--password-stdin")
	if code != 5 || !strings.Contains(said, "for signing in through the browser") {
		t.Errorf("exit code %d, %s", code, said)
	}
	c = newCommand(t, internalKey)
	for _, flow := range []string{"code", "implicit"} {
		_, said, code = c.run(strings.NewReader(""), "signin", "acme", "--flow", flow, "--no-browser")
		if code != 5 || !strings.Contains(said, "internal applications") || strings.Contains(strings.ReplaceAll(said, " --service "+c.egnyte.URL(), ""), "http") || !strings.Contains(said, "--flow password --username") {
			t.Errorf("%s: exit code %d, %s", flow, code, said)
		}
	}
}

func TestWhatDoesNotGoTogetherIsAUsageError(t *testing.T) {
	c := newCommand(t, internalKey)
	for _, wrong := range []struct{ args, words string }{
		{"signin --flow password --username jsmith", "needs the domain"},
		{"signin --flow implicit", "needs the domain"},
		{"signin --flow code", "needs the domain"},
		{"signin acme --flow password", "--username"},
		{"signin acme --username jsmith", "go with --flow password"},
		{"signin acme --password-stdin", "go with --flow password"},
		{"signin acme --flow password --username jsmith --no-browser", "no browser"},
		{"signin acme --flow password --username jsmith --paste", "no browser"},
		{"signin acme --flow password --username jsmith --password-stdin", "first line of stdin"},
		{"signin acme --flow password --username jsmith --password hush", "unknown flag"},
	} {
		_, said, code := c.run(strings.NewReader("\n"), strings.Fields(wrong.args)...)
		if code != exitUsage || !strings.Contains(said, wrong.words) {
			t.Errorf("%s: exit code %d, %s", wrong.args, code, said)
		}
	}
	if n := c.egnyte.Requests("token"); n != 0 {
		t.Errorf("%d token requests were made", n)
	}
}

func TestWithoutEnhancedAuthTheDomainIsAskedFor(t *testing.T) {
	c := newCommand(t)
	for _, service := range []string{"https://egnytegov.com", "https://qa-egnyte.com"} {
		for _, args := range [][]string{{"signin"}, {"signin", "--flow", "enhanced"}} {
			_, said, code := c.run(strings.NewReader(""), append(args, "--service", service)...)
			if code != exitUsage || !strings.Contains(said, "has no Enhanced Auth") {
				t.Errorf("%s %v: exit code %d, %s", service, args, code, said)
			}
		}
	}
}

// Where there is no Enhanced Auth, nobody is sent to it.
func TestABadDomainIsAnsweredByItsService(t *testing.T) {
	c := newCommand(t)
	for service, words := range map[string]string{
		"https://egnytegov.com": "Give the name before .egnytegov.com", "https://qa-egnyte.com": "Give the name before .qa-egnyte.com",
		"https://egnyte.com": "leave DOMAIN out", "": "leave DOMAIN out",
	} {
		for _, from := range []string{"flag", "settings"} {
			args := []string{"signin", "files_.acme.example"}
			if from == "flag" {
				args = append(args, "--service", service)
			} else {
				c.settings(`{"service":"` + service + `"}`)
				args = append(args, "--service", "")
			}
			_, said, code := c.run(strings.NewReader(""), args...)
			if code != exitUsage || !strings.Contains(said, words) {
				t.Errorf("%q by the %s: exit code %d, %s", service, from, code, said)
			}
		}
	}
}

// What is wrong with the command line is said before the keyring, which may ask
// its person to unlock it, is asked for the secret of the key.
func TestWrongUseIsSaidBeforeTheKeyringIsAsked(t *testing.T) {
	c := newCommand(t)
	t.Setenv("EGNYTE_CLIENT_SECRET", "")
	c.keyring.Intercept(func(keyringtest.Call) error { t.Error("the keyring was asked"); return nil })
	for _, args := range []string{
		"signin --flow code", "signin --flow password acme", "signin acme --username jsmith", "signin acme --password-stdin",
		"signin --timeout 0", "signin --timeout -1s", "signin a.b.c", "signin --flow enhanced acme", "signin --region mars",
		"signin acme --flow password --username jsmith --paste",
	} {
		if _, said, code := c.run(strings.NewReader(""), strings.Fields(args)...); code != exitUsage || said == "" {
			t.Errorf("%s: exit code %d, %s", args, code, said)
		}
	}
}

// A variable that names a company's own host is the fault, and not the key.
func TestADomainOfTheEnvironmentIsNamedAsTheFault(t *testing.T) {
	c := newCommand(t)
	t.Setenv(domainVariable, "https://files.acme.com")
	_, said, code := c.run(strings.NewReader(""), "signin", "--service", "", "--timeout", "1s")
	if code != 5 || !strings.Contains(said, "EGNYTE_DOMAIN names can't be one: it is not under egnyte.com.") || strings.Contains(said, "API key") {
		t.Errorf("exit code %d, %s", code, said)
	}
}

func TestAPasswordThatIsTooLongIsNotCut(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("x", maxPassword+1), strings.Repeat("x", maxPassword+1) + "\n", "", "\n", "\r\n"} {
		if secret, err := firstLine(strings.NewReader(text)); err == nil {
			t.Errorf("%d bytes gave one of %d", len(text), len(secret.Reveal()))
		}
	}
	if secret, err := firstLine(strings.NewReader(" with spaces \n")); err != nil || secret.Reveal() != " with spaces " {
		t.Errorf("%v", err)
	}
}
