//go:build e2e && linux

package e2e

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// site is an organisation's, with assets/relay/index.html at the address that
// is registered with its key. Chromium takes it for one on the public internet.
type site struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func organisation(t *testing.T) *site {
	t.Helper()
	root, err := session.ProjectRoot()
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "assets", "relay", "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	where, err := url.Parse(hosted)
	if err != nil {
		t.Fatal(err)
	}
	o := &site{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+where.Path, func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		o.asked = append(o.asked, r.URL.RequestURI())
		o.mu.Unlock()
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	})
	// Another page of the site does what ours must not do.
	mux.HandleFunc("GET /fetch", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!DOCTYPE html><body>trying<script>fetch(%q, {mode: "no-cors"}).then(() => "went through", () => "was stopped").then((how) => { document.body.textContent = how; });</script>`, r.FormValue("to"))
	})
	mux.HandleFunc("GET /frame", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!DOCTYPE html><body><iframe src="%s?%s" onload="document.body.append('the frame is there')"></iframe>`, where.Path, strings.ReplaceAll(r.URL.RawQuery, "&", "&amp;"))
	})
	o.Server = httptest.NewTLSServer(mux)
	t.Cleanup(o.Close)
	return o
}

// flags have Chromium find the site, trust it, and, if public, count its address
// as one of the public internet (Local Network Access).
func (o *site) flags(public bool) []string {
	address := o.Listener.Addr().String()
	key := sha256.Sum256(o.Certificate().RawSubjectPublicKeyInfo)
	flags := []string{
		"--host-resolver-rules=MAP signin.acme.example " + address,
		"--ignore-certificate-errors-spki-list=" + base64.StdEncoding.EncodeToString(key[:]),
	}
	if public {
		flags = append(flags, "--ip-address-space-overrides="+address+"=public")
	}
	return flags
}

func (o *site) saw() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.asked, "\n")
}

func organisationsDesktop(t *testing.T, public bool) (*site, *session.Session) {
	t.Helper()
	o := organisation(t)
	desktop, err := session.Start(context.Background(), session.Options{BrowserFlags: o.flags(public)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := desktop.Close(); err != nil {
			t.Error(err)
		}
	})
	return o, desktop
}

func TestEveryFlowThroughAHostedPage(t *testing.T) {
	o, desktop := organisationsDesktop(t, true)
	for _, flow := range browserFlows {
		t.Run(flow, func(t *testing.T) {
			s := newScene(t, desktop, withKey(practice.KindCode, hosted))
			s.set(map[string]any{"relay": true})
			p, _, typed := s.byTerminal(flow, hosted)
			s.asPerson(s.person("jsmith"), typed, practice.Allow)
			s.signedInBy(p, flow)
		})
	}
	if saw := o.saw(); strings.Count(saw, "code=") != 2 || strings.Contains(saw, "access_token") {
		t.Errorf("the hosting server saw %d requests with a code, and a token: %v", strings.Count(saw, "code="), strings.Contains(saw, "access_token"))
	}
}

// The control of the next test: without the public address, the same fetch is let through.
func TestPageOfThisMachineMayFetch(t *testing.T) {
	_, desktop := organisationsDesktop(t, false)
	fetches(t, newScene(t, desktop), "went through")
}

// visited is a server of this machine that no page may lead to by itself. It
// records what was requested.
func visited(t *testing.T) (port string, requests func() []string) {
	t.Helper()
	var mu sync.Mutex
	var all []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.URL.Path != "/favicon.ico" {
			all = append(all, r.Host+r.URL.RequestURI())
		}
	}))
	t.Cleanup(server.Close)
	_, port, _ = strings.Cut(server.Listener.Addr().String(), ":")
	return port, func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(all) }
}

func (s *scene) opens(link, part string) *session.Page {
	s.Helper()
	s.check(s.Browser.Open(link))
	page, err := s.Browser.NextPage(s.Context(), soon, part)
	s.check(err)
	s.Cleanup(page.Close)
	return page
}

func fetches(t *testing.T, s *scene, how string) {
	port, requests := visited(t)
	page := s.opens("https://signin.acme.example/fetch?to=http://127.0.0.1:"+port+"/", "/fetch")
	s.check(page.WaitText(s.Context(), how))
	if came := len(requests()) > 0; came != (how == "went through") {
		t.Errorf("the request came: %v", came)
	}
}

// Open redirection (RFC 9700, 4.11): given any link to the relay page, then the
// browser stays there, or goes to the callback of a port of 127.0.0.1 with the
// parameters of an answer and nothing else.
func TestTheRelayPageForwardsNobodyElsewhere(t *testing.T) {
	_, desktop := organisationsDesktop(t, true)
	s := newScene(t, desktop)
	fetches(t, s, "was stopped")
	port, requests := visited(t)
	const state = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	right := state + "." + port
	page := s.opens(hosted, "signin.acme.example/egnyte/back")
	for _, answer := range []string{
		"", "code=x", "state=&code=x", "code=&state=" + right, "code=x&state=" + state, "state=" + right, "state=" + right + "&state=" + right + "&code=x",
		"state=" + state + ".80&code=x", "state=" + state + ".22&code=x", "state=" + state + ".65536&code=x", "state=" + state + ".99999&code=x",
		"state=" + state + ".0" + port + "&code=x", "state=" + right + "%40evil.example&code=x", "state=" + right + "%2F..%2Fadmin&code=x",
		"state=" + state + ".evil.example&code=x", "state=" + state + ".8080.evil.example&code=x", "state=evil.example%2F." + port + "&code=x",
		"state=" + right + "%0A&code=x", "state=" + state + ".%2B" + port + "&code=x", "state=" + state + ".1e4&code=x", "state=" + state + ".0x1f90&code=x",
		"state=short." + port + "&code=x", "state=javascript:alert(1)." + port + "&code=x", "state=%3Cscript%3Ealert(1)%3C/script%3E&code=x",
		"state=" + right + "&redirect_uri=https://evil.example",
	} {
		for _, mark := range []string{"?", "#"} {
			s.check(page.Visit(hosted + mark + answer))
			if err := page.WaitFor("#stray"); err != nil {
				t.Errorf("%s%s: %v", mark, answer, err)
			}
			if at, err := page.Address(); err != nil || at != hosted {
				t.Errorf("%s%s ends at %s, %v", mark, answer, at, err)
			}
		}
	}
	s.check(page.Visit("https://signin.acme.example/frame?code=x&state=" + right))
	s.check(page.WaitText(s.Context(), "the frame is there"))
	if came := requests(); len(came) > 0 {
		t.Errorf("forwarded: %s", came)
	}
	// The control: as a page of its own the same answer goes on, without what is no part of one.
	s.check(page.Visit(hosted + "?next=https://evil.example&code=a%26b&egnyte_domain=acme&state=" + right + "&x=y#z"))
	s.check(session.Eventually(s.Context(), soon, func() error {
		if len(requests()) == 0 {
			return errors.New("the right answer was not forwarded")
		}
		return nil
	}))
	u, err := url.Parse("http://" + requests()[0])
	if err != nil || u.Host != "127.0.0.1:"+port || u.Path != "/callback" || u.Query().Get("code") != "a&b" || len(u.Query()) != 3 {
		t.Errorf("forwarded as %s", u)
	}
}
