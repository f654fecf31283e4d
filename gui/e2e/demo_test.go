//go:build e2e && linux

package e2e

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"egnyte-accounts/gui/e2e/session"
)

var janesPassword = regexp.MustCompile(`\bjsmith\s+(\S+)`)

// practises signs in as Jane at a practice Egnyte that is not the scene's own.
func (s *scene) practises() {
	s.Helper()
	page, err := s.Browser.NextPage(s.Context(), soon, "egnyte.localhost")
	s.check(err)
	s.Cleanup(page.Close)
	s.check(page.Fill("#domain", "acme"))
	s.check(page.Click("#continue"))
	s.check(page.WaitFor("#username"))
	text, err := page.Text()
	s.check(err)
	password := janesPassword.FindStringSubmatch(text)
	if password == nil {
		s.Fatalf("the page does not tell whom to practise with: %s", text)
	}
	s.check(page.Fill("#username", "jsmith"))
	s.check(page.Fill("#password", password[1]))
	s.check(page.Click("#signin"))
	s.check(page.Click("#allow"))
	s.check(page.WaitText(s.Context(), "You can close this tab"))
}

// demo runs the demo on this desktop's display, where the user's own app may run too.
type demo struct {
	*scene
	program *session.Program
	unset   []string
}

func newDemo(s *scene, unset ...string) *demo { return &demo{scene: s, unset: unset} }

var demoService = regexp.MustCompile(`Service\s+(http://\S+)`)

func (d *demo) starts() {
	d.Helper()
	root, err := session.ProjectRoot()
	d.check(err)
	program := filepath.Join(d.TempDir(), "demo")
	build := exec.Command("go", "build", "-trimpath", "-o", program, "egnyte-accounts/gui/e2e/demo")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		d.Fatalf("%v: %s", err, said)
	}
	d.program, err = d.Start(session.Spec{
		Path: program, Unset: d.unset, Shows: true, // it prints passwords
		Env: []string{"XDG_CONFIG_HOME=" + d.config, "EGNYTE_ACCOUNTS_BIN=" + filepath.Join(root, "build", "bin")},
	})
	d.check(err)
	d.programs = append(d.programs, d.program)
}

// signsIn adds Jane's account in the demo's window.
func (d *demo) signsIn() {
	d.Helper()
	d.window("No account yet")
	d.press("Return")
	d.window("Sign in")
	d.press("Return")
	d.practises()
	d.window("Signed in as Jane Smith")
}

// leavesNothing: no process, no file and no keyring item of the demo.
func (d *demo) leavesNothing() {
	d.Helper()
	d.leavesNobody()
	if left, _ := filepath.Glob(filepath.Join(d.tmp(), "egnyte-accounts-demo*")); len(left) > 0 {
		d.Errorf("left behind: %q", left)
	}
	service := demoService.FindStringSubmatch(d.program.Stdout())
	if service == nil {
		d.Fatalf("the demo prints no service: %s", d.program.Stdout())
	}
	u, err := url.Parse(service[1])
	d.check(err)
	items, err := d.Secrets("egnyte-accounts")
	d.check(err)
	for _, item := range items {
		if strings.HasSuffix(item.User, "."+u.Host) {
			d.Errorf("left in the keyring: %s", item.User)
		}
	}
}

// leavesNobody checks that no process of the demo is left.
func (d *demo) leavesNobody() {
	d.Helper()
	d.check(session.Eventually(d.Context(), soon, func() error {
		if left := d.apart(); len(left) > 0 {
			return fmt.Errorf("left running: %v", left)
		}
		return nil
	}))
}

func (d *demo) tmp() string {
	for _, entry := range d.Env() {
		if dir, found := strings.CutPrefix(entry, "TMPDIR="); found {
			return dir
		}
	}
	return ""
}

// apart lists the demo's processes. They have another runtime folder than the
// user's own; the browser is the user's.
func (d *demo) apart() []session.Process {
	own := map[int]bool{}
	for _, p := range d.Processes() {
		own[p.Pid] = true
	}
	return slices.DeleteFunc(session.Marked("TMPDIR="+d.tmp()), func(p session.Process) bool { return own[p.Pid] })
}

func TestTheDemoOnADisplayKeepsApartAndLeavesNothing(t *testing.T) {
	s := onDesktopWithout(t, session.Options{})
	s.withTray() // the user's own
	d := newDemo(s)
	d.starts()
	d.signsIn()
	s.check(session.Eventually(t.Context(), soon, func() error {
		if n := s.TrayHost.Icons(); n != 2 {
			return fmt.Errorf("%d tray icons, not the user's and the demo's", n)
		}
		return nil
	}))
	s.check(d.program.Signal(syscall.SIGINT))
	s.ends(d.program, 0)
	d.leavesNothing()
	s.nothingStored() // in the user's own list
	if n := s.TrayHost.Icons(); n != 1 {
		t.Errorf("%d tray icons are left, not the user's own", n)
	}
	if s.Browser.Opened() == nil {
		t.Error("the browser was not the user's own")
	}
}

func TestADemoWhoseWindowCrashesSignsOutAllTheSame(t *testing.T) {
	s := onDesktopWithout(t, session.Options{})
	d := newDemo(s)
	d.starts()
	d.signsIn()
	for _, p := range d.apart() {
		if strings.Contains(p.Args, "egnyte-accounts --service") { // the window
			s.check(syscall.Kill(p.Pid, syscall.SIGKILL))
		}
	}
	s.ends(d.program, 1)
	d.leavesNothing()
}

func TestTheDemoOnABareDisplayBringsItsOwnBusAndKeyring(t *testing.T) {
	s := onDesktopWithout(t, session.Options{NoKeyring: true, NoTrayHost: true})
	d := newDemo(s, "DBUS_SESSION_BUS_ADDRESS")
	d.starts()
	d.signsIn()
	s.check(d.program.Signal(syscall.SIGINT))
	s.ends(d.program, 0)
	d.leavesNobody()
}
