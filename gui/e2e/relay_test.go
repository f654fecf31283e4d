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
	root, err := session.ModuleRoot()
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
	// What the page must not do, done by a page beside it.
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
	s := newScene(t, desktop)
	t.Run("what is no answer goes nowhere", func(t *testing.T) { noAnswerGoesOn(t, s) })
	t.Run("a public page may not fetch", func(t *testing.T) { fetches(t, s, "was stopped") })
}

// The control: without the public address, the same fetch is let through.
func TestPageOfThisMachineMayFetch(t *testing.T) {
	_, desktop := organisationsDesktop(t, false)
	fetches(t, newScene(t, desktop), "went through")
}

// visited is a server of this machine that the page must not lead to by itself.
func visited(t *testing.T) (port string, count func() int) {
	t.Helper()
	var mu sync.Mutex
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		n++
	}))
	t.Cleanup(server.Close)
	_, port, _ = strings.Cut(server.Listener.Addr().String(), ":")
	return port, func() int { mu.Lock(); defer mu.Unlock(); return n }
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
	port, count := visited(t)
	page := s.opens("https://signin.acme.example/fetch?to=http://127.0.0.1:"+port+"/", "/fetch")
	s.check(page.WaitText(s.Context(), how))
	if came := count() > 0; came != (how == "went through") {
		t.Errorf("the request came: %v", came)
	}
}

func noAnswerGoesOn(t *testing.T, s *scene) {
	const good = "ABCDEFGHIJKLMNOPQRST"
	port, count := visited(t)
	for i, query := range []string{
		"", "code=x", "state=" + good + "." + port, "code=x&state=" + good, "code=x&state=short." + port,
		"code=x&state=" + good + ".80", "code=x&state=" + good + ".65536", "code=x&state=" + good + ".0" + port,
		"code=x&state=" + good + "." + port + "&state=" + good + "." + port, "code=&state=" + good + "." + port,
		"code=x&state=" + good + "." + port + "%40evil.example", "code=x&state=" + good + "." + port + "%2F..%2Fadmin",
	} {
		mark := fmt.Sprintf("n=%d", i)
		page := s.opens(hosted+"?"+mark+"&"+query, "signin.acme.example/egnyte/back")
		if err := page.WaitText(s.Context(), "not part of a sign-in"); err != nil {
			t.Errorf("%s: %v", query, err)
		}
		if at, err := page.Address(); err != nil || strings.Contains(at, "code=") || !strings.HasPrefix(at, hosted) {
			t.Errorf("%s ends at %s, %v", query, at, err)
		}
		page.Close()
	}
	framed := s.opens("https://signin.acme.example/frame?code=x&state="+good+"."+port, "/frame")
	s.check(framed.WaitText(s.Context(), "the frame is there"))
	if n := count(); n != 0 {
		t.Errorf("%d requests went on", n)
	}
	// The control: as a page of its own the same answer goes on.
	s.check(s.Browser.Open(hosted + "?code=x&state=" + good + "." + port))
	s.check(session.Eventually(s.Context(), soon, func() error {
		if count() == 0 {
			return errors.New("nothing went on")
		}
		return nil
	}))
}
