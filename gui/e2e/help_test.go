//go:build e2e && linux

// Package e2e tries the built programs on a whole desktop: window, tray host,
// keyring, browser. See the package session for what that desktop is made of.
package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

const soon = 15 * time.Second

// shared is the desktop with everything, for all tests that need no other. A
// test on it has a configuration, a practice service and a keyring daemon of its
// own.
var shared struct {
	sync.Once
	*session.Session
	err error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.Session != nil {
		if err := shared.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

func sharedDesktop(t *testing.T) *session.Session {
	t.Helper()
	shared.Do(func() { shared.Session, shared.err = session.Start(context.Background(), session.Options{}) })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	if err := shared.FreshKeyring(t.Context()); err != nil {
		t.Fatal(err)
	}
	return shared.Session
}

// scene is one test's: a desktop, a practice service, a configuration that
// knows its key, and a list of all that must not be seen anywhere.
type scene struct {
	*testing.T
	*session.Session
	egnyte *practice.Server
	config string
	env    []string
	unset  []string

	secrets  map[string]bool
	programs []*session.Program
}

func onDesktop(t *testing.T, options ...func(*practice.Options)) *scene {
	t.Helper()
	return newScene(t, sharedDesktop(t), options...)
}

// onDesktopWithout is a scene on a desktop of its own.
func onDesktopWithout(t *testing.T, o session.Options) *scene {
	t.Helper()
	desktop, err := session.Start(context.Background(), o) // which the scene's end still needs
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := desktop.Close(); err != nil {
			t.Error(err)
		}
	})
	return newScene(t, desktop)
}

func newScene(t *testing.T, desktop *session.Session, options ...func(*practice.Options)) *scene {
	t.Helper()
	s := &scene{T: t, Session: desktop, egnyte: practice.Start(t, options...), secrets: map[string]bool{}}
	s.config = filepath.Join(desktop.Dir, "config", strings.ReplaceAll(t.Name(), "/", "-"))
	s.check(os.RemoveAll(s.config)) // of an earlier run of this test, with -count
	key := s.egnyte.Key()
	s.env = []string{"XDG_CONFIG_HOME=" + s.config, "XDG_STATE_HOME=" + s.state(), "EGNYTE_CLIENT_ID=" + key.ID, "EGNYTE_CLIENT_SECRET=" + key.Secret}
	s.secret(key.Secret)
	for _, person := range s.egnyte.People() {
		s.secret(person.Password)
	}
	s.writeSettings(map[string]any{"service": s.egnyte.URL()})
	t.Cleanup(s.end)
	return s
}

// state is where the app keeps its log and its crashes.
func (s *scene) state() string { return filepath.Join(s.config, "state") }

// writeSettings also has the log say all that it can, so that the search for
// secrets at the end means something.
func (s *scene) writeSettings(fields map[string]any) {
	s.Helper()
	fields["log_level"] = "debug"
	text, err := json.Marshal(fields)
	s.check(err)
	dir := filepath.Join(s.config, "egnyte-accounts")
	s.check(os.MkdirAll(dir, 0o700))
	s.check(os.WriteFile(filepath.Join(dir, "settings.json"), text, 0o600))
}

// end is how every run ends: programs gone, nothing secret in what they wrote.
func (s *scene) end() {
	s.noteTokens()
	for _, p := range s.programs {
		p.Stop()
	}
	if err := session.Eventually(context.Background(), soon, func() error {
		left := s.Left() // a tray that a window started, or what a browser just did
		for _, p := range left {
			_ = syscall.Kill(p.Pid, syscall.SIGTERM)
		}
		if len(left) > 0 {
			return fmt.Errorf("still there: %v", left)
		}
		return nil
	}); err != nil {
		s.Error(err)
	}
	for _, p := range s.programs {
		s.says(p) // no panic, also at its end
	}
	if err := s.Browser.Forget(context.Background()); err != nil {
		s.Error(err)
	}
	var all []string
	for secret := range s.secrets {
		all = append(all, secret)
	}
	if err := s.GrepSecrets(all...); err != nil {
		s.Error(err)
	}
	if err := s.KeyringDied(); err != nil {
		s.Error(err)
	}
	if s.Failed() {
		s.tellOutputs()
	}
}

func (s *scene) tellOutputs() {
	for _, p := range s.programs {
		s.Logf("process %d said on stdout:\n%s\non stderr:\n%s", p.Pid, p.Stdout(), p.Stderr())
	}
	if s.Display != nil {
		shot := filepath.Join(os.TempDir(), "failed-"+strings.ReplaceAll(s.Name(), "/", "-")+".png")
		if dir := os.Getenv("E2E_SCREENSHOTS"); dir != "" {
			shot = filepath.Join(dir, filepath.Base(shot))
		}
		if s.Display.Screenshot(shot) == nil {
			s.Logf("screenshot: %s", shot)
		}
	}
}

func (s *scene) check(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *scene) secret(text string) {
	if text != "" {
		s.secrets[text] = true
	}
}

// noteTokens adds every token that is live now to what must not be seen.
func (s *scene) noteTokens() {
	for _, person := range s.egnyte.People() {
		for _, pair := range s.egnyte.Tokens(person.Domain, person.Username) {
			s.secret(pair.Access)
			s.secret(pair.Refresh)
		}
	}
}

func (s *scene) person(username string) practice.Person {
	s.Helper()
	for _, person := range s.egnyte.People() {
		if person.Username == username {
			return person
		}
	}
	s.Fatalf("there is no user %s", username)
	return practice.Person{}
}

// run starts one of our programs.
func (s *scene) run(name string, args ...string) *session.Program {
	s.Helper()
	return s.start(name, session.Spec{Args: args})
}

func (s *scene) start(name string, spec session.Spec) *session.Program {
	s.Helper()
	var err error
	spec.Path, err = session.Find(name)
	s.check(err)
	spec.Env, spec.Unset = s.env, s.unset
	p, err := s.Start(spec)
	s.check(err)
	s.programs = append(s.programs, p)
	return p
}

func (s *scene) auth(args ...string) *session.Program {
	s.Helper()
	return s.run("egnyte-auth", args...)
}

// ends waits for a program's exit code.
func (s *scene) ends(p *session.Program, code int) {
	s.Helper()
	got, err := p.Wait(s.Context(), soon)
	if err != nil { // where it hangs stands in its output then
		_ = p.Signal(syscall.SIGQUIT)
		_, _ = p.Wait(s.Context(), soon)
	}
	s.check(err)
	if got != code {
		s.Fatalf("exit code %d, not %d: %s%s", got, code, p.Stdout(), p.Stderr())
	}
}

// fails waits for a program to end with any exit code but 0, in words.
func (s *scene) fails(p *session.Program, words ...string) {
	s.Helper()
	code, err := p.Wait(s.Context(), 4*soon)
	s.check(err)
	if code == 0 {
		s.Error("it says that all is well")
	}
	s.says(p, words...)
}

var linkPattern = regexp.MustCompile(`https?://\S+/(?:services/oauth/code|puboauth/authorize)\?\S+`)

// link waits for the link that a sign-in in the terminal prints.
func (s *scene) link(p *session.Program) string {
	s.Helper()
	var link string
	s.check(session.Eventually(s.Context(), soon, func() error {
		if link = linkPattern.FindString(p.Stderr()); link == "" {
			return errors.New("no link yet: " + p.Stderr())
		}
		return nil
	}))
	return link
}

// asPerson signs in and decides in the browser.
func (s *scene) asPerson(person practice.Person, typed string, decision practice.Decision) *session.Page {
	s.Helper()
	page := s.decides(person, typed, decision)
	s.check(page.WaitText(s.Context(), map[practice.Decision]string{
		practice.Allow: "You can close this tab", practice.Deny: "You chose not to allow access",
	}[decision]))
	if address, err := page.URL(); err == nil { // the code stands in it
		s.secret(codeOf(address))
	}
	return page
}

// decides is asPerson up to the button; where the browser goes from there is
// left open.
func (s *scene) decides(person practice.Person, typed string, decision practice.Decision) *session.Page {
	s.Helper()
	page, err := s.Browser.NextPage(s.Context(), soon, s.egnyte.URL()[len("http://egnyte"):])
	s.check(err)
	s.Cleanup(page.Close)
	if typed != "" {
		s.check(page.Fill("#domain", typed))
		s.check(page.Click("#continue"))
	}
	s.check(page.Fill("#username", person.Username))
	s.check(page.Fill("#password", person.Password))
	s.check(page.Click("#signin"))
	s.check(page.Click("#" + string(decision)))
	return page
}

// follow takes a link to its end without a browser.
func (s *scene) follow(link string, person practice.Person, decision practice.Decision) {
	s.Helper()
	back, err := s.egnyte.Decide(s.Context(), link, person, decision, "")
	s.check(err)
	s.secret(codeOf(back.URL))
	s.check(s.egnyte.Follow(s.Context(), back))
}

// signedIn is an account made by the terminal program, without a browser.
func (s *scene) signedIn(username string) entry {
	s.Helper()
	p := s.auth("signin", "--no-browser", "--json")
	s.follow(s.link(p), s.person(username), practice.Allow)
	s.ends(p, 0)
	s.noteTokens()
	return decode[entry](s, p.Stdout())
}

// entry is the JSON of an account.
type entry struct {
	Account, Domain, Username, Name, State string
	Expires                                *time.Time
	Scopes                                 []string
	Default                                bool
}

func decode[T any](s *scene, text string) T {
	s.Helper()
	var value T
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&value); err != nil {
		s.Fatalf("%v in %s", err, text)
	}
	return value
}

func (s *scene) list() []entry {
	s.Helper()
	p := s.auth("list", "--json")
	s.ends(p, 0)
	return decode[[]entry](s, p.Stdout())
}

// items are the keyring's items of this scene's accounts.
func (s *scene) items() map[string]string {
	s.Helper()
	all, err := s.Secrets("egnyte-accounts")
	s.check(err)
	host := strings.TrimPrefix(s.egnyte.URL(), "http://")
	own := map[string]string{}
	for _, item := range all {
		if strings.HasSuffix(item.User, "."+host) {
			own[item.User] = item.Text
		}
	}
	return own
}

// nothingStored checks that no account came to be.
func (s *scene) nothingStored() {
	s.Helper()
	if items := s.items(); len(items) > 0 {
		s.Errorf("the keyring holds %d items", len(items))
	}
	if accounts := s.list(); len(accounts) > 0 {
		s.Errorf("the list holds %+v", accounts)
	}
}

// keptAs checks that an account is whole: listed, and its keyring item holds
// the very token that Egnyte handed out last.
func (s *scene) keptAs(username string) {
	s.Helper()
	person := s.person(username)
	pairs := s.egnyte.Tokens(person.Domain, username)
	if len(pairs) == 0 {
		s.Fatalf("%s has no token at Egnyte", username)
	}
	s.noteTokens()
	host := strings.TrimPrefix(s.egnyte.DomainURL(person.Domain), "http://")
	item := s.items()[username+"@"+host]
	if last := pairs[len(pairs)-1]; !strings.Contains(item, last.Access) || !strings.Contains(item, last.Refresh) {
		s.Errorf("the keyring's item of %s@%s does not hold the token that was issued", username, host)
	}
	for _, kept := range s.list() {
		if kept.Account == username+"@"+host {
			if kept.State != "ready" || kept.Name != person.Name() || kept.Domain != host {
				s.Errorf("listed as %+v", kept)
			}
			return
		}
	}
	s.Errorf("%s is not listed", username)
}
