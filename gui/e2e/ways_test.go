//go:build e2e && linux

package e2e

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// What a key's owner has to do in the window, by keyboard alone, for every kind
// of key and redirect address.

const hosted = "https://signin.acme.example/egnyte/back"

// withKey is a practice service whose key is registered like this.
func withKey(kind, redirectURI string) func(*practice.Options) {
	return func(o *practice.Options) { o.Key.Kind, o.Key.RedirectURI = kind, redirectURI }
}

// set adds to the settings.
func (s *scene) set(fields map[string]any) {
	s.Helper()
	fields["service"] = s.egnyte.URL()
	s.writeSettings(fields)
}

func (s *scene) types(text string) {
	s.Helper()
	s.check(s.Display.Type(s.Context(), text))
}

// picture saves a screenshot to the folder E2E_SCREENSHOTS, if that is set.
func (s *scene) picture(name string) {
	if dir := os.Getenv("E2E_SCREENSHOTS"); dir != "" {
		s.check(s.Display.Screenshot(filepath.Join(dir, name+".png")))
	}
}

// endsAt waits for the browser to end at an address, and returns all of it.
func (s *scene) endsAt(page *session.Page, redirectURI string) string {
	s.Helper()
	var address string
	s.check(session.Eventually(s.Context(), soon, func() error {
		var err error
		if address, err = page.Address(); err == nil && !strings.HasPrefix(address, redirectURI) {
			err = errors.New("the browser is still at " + address)
		}
		return err
	}))
	s.secret(codeOf(address))
	return address
}

// listening is another program's listener on a port.
func listening(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

// freeAddress is a host and free port of this machine.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener := listening(t)
	_ = listener.Close()
	return listener.Addr().String()
}

// localHTTPS is a redirect address at https://localhost.
func localHTTPS(t *testing.T) string {
	return "https://" + strings.Replace(freeAddress(t), "127.0.0.1", "localhost", 1) + "/callback"
}

// pasteView is a window at the view that takes the address, and the address that
// the user's browser ended at.
func pasteView(t *testing.T) (s *scene, app *session.Program, w session.Window, address string) {
	t.Helper()
	s = onDesktop(t, withKey(practice.KindCode, hosted))
	s.set(map[string]any{"redirect_uri": hosted})
	app = s.run("egnyte-accounts", "--window", "signin")
	s.window("Sign in")
	s.press("Return")
	w = s.window("Paste the address")
	page := s.decides(s.person("jsmith"), "acme", practice.Allow)
	s.check(s.Display.Minimize(w)) // the user is in the browser
	return s, app, w, s.endsAt(page, hosted)
}

// Given the address on the clipboard, when the user comes back, then nothing is
// taken until they ask for it, by Ctrl+V or by the button.
func TestTheClipboardIsPastedWhenAskedOnly(t *testing.T) {
	for name, keys := range map[string][]string{"keys": {"ctrl+v", "Return"}, "button": {"Tab", "Return"}} {
		t.Run(name, func(t *testing.T) {
			s, _, w, address := pasteView(t)
			release, err := s.Display.SetClipboard(address)
			s.check(err)
			defer release()
			s.check(s.Display.Activate(t.Context(), w))
			s.window("Paste the address")
			s.picture("paste-clipboard")
			if s.egnyte.Requests("token") != 0 {
				t.Error("the clipboard was taken unasked")
			}
			s.press(keys...)
			s.window("Signed in as Jane Smith")
			s.keptAs("jsmith")
		})
	}
}

// Given a clipboard whose owner hangs, when the user comes back and pastes, then
// the window goes on: the address can be typed, and SIGTERM ends it.
func TestAHungClipboardFreezesNothing(t *testing.T) {
	for _, ending := range []string{"typed", "SIGTERM"} {
		t.Run(ending, func(t *testing.T) {
			s, app, w, address := pasteView(t)
			release, err := s.Display.HangClipboard()
			s.check(err)
			defer release()
			s.check(s.Display.Activate(t.Context(), w))
			s.window("Paste the address")
			s.press("ctrl+v")
			if ending == "SIGTERM" {
				s.check(app.Signal(syscall.SIGTERM))
				s.ends(app, 0)
				return
			}
			s.types(address)
			s.press("Return")
			s.window("Signed in as Jane Smith")
			s.keptAs("jsmith")
		})
	}
}

// Given a display server that hangs, and the window with it, then SIGTERM ends the
// window.
func TestSIGTERMEndsAWindowThatHangs(t *testing.T) {
	s := onDesktopWithout(t, session.Options{})
	app := s.run("egnyte-accounts", "--window", "accounts")
	s.window("No account yet")
	resume, err := s.Suspend("Xvfb")
	s.check(err)
	defer resume()
	s.check(app.Signal(syscall.SIGTERM))
	s.ends(app, 1)
	s.says(app, "the window hangs")
}

func TestHTTPSOnLocalhostAfterConsent(t *testing.T) {
	address := localHTTPS(t)
	s := onDesktop(t, withKey(practice.KindCode, address))
	s.set(map[string]any{"redirect_uri": address})
	opened := len(s.Browser.Opened())
	s.run("egnyte-accounts", "--window", "signin")
	s.window("Sign in")
	s.press("Return")
	s.window("Add a certificate?")
	s.picture("consent")
	if len(s.Browser.Opened()) != opened {
		t.Error("the browser opened before the user agreed")
	}
	s.press("Return")
	s.asPerson(s.person("jsmith"), "acme", practice.Allow)
	s.window("Signed in as Jane Smith")
	s.keptAs("jsmith")

	// the next sign-in asks for nothing
	s.press("Escape")
	s.run("egnyte-accounts", "--window", "signin")
	s.window("Sign in")
	s.press("Return")
	s.window("Finish in your browser")
	s.asPerson(s.person("adoe"), "globex", practice.Allow)
	s.window("Signed in as Ann Doe")
	s.keptAs("adoe")
}

func TestPasswordInTheWindow(t *testing.T) {
	s := onDesktop(t, withKey(practice.KindInternal, ""))
	s.set(map[string]any{"flow": "password"})
	jane := s.person("jsmith")
	s.run("egnyte-accounts", "--window", "signin")
	s.window("Sign in with a password")
	s.types("acme")
	s.press("Tab")
	s.types(jane.Username)
	s.press("Tab")
	s.types("not-her-password")
	s.picture("password")
	s.press("Return")
	s.window("Sign-in did not work")
	s.picture("password-refused")
	s.press("Return") // Try again: domain and user name stay
	s.window("Sign in with a password")
	s.types(jane.Password)
	s.press("Return")
	s.window("Signed in as Jane Smith")
	s.keptAs("jsmith")
	account := s.list()[0].Account

	// signing in again asks for the password alone
	s.press("Escape")
	s.egnyte.RevokeAll("acme", "jsmith")
	s.run("egnyte-accounts", "--window", "signin", "--reconnect", account)
	s.window("Sign in with a password")
	s.types(jane.Password)
	s.press("Return")
	s.window("Signed in as Jane Smith")
	s.keptAs("jsmith")
}

func TestImplicitGrantIsPastedInTheWindow(t *testing.T) {
	s := onDesktop(t, withKey(practice.KindCode, hosted))
	s.set(map[string]any{"flow": "implicit", "redirect_uri": hosted})
	s.run("egnyte-accounts", "--window", "signin")
	s.window("Sign in")
	s.types("acme")
	s.press("Return")
	s.window("Paste the address")
	page := s.decides(s.person("jsmith"), "", practice.Allow)
	s.types(s.endsAt(page, hosted))
	s.press("Return")
	s.window("Signed in as Jane Smith")
	s.keptAs("jsmith")
	if kept := s.list()[0]; kept.Expires == nil {
		t.Errorf("listed as %+v", kept)
	}
}

func TestCompanysOwnNameIsConfirmedInTheWindow(t *testing.T) {
	s := onDesktop(t)
	proxy, authorities := companysSite(s, "files.acme.example", s.egnyte.DomainURL("acme")+"/")
	s.env = append(s.env, "HTTPS_PROXY="+proxy, "SSL_CERT_FILE="+authorities)
	s.run("egnyte-accounts", "--window", "signin")
	s.window("Sign in")
	s.press("Tab")
	s.types("files.acme.example")
	s.press("Return")
	host := strings.TrimPrefix(s.egnyte.DomainURL("acme"), "http://")
	s.window("Sign in at " + host + "?")
	s.picture("custom-ask")
	if s.egnyte.Requests("authorize") != 0 {
		t.Error("the sign-in began before the user agreed")
	}
	s.press("Return")
	s.asPerson(s.person("jsmith"), "", practice.Allow)
	s.window("Signed in as Jane Smith")
	s.keptAs("jsmith")
	if s.egnyte.Requests("enhanced") != 0 {
		t.Error("Enhanced Auth was asked")
	}
}
