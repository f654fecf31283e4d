//go:build e2e && linux

package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/testbus"
)

const nobody = 65534

// evil is a server of an attacker's that a program might be led to.
type evil struct {
	*httptest.Server
	mu    sync.Mutex
	heard []string // each request, whole
}

func listenEvil(t *testing.T) *evil {
	t.Helper()
	e := &evil{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		_ = r.ParseForm()
		e.mu.Lock()
		e.heard = append(e.heard, fmt.Sprint(r.Method, r.Host, r.URL, r.Header, r.PostForm))
		e.mu.Unlock()
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"errorMessage":"No valid app info found for api key"}`))
	}))
	t.Cleanup(e.Close)
	return e
}

// service is a service URL that leads to it.
func (e *evil) service() string {
	return strings.Replace(e.URL, "127.0.0.1", "egnyte.localhost", 1)
}

// requests are how many came, and forgets them.
func (e *evil) requests() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := len(e.heard)
	e.heard = nil
	return n
}

// leadsTo is the control of a test: the sign-in goes to the attacker's server.
func (s *scene) leadsTo(e *evil, p *session.Program) {
	s.Helper()
	if !strings.Contains(s.link(p), hostOf(e.service())) {
		s.Fatal("a good file does not lead there: this test proves nothing")
	}
	p.Stop()
	e.requests()
}

func (s *scene) settingsFile() string {
	return filepath.Join(s.config, "egnyte-accounts", "settings.json")
}

// hostileFiles put something that is no settings file, or a bad one, at a path.
func hostileFiles(toEvil string) map[string]func(path string) error {
	text := func(content string) func(string) error {
		return func(path string) error { return os.WriteFile(path, []byte(content), 0o600) }
	}
	return map[string]func(path string) error{
		"a pipe":            func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a folder":          func(path string) error { return os.Mkdir(path, 0o700) },
		"an endless device": func(path string) error { return os.Symlink("/dev/zero", path) },
		"a link to itself":  func(path string) error { return os.Symlink(path, path) },
		"a terabyte":        func(path string) error { return errors.Join(text("")(path), os.Truncate(path, 1<<40)) },
		"depth":             text(strings.Repeat(`{"service":`, 1<<18)),
		"binary":            text("\x00\xff\x1b["),
		"a list":            text(`["https://evil.example"]`),
		"plain http":        text(`{"service":"http://evil.example"}`),
		"user information":  text(`{"service":"https://egnyte.com@evil.example"}`),
		"an escape":         text(`{"service":"https://\u001b]0;x\u0007.example"}`),
		"another type":      text(`{"client_id":{"a":1}}`),
		"a wrong scope":     text(`{"scopes":["a b\nc"]}`),
		"foreign redirect":  text(`{"redirect_uri":"http://evil.example/callback"}`),
		"written by all":    func(path string) error { return errors.Join(text(toEvil)(path), os.Chmod(path, 0o666)) },
		"the group's":       func(path string) error { return errors.Join(text(toEvil)(path), os.Chmod(path, 0o660)) },
		"another user's":    func(path string) error { return errors.Join(text(toEvil)(path), os.Chown(path, nobody, nobody)) },
		"a link to another user's": func(path string) error {
			theirs := path + ".theirs"
			return errors.Join(text(toEvil)(theirs), os.Chown(theirs, nobody, nobody), os.Symlink(theirs, path))
		},
	}
}

func mustBeRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can give files to another user, or run a program as one")
	}
}

// Given a hostile settings.json, and a key with its secret in the environment,
// then the programs say at once what is wrong with it, and make no request.
func TestAttackSettingsFile(t *testing.T) {
	mustBeRoot(t)
	s, e := onDesktop(t), listenEvil(t)
	toEvil := fmt.Sprintf(`{"service":%q}`, e.service())
	// The control: it would be in force.
	s.check(os.WriteFile(s.settingsFile(), []byte(toEvil), 0o600))
	s.leadsTo(e, s.auth("signin", "--no-browser"))
	for name, put := range hostileFiles(toEvil) {
		s.check(os.RemoveAll(s.settingsFile()))
		s.check(os.Chmod(filepath.Dir(s.settingsFile()), 0o777))
		s.check(put(s.settingsFile()))
		p := s.auth("signin", "--no-browser")
		code, err := p.Wait(t.Context(), soon)
		s.says(p, "settings.json")
		held(t, err == nil && code == 5 && e.requests() == 0 && linkPattern.FindString(p.Stderr()) == "",
			"%s: exit code %d, %v: %.500s", name, code, err, p.Stderr())
		s.check(os.RemoveAll(s.settingsFile())) // a terabyte can't be searched for secrets
	}
	s.check(hostileFiles(toEvil)["plain http"](s.settingsFile()))
	window := s.run("egnyte-accounts", "--window", "signin")
	s.window("That did not work")
	held(t, e.requests() == 0, "the window asked the attacker's server")
	window.Stop()
}

// machinePolicy starts the terminal program on a machine whose /etc is of this
// test, in a mount namespace of its own.
func (s *scene) machinePolicy(etc string, args ...string) *session.Program {
	s.Helper()
	program, err := session.Find("egnyte-auth")
	s.check(err)
	script := `mount --bind "$0" /etc && exec "$@"`
	p, err := s.Start(session.Spec{
		Path: "unshare", Args: append([]string{"--mount", "sh", "-c", script, etc, program}, args...), Env: s.env,
	})
	s.check(err)
	s.programs = append(s.programs, p)
	return p
}

// A hostile policy.json is not applied and stops new sign-ins; an administrator's is
// applied. Existing accounts go on either way.
func TestAttackPolicyFile(t *testing.T) {
	mustBeRoot(t)
	if out, err := exec.Command("unshare", "--mount", "true").CombinedOutput(); err != nil {
		t.Skipf("no mount namespace can be made here: %s", out)
	}
	s, e := onDesktop(t), listenEvil(t)
	etc := t.TempDir()
	for _, name := range []string{"hosts", "resolv.conf", "nsswitch.conf"} {
		text, _ := os.ReadFile(filepath.Join("/etc", name)) // what there is
		s.check(os.WriteFile(filepath.Join(etc, name), text, 0o644))
	}
	policy := filepath.Join(etc, "egnyte-accounts", "policy.json")
	toEvil := fmt.Sprintf(`{"service":%q,"locked":["service"]}`, e.service())
	s.check(os.Mkdir(filepath.Dir(policy), 0o755))
	s.check(os.WriteFile(policy, []byte(toEvil), 0o644))
	s.leadsTo(e, s.machinePolicy(etc, "signin", "--no-browser"))
	refused := func(name string, says []string, args ...string) {
		p := s.machinePolicy(etc, args...)
		code, err := p.Wait(t.Context(), soon)
		said := p.Stderr() + p.Stdout()
		for _, part := range says {
			held(t, strings.Contains(said, part), "%s: %v does not say %q: %.1000s", name, args, part, said)
		}
		held(t, err == nil && code == map[bool]int{true: 1, false: 5}[args[0] == "doctor"] && e.requests() == 0, "%s: %v: exit code %d, %v", name, args, code, err)
	}
	s.writeSettings(map[string]any{"service": s.egnyte.URL()})
	s.signedIn("jsmith")
	s.check(os.WriteFile(policy, []byte(`{"domain":"acme","locked":["domain"]}`), 0o644))
	refused("a lock", []string{"locks domain", "globex"}, "signin", "globex", "--no-browser")
	refused("a lock", []string{"locks domain", "enhanced"}, "signin", "--flow", "enhanced", "--no-browser")
	s.check(os.WriteFile(policy, []byte(`{"domain":"acme","locked":["Domain"]}`), 0o644))
	unknown := []string{"(Domain)", "administrator", "/etc/egnyte-accounts/policy.json"}
	refused("an unknown lock", unknown, "signin", "globex", "--no-browser")
	refused("an unknown lock", unknown, "doctor")
	for _, line := range [][]string{{"list"}, {"whoami", "acme"}, {"status"}} {
		s.ends(s.machinePolicy(etc, line...), 0)
	}
	s.check(os.Chmod(filepath.Dir(policy), 0o777))
	s.check(os.WriteFile(policy, []byte(toEvil), 0o644))
	open := []string{"could have changed /etc/egnyte-accounts,", "administrator", "/etc/egnyte-accounts/policy.json"}
	refused("an open folder", open, "signin", "--no-browser")
	refused("an open folder", open, "doctor")
	s.ends(s.machinePolicy(etc, "signout", "acme"), 0)
	s.check(os.Chmod(filepath.Dir(policy), 0o755))
	s.check(os.RemoveAll(s.settingsFile()))
	for name, put := range hostileFiles(toEvil) {
		s.check(os.RemoveAll(policy))
		s.check(put(policy))
		p := s.machinePolicy(etc, "signin", "--no-browser")
		code, err := p.Wait(t.Context(), soon)
		s.says(p, "policy.json")
		held(t, err == nil && code == 5 && e.requests() == 0, "%s: exit code %d, %v: %.500s", name, code, err, p.Stderr())
	}
}

// A link that stands where a file of ours is written next is not written through.
func TestAttackLinksInTheSettingsFolder(t *testing.T) {
	const precious = `{"precious":true}`
	for _, name := range []string{"settings.json.tmp", "settings.lock", "accounts.json.tmp", "accounts.lock"} {
		s := onDesktop(t)
		s.config += "-" + name
		s.env[0] = "XDG_CONFIG_HOME=" + s.config
		s.check(os.RemoveAll(s.config)) // of an earlier round
		s.writeSettings(map[string]any{"service": s.egnyte.URL()})
		target := filepath.Join(t.TempDir(), "precious")
		s.check(os.WriteFile(target, []byte(precious), 0o600))
		s.check(os.Symlink(target, filepath.Join(filepath.Dir(s.settingsFile()), name)))
		s.ends(s.auth("config", "set", "region", "eu"), 0)
		s.signedIn("jsmith")
		s.keptAs("jsmith")
		text, err := os.ReadFile(target)
		held(t, err == nil && string(text) == precious, "%s: what the link led to is now %q, %v", name, text, err)
	}
}

// Given a settings folder that another user owns and everyone can write to, when an
// ordinary user's programs start, then its settings are not used.
func TestAttackAFolderOfAnotherUser(t *testing.T) {
	mustBeRoot(t)
	s, e := onDesktop(t), listenEvil(t)
	root, err := os.MkdirTemp("", "another") // t.TempDir is closed to others
	s.check(err)
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	s.check(os.Chmod(root, 0o755))
	program := filepath.Join(root, "egnyte-auth")
	built, err := session.Find("egnyte-auth")
	s.check(err)
	text, err := os.ReadFile(built)
	s.check(err)
	s.check(testbus.WriteProgram(program, text, 0o755))
	folder := filepath.Join(root, "egnyte-accounts")
	for _, owner := range []int{nobody, nobody - 1} { // the user's own is the control
		s.check(os.RemoveAll(folder))
		s.check(os.Mkdir(folder, 0o700))
		s.check(os.WriteFile(filepath.Join(folder, "settings.json"), fmt.Appendf(nil, `{"service":%q}`, e.service()), 0o644))
		s.check(os.Chown(filepath.Join(folder, "settings.json"), nobody, nobody)) // linked or moved there by the other
		s.check(errors.Join(os.Chmod(folder, 0o777), os.Chown(folder, owner, owner)))
		command := exec.CommandContext(t.Context(), program, "config", "list")
		command.Env = []string{"XDG_CONFIG_HOME=" + root, "HOME=" + root, "EGNYTE_CLIENT_ID=id", "EGNYTE_CLIENT_SECRET=hush"}
		command.Dir = root
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		said, err := command.CombinedOutput()
		led := strings.Contains(string(said), hostOf(e.service())) && err == nil
		if owner == nobody && !led {
			t.Errorf("the control: %v: %s", err, said)
		}
		if owner != nobody {
			held(t, !led && strings.Contains(string(said), "another user"), "%v: %s", err, said)
		}
	}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
