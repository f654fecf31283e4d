package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/keyringtest"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/redirect"
)

const (
	asProgram     = "EGNYTE_AUTH_TEST_PROGRAM" // makes the test program egnyte-auth itself
	keyringFolder = "EGNYTE_AUTH_TEST_KEYRING" // with this keyring
)

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		if dir := os.Getenv(keyringFolder); dir != "" {
			os.Exit(execute(newRootOver(func() keyring.Keyring { return &keyringtest.Keyring{Dir: dir} })))
		}
		main()
		return
	}
	if code, done := localcert.ServeSetup(os.Args[1:], os.Stdout); done {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// tty is a program on a terminal of its own, whose stdin is none.
type tty struct {
	t      *testing.T
	keys   *os.File // the person's side
	screen *screen
	ended  chan error
}

func atTerminal(t *testing.T, args ...string) *tty {
	t.Helper()
	keys, terminal, err := openPTY()
	if err != nil {
		t.Fatal("making a terminal:", err)
	}
	t.Cleanup(func() { _ = keys.Close() })
	defer terminal.Close()
	program := exec.Command(os.Args[0], args...)
	program.Env = append(os.Environ(), asProgram+"=yes")
	program.Stdout, program.Stderr, program.ExtraFiles = terminal, terminal, []*os.File{terminal}
	program.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 3}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Process.Kill() })
	running := &tty{t, keys, newScreen(), make(chan error, 1)}
	read := make(chan bool)
	go func() {
		defer close(read)
		part := make([]byte, 4096)
		for {
			n, err := keys.Read(part) // fails when the program has ended
			_, _ = running.screen.Write(part[:n])
			if err != nil {
				return
			}
		}
	}()
	go func() { err := program.Wait(); <-read; running.ended <- err }()
	return running
}

func (r *tty) types(text string) {
	r.t.Helper()
	if _, err := r.keys.WriteString(text); err != nil {
		r.t.Fatal(err)
	}
}

func (r *tty) ends(code int) {
	r.t.Helper()
	err := <-r.ended
	got := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	}
	if got != code {
		r.t.Fatalf("exit code %d, want %d; the screen shows:\n%s", got, code, r.screen)
	}
}

// browsers is a home with Chromium's place and one Firefox profile.
func browsers(t *testing.T, options ...func(*practice.Options)) *command {
	t.Helper()
	if _, err := exec.LookPath("certutil"); err != nil {
		t.Skip("certutil is not installed: apt install libnss3-tools")
	}
	c := newCommand(t, options...)
	t.Setenv("XDG_DATA_HOME", "")
	profile := filepath.Join(c.config, ".mozilla/firefox/x1.default")
	if err := os.MkdirAll(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command("certutil", "-N", "--empty-password", "-d", "sql:"+profile).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return c
}

func (c *command) certificate() string {
	return filepath.Join(c.config, "egnyte-accounts", "localhost", "localhost.pem")
}

func TestACertificateIsInstalledShownAndRemoved(t *testing.T) {
	c := browsers(t)
	steps := []struct {
		args  string
		code  int
		words []string
	}{
		{"cert status", 5, []string{"cert install"}},
		{"cert install --yes", 0, []string{"Chromium and Chrome", "Firefox profile x1.default", "trusted"}},
		{"cert install --yes", 0, []string{"trusted"}},
		{"cert status", 0, []string{"this computer only", "SHA-256", "ends on", "Firefox profile x1.default"}},
		{"cert remove", 0, []string{"Chromium and Chrome", "Firefox profile x1.default", "nothing left"}},
		{"cert remove", 0, []string{"nothing left"}},
		{"cert status", 5, nil},
		{"cert bogus", 2, nil},
	}
	for _, step := range steps {
		out, said, code := c.run(strings.NewReader(""), strings.Fields(step.args)...)
		if code != step.code {
			t.Fatalf("%s: exit code %d, %s%s", step.args, code, out, said)
		}
		for _, words := range step.words {
			if !strings.Contains(out+said, words) {
				t.Errorf("%s does not say %q: %s%s", step.args, words, out, said)
			}
		}
	}
}

// Given a key for https on this machine, whose certificate this machine's
// browsers trust, and a browser elsewhere, when the address that it ended at is
// pasted, then that ends the sign-in: this program trusts no such certificate.
func TestAnHTTPSAnswerIsPasted(t *testing.T) {
	free, err := redirect.Listen(t.Context(), "http://localhost/callback", "STATE")
	if err != nil {
		t.Fatal(err)
	}
	address := strings.Replace(free.RedirectURI(), "http:", "https:", 1)
	_ = free.Close()
	c := browsers(t, registered(address))
	if _, said, code := c.run(strings.NewReader(""), "cert", "install", "--yes"); code != 0 {
		t.Fatal(said)
	}
	r := c.start("acme")
	if said := r.screen.String(); !strings.Contains(said, "Or paste the address that the browser ends at ("+address) {
		t.Errorf("it says:\n%s", said)
	}
	r.paste(r.decide())
	r.signedIn()
}

func TestWithoutConsentNothingIsMade(t *testing.T) {
	c := browsers(t)
	for answer, code := range map[string]int{"\n": 5, "n\n": 5, "yesterday\n": 5, "\x04": 5, "\x03": 130} {
		r := atTerminal(t, "cert", "install")
		r.screen.wait(t, "[y/N]")
		r.types(answer)
		r.ends(code)
	}
	if _, err := os.Stat(c.certificate()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is a certificate: %v", err)
	}
	r := atTerminal(t, "cert", "install")
	r.screen.wait(t, "[y/N]")
	r.types("Yes\n")
	r.ends(0)
	if _, err := os.Stat(c.certificate()); err != nil {
		t.Error(err)
	}
}

func TestAStoreThatCannotBeChangedIsReported(t *testing.T) {
	c := browsers(t)
	if _, said, code := c.run(strings.NewReader(""), "cert", "install", "--yes"); code != 0 {
		t.Fatal(said)
	}
	damaged := filepath.Join(c.config, ".mozilla/firefox/x1.default/cert9.db")
	if err := os.WriteFile(damaged, []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"install", "remove"} {
		args := []string{"cert", command}
		if command == "install" {
			args = append(args, "--yes")
		}
		out, said, code := c.run(strings.NewReader(""), args...)
		if code != 1 || !strings.Contains(out, "Firefox profile x1.default  failed") || said == "" {
			t.Errorf("%s: exit code %d, %s%s", command, code, out, said)
		}
	}
	if _, err := os.Stat(c.certificate()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the key is left: %v", err)
	}
}

func TestWithoutCertutilItIsSaidWhatToInstall(t *testing.T) {
	c := browsers(t)
	t.Setenv("PATH", "")
	_, said, code := c.run(strings.NewReader(""), "cert", "install", "--yes")
	if code != 5 || !strings.Contains(said, "certutil is missing") || !strings.Contains(said, "nss") || !strings.Contains(said, "--paste") {
		t.Errorf("exit code %d, %s", code, said)
	}
}

// The password is asked for on the terminal, also where stdin is something
// else, and never shown there.
func TestThePasswordIsAskedForWithoutEcho(t *testing.T) {
	c := newCommand(t, internalKey)
	t.Setenv(keyringFolder, t.TempDir())
	args := []string{"signin", "acme", "--flow", "password", "--username", "jsmith", "--service", c.egnyte.URL()}
	for typed, code := range map[string]int{"jane-at-acme\n": 0, "wr0ng-passw0rd\n": 5, "\n": exitUsage, "\x03": 130} {
		r := atTerminal(t, args...)
		if said := r.screen.wait(t, "Password of"); !strings.Contains(said, "Password of jsmith at acme.egnyte.localhost:") {
			t.Errorf("it asks %q", said)
		}
		r.types(typed)
		r.ends(code)
		if said := r.screen.String(); strings.Contains(said, "jane-at-acme") || strings.Contains(said, "wr0ng") {
			t.Errorf("the password is on the screen:\n%s", said)
		}
	}
	if _, said, code := c.asProgram(args[:len(args)-2]...); code != exitNeedPerson || !strings.Contains(said, "--password-stdin") {
		t.Errorf("without a terminal: exit code %d, %s", code, said)
	}
}

// Given the question for the key's secret, when Ctrl-C is pressed or nothing is
// typed, then the settings and the keyring are as they were.
func TestTheSecretOfTheKeyIsAskedForWithoutEcho(t *testing.T) {
	c := newCommand(t)
	ring := t.TempDir()
	t.Setenv(keyringFolder, ring)
	t.Setenv("EGNYTE_CLIENT_ID", "")
	t.Setenv("EGNYTE_CLIENT_SECRET", "")
	c.settings(`{"client_id":"abcdefgh"}`)
	before := c.stored(ring)
	for typed, code := range map[string]int{"\x03": 130, "half-a-secr\x03": 130, "\n": exitUsage, "\x04": exitUsage} {
		r := atTerminal(t, "config", "set", "client_secret")
		r.screen.wait(t, "Secret of the API key: ")
		r.types(typed)
		r.ends(code)
		if after := c.stored(ring); after != before || strings.Contains(r.screen.String(), "half-a") {
			t.Errorf("%q: stored %q and then %q; the screen shows:\n%s", typed, before, after, r.screen)
		}
	}
	r := atTerminal(t, "config", "set", "client_secret")
	r.screen.wait(t, "Secret of the API key: ")
	r.types("a-whole-secret\n")
	r.ends(0)
	if after := c.stored(ring); after == before || strings.Contains(r.screen.String(), "a-whole") {
		t.Errorf("it was not kept; the screen shows:\n%s", r.screen)
	}
}

// stored is all that the settings and a keyring hold.
func (c *command) stored(ring string) string {
	c.t.Helper()
	var all strings.Builder
	for _, dir := range []string{filepath.Join(c.config, "egnyte-accounts"), ring} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			c.t.Fatal(err)
		}
		for _, e := range entries {
			if data, err := os.ReadFile(filepath.Join(dir, e.Name())); err == nil && !strings.HasSuffix(e.Name(), ".lock") {
				all.WriteString(e.Name() + ": " + string(data) + "\n")
			}
		}
	}
	return all.String()
}

// A token that needs a sign-in first asks for the password of whom it names.
func TestATokensSignInAsksForThePassword(t *testing.T) {
	c := newCommand(t, internalKey)
	t.Setenv(keyringFolder, t.TempDir())
	c.settings(`{"flow":"password"}`)
	for range 2 { // for a new account, then again for the one that is known
		r := atTerminal(t, "token", "jsmith@acme", "--signin", "--service", c.egnyte.URL())
		r.screen.wait(t, "Password of jsmith at acme.")
		r.types("jane-at-acme\n")
		r.ends(0)
		if tokens := c.egnyte.Tokens("acme", "jsmith"); len(tokens) != 1 || !strings.Contains(r.screen.String(), tokens[0].Access) {
			t.Errorf("%d tokens, and the screen shows another:\n%s", len(tokens), r.screen)
		}
		c.egnyte.RevokeAll("acme", "jsmith")
		if out, said, code := c.asProgram("whoami"); code != exitNeedPerson {
			t.Fatalf("exit code %d, %s%s", code, out, said)
		}
	}
}

// Given a company's own host name as DOMAIN, then the user at a terminal is asked whether to
// sign in at the domain behind it; elsewhere that domain is named, with exit code 2. A name
// of nobody's is refused at both.
func TestACompanysHostNameIsAskedAboutOrNamed(t *testing.T) {
	c := newCommand(t, internalKey)
	t.Setenv(keyringFolder, t.TempDir())
	flags := []string{"--flow", "password", "--username", "jsmith", "--service", c.egnyte.URL()}
	for answer, code := range map[string]int{"y\n": 0, "n\n": 5} {
		r := atTerminal(t, append([]string{"signin", "files.acme.localhost"}, flags...)...)
		r.screen.wait(t, "files.acme.localhost is acme.egnyte.localhost")
		r.types(answer)
		if code == 0 {
			r.screen.wait(t, "Password of jsmith at acme.")
			r.types("jane-at-acme\n")
		}
		r.ends(code)
	}
	for name, says := range map[string]string{"files.globex.localhost": "signin globex", "files.nobody.localhost": "leave DOMAIN out"} {
		if _, said, code := c.asProgram("signin", name, "--flow", "password", "--username", "adoe"); code != exitUsage || !strings.Contains(said, says) {
			t.Errorf("%s: exit code %d, %s", name, code, said)
		}
	}
}

// asProgram runs it in a process of its own, without a terminal.
func (c *command) asProgram(args ...string) (stdout, stderr string, code int) {
	c.t.Helper()
	var out, said bytes.Buffer
	program := exec.Command(os.Args[0], append(args, "--service", c.egnyte.URL())...)
	program.Env, program.Stdout, program.Stderr = append(os.Environ(), asProgram+"=yes"), &out, &said
	program.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	_ = program.Run()
	return out.String(), said.String(), program.ProcessState.ExitCode()
}
