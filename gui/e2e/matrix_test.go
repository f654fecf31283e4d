//go:build e2e && linux

package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// Every flow by every way back, with the terminal program and Chromium. Ways
// that need a desktop of their own are in relay_test.go.

var browserFlows = []string{"enhanced", "code", "implicit"}

// wayBack is how a key's redirect address is received.
type wayBack struct {
	name     string
	register func(*testing.T) string // the address, as on the portal
	before   func(*scene)            // what the user does once
	pasted   bool
}

var waysBack = []wayBack{
	{name: "http, any port", register: func(*testing.T) string { return "http://127.0.0.1/callback" }},
	{name: "http localhost, any port", register: func(*testing.T) string { return "http://localhost/signed-in?app=1" }},
	{name: "http, its port", register: func(t *testing.T) string { return "http://" + freeAddress(t) + "/callback" }},
	{name: "https on localhost", register: localHTTPS, before: (*scene).trustCertificate},
	{name: "paste", register: func(*testing.T) string { return hosted }, pasted: true},
}

// byTerminal starts a sign-in of the terminal program at an address.
func (s *scene) byTerminal(flow, redirectURI string, more ...string) (p *session.Program, stdin *os.File, typed string) {
	s.Helper()
	args := append([]string{"signin", "--json", "--flow", flow, "--redirect-uri", redirectURI}, more...)
	typed = "acme"
	if flow != "enhanced" {
		args, typed = append(args, "acme"), ""
	}
	in, stdin, err := os.Pipe()
	s.check(err)
	defer in.Close()
	s.Cleanup(func() { _ = stdin.Close() })
	return s.start("egnyte-auth", session.Spec{Args: args, Stdin: in}), stdin, typed
}

// signedInBy checks how a sign-in of Jane's by that flow ended.
func (s *scene) signedInBy(p *session.Program, flow string) {
	s.Helper()
	s.ends(p, 0)
	got := decode[entry](s, p.Stdout())
	if got.Username != "jsmith" || got.State != "ready" || got.Expires == nil {
		s.Errorf("signed in as %+v", got)
	}
	if warned := strings.Contains(p.Stderr(), "Egnyte advises against it"); warned != (flow == "implicit") {
		s.Errorf("warned of the flow: %v", warned)
	}
	if ends := strings.Contains(p.Stderr(), "can't be renewed: sign in again then"); ends != (flow == "implicit") {
		s.Errorf("says when it ends: %v", ends)
	}
	if asked := s.egnyte.Requests("enhanced") > 0; asked != (flow == "enhanced") {
		s.Errorf("Enhanced Auth was asked: %v", asked)
	}
	s.keptAs("jsmith")
}

func (s *scene) trustCertificate() {
	s.Helper()
	p := s.auth("cert", "install", "--yes")
	s.ends(p, 0)
	if !strings.Contains(p.Stdout(), "trusted") {
		s.Errorf("it says %s", p.Stdout())
	}
	s.Cleanup(func() {
		removal := s.auth("cert", "remove")
		if code, err := removal.Wait(context.Background(), soon); err != nil || code != 0 || strings.Contains(removal.Stdout(), "failed") {
			s.Errorf("removing it: exit code %d, %v: %s%s", code, err, removal.Stdout(), removal.Stderr())
		}
	})
}

func TestEveryFlowByEveryWayBack(t *testing.T) {
	for _, way := range waysBack {
		for _, flow := range browserFlows {
			t.Run(flow+" by "+way.name, func(t *testing.T) {
				address := way.register(t)
				s := onDesktop(t, withKey(practice.KindCode, address))
				if way.before != nil {
					way.before(s)
				}
				p, stdin, typed := s.byTerminal(flow, address)
				if way.pasted {
					page := s.decides(s.person("jsmith"), typed, practice.Allow)
					_, err := io.WriteString(stdin, s.endsAt(page, address)+"\n")
					s.check(err)
				} else {
					s.asPerson(s.person("jsmith"), typed, practice.Allow)
				}
				s.signedInBy(p, flow)
			})
		}
	}
}

func TestBeforeConsentNoBrowserMeetsACertificate(t *testing.T) {
	address := localHTTPS(t)
	s := onDesktop(t, withKey(practice.KindCode, address))
	opened := len(s.Browser.Opened())
	p, _, _ := s.byTerminal("code", address)
	s.ends(p, 5)
	s.says(p, "egnyte-auth cert install")
	if len(s.Browser.Opened()) != opened {
		t.Error("a browser was opened")
	}
}

// Firefox has a store of its own in each profile. The user's part at Egnyte is
// done without a browser; Firefox goes where Egnyte sends it.
func TestFirefoxComesBackToHTTPSOnLocalhost(t *testing.T) {
	if _, err := exec.LookPath("firefox-esr"); err != nil {
		t.Skip("firefox-esr is not installed")
	}
	address := localHTTPS(t)
	s := onDesktop(t, withKey(practice.KindCode, address))
	home := filepath.Join(s.Dir, "home")
	profile := filepath.Join(home, ".mozilla", "firefox", "matrix.default")
	s.check(os.MkdirAll(profile, 0o700))
	s.Cleanup(func() { _ = os.RemoveAll(profile) })
	if said, err := exec.Command("certutil", "-N", "--empty-password", "-d", "sql:"+profile).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	s.trustCertificate()
	for _, flow := range browserFlows {
		p, _, typed := s.byTerminal(flow, address, "--no-browser")
		came, err := s.egnyte.Decide(s.Context(), s.link(p), s.person("jsmith"), practice.Allow, typed)
		s.check(err)
		egnyte := httptest.NewServer(http.RedirectHandler(came.URL, http.StatusFound)) // its address holds no token
		s.Cleanup(egnyte.Close)
		firefox, err := s.Start(session.Spec{Path: "firefox-esr", Args: []string{"--headless", "--no-remote", "--profile", profile, egnyte.URL}})
		s.check(err)
		code, err := p.Wait(s.Context(), 6*soon)
		firefox.Stop()
		if err != nil || code != 0 {
			t.Errorf("%s: exit code %d, %v: %s", flow, code, err, p.Stderr())
		}
	}
	s.keptAs("jsmith")
}

// What can't work is explained before a browser opens. Unit tests try every kind of key with every flow.
func TestWhatCannotWorkIsSaidBeforeTheBrowserOpens(t *testing.T) {
	const address = "http://127.0.0.1/callback"
	for _, c := range []struct {
		name, flow string
		key        practice.Key
		env        []string
		words      string
	}{
		{"wrong kind", "code", practice.Key{Kind: practice.KindInternal}, nil, "for internal applications"},
		{"unknown key", "implicit", practice.Key{}, []string{"EGNYTE_CLIENT_ID=unheard-of"}, "does not know this API key"},
		{"wrong address", "code", practice.Key{RedirectURI: "https://elsewhere.example/"}, nil, "does not know http"},
		{"not certified", "password", practice.Key{Kind: practice.KindInternal, Domain: "globex"}, nil, "its own Egnyte domain only"},
	} {
		t.Run(c.name+" "+c.flow, func(t *testing.T) {
			s := onDesktop(t, func(o *practice.Options) { o.Key = c.key })
			s.env = append(s.env, c.env...)
			opened := len(s.Browser.Opened())
			args := []string{"signin", "acme", "--flow", c.flow, "--redirect-uri", address}
			if c.flow == "password" {
				args = append(args, "--username", "jsmith", "--password-stdin")
			}
			p := s.start("egnyte-auth", session.Spec{Args: args, Stdin: strings.NewReader(s.person("jsmith").Password + "\n")})
			s.ends(p, 5)
			s.says(p, strings.ToLower(c.words))
			if now := s.Browser.Opened(); len(now) != opened {
				t.Errorf("a browser was opened: %v", slices.Compact(now[opened:]))
			}
			s.nothingStored()
		})
	}
}

// A fixed port that is taken is named, with what has it.
func TestTakenPortIsNamedWithItsHolder(t *testing.T) {
	stranger := listening(t)
	address := "http://" + strings.Replace(stranger.Addr().String(), "127.0.0.1", "localhost", 1) + "/callback"
	s := onDesktop(t, withKey(practice.KindCode, address))
	_, port, _ := strings.Cut(stranger.Addr().String(), ":")
	p, _, _ := s.byTerminal("code", address)
	s.ends(p, 1)
	s.says(p, fmt.Sprintf("(process %d) uses port %s", os.Getpid(), port), "signin --paste")

	_ = stranger.Close()
	first, _, _ := s.byTerminal("code", address, "--no-browser")
	link := s.link(first)
	second, _, _ := s.byTerminal("code", address, "--no-browser")
	s.ends(second, 1)
	s.says(second, "another sign-in is waiting already, at port "+port)
	s.follow(link, s.person("jsmith"), practice.Allow)
	s.ends(first, 0)
}
