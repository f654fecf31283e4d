package main

import (
	"bytes"
	"context"
	"io"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/redirect"
)

func TestOverSSHTheExactTunnelIsSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ redirect, connection, user, want string }{
		{"http://127.0.0.1:40123/callback", "203.0.113.7 51000 198.51.100.2 22", "jane", "ssh -L 40123:127.0.0.1:40123 jane@198.51.100.2"},
		{"http://127.0.0.1:40123/callback", "203.0.113.7 51000 198.51.100.2 2222", "jane", "ssh -L 40123:127.0.0.1:40123 -p 2222 jane@198.51.100.2"},
		{"http://localhost:8080/cb", "2001:db8::7 51000 2001:db8::2 22", "jane", "ssh -L 8080:127.0.0.1:8080 jane@2001:db8::2"},
		{"http://[::1]:8080/cb", "203.0.113.7 51000 198.51.100.2 22", "", "ssh -L 8080:[::1]:8080 198.51.100.2"},
		{"http://127.0.0.1:40123/callback", "", "jane", ""},
		{"http://127.0.0.1:40123/callback", "a b $(reboot) 22", "jane", ""},
		{"https://app.example/callback", "203.0.113.7 51000 198.51.100.2 22", "jane", ""},
	} {
		back, err := readWayBack("https://acme.egnyte.com/puboauth/authorize?state=s&redirect_uri=" + url.QueryEscape(c.redirect))
		if err != nil {
			t.Fatal(err)
		}
		if got := back.sshCommand(c.connection, c.user); got != c.want {
			t.Errorf("%s over %q: %q, want %q", c.redirect, c.connection, got, c.want)
		}
	}
}

// screen is a terminal's output that a test can wait on.
type screen struct {
	mu    sync.Mutex
	text  bytes.Buffer
	wrote chan struct{}
}

func newScreen() *screen { return &screen{wrote: make(chan struct{}, 1)} }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.wrote <- struct{}{}:
	default:
	}
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *screen) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Reset()
}

// wait returns all that was written once it holds words.
func (s *screen) wait(t *testing.T, words string) string {
	t.Helper()
	return s.waitTimes(t, words, 1)
}

// waitTimes waits until words were written as many times.
func (s *screen) waitTimes(t *testing.T, words string, times int) string {
	t.Helper()
	limit := time.After(20 * time.Second)
	for {
		if text := s.String(); strings.Count(text, words) >= times {
			return text
		}
		select {
		case <-s.wrote:
		case <-limit:
			t.Fatalf("%q never came; the screen shows:\n%s", words, s)
		}
	}
}

// headless is a sign-in without a browser, whose stdin the test writes.
type headless struct {
	server *practice.Server
	screen *screen
	stdin  *io.PipeWriter
	link   string
	result chan error
	grant  oauth.Grant
}

func startHeadless(t *testing.T, options ...func(*practice.Options)) *headless {
	t.Helper()
	server := practice.Start(t, options...)
	service, err := oauth.ParseService(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	key := server.Key()
	in, stdin := io.Pipe()
	t.Cleanup(func() { _ = stdin.Close() })
	h := &headless{server: server, screen: newScreen(), stdin: stdin, result: make(chan error, 1)}
	ctx, cancel := context.WithCancelCause(t.Context())
	t.Cleanup(func() { cancel(nil) })
	tty := &terminal{in: in, err: h.screen, cancel: cancel, noBrowser: true, getenv: func(name string) string {
		return map[string]string{"SSH_CONNECTION": "203.0.113.7 51000 198.51.100.2 22"}[name]
	}}
	signIn := oauth.SignIn{
		Service: service, Listen: redirect.Listen, Report: tty.Step, Timeout: time.Minute,
		Key: oauth.Key{ID: key.ID, Secret: oauth.NewSecret(key.Secret), RedirectURI: oauth.DefaultRedirectURI},
	}
	go func() {
		grant, err := signIn.Run(ctx)
		h.grant = grant
		h.result <- err
	}()
	text := h.screen.wait(t, "Waiting until")
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "http") {
			h.link = strings.TrimSpace(line)
		}
	}
	return h
}

// decide signs Jane in elsewhere, and returns the address that her browser
// would end at.
func (h *headless) decide(t *testing.T) string {
	t.Helper()
	for _, p := range h.server.People() {
		if p.Username == "jsmith" {
			callback, err := h.server.Decide(t.Context(), h.link, p, practice.Allow, "acme")
			if err != nil {
				t.Fatal(err)
			}
			return callback.URL
		}
	}
	t.Fatal("Jane is not there")
	return ""
}

func (h *headless) paste(t *testing.T, line string) {
	t.Helper()
	if _, err := io.WriteString(h.stdin, line+"\n"); err != nil {
		t.Fatal(err)
	}
}

func TestAPastedAddressEndsTheSignIn(t *testing.T) {
	t.Parallel()
	h := startHeadless(t)
	u, _ := url.Parse(h.link)
	port := func() string { r, _ := url.Parse(u.Query().Get("redirect_uri")); return r.Port() }()
	if text := h.screen.String(); !strings.Contains(text, "ssh -L "+port+":127.0.0.1:"+port+" ") {
		t.Errorf("no tunnel is named:\n%s", text)
	}
	h.paste(t, "  "+h.decide(t)+"  ")
	if err := <-h.result; err != nil || h.grant.User.Username != "jsmith" {
		t.Fatalf("%v as %q; the screen shows:\n%s", err, h.grant.User.Username, h.screen)
	}
}

func TestWhatIsNotTheRedirectIsSaidSoAndTheSignInWaitsOn(t *testing.T) {
	t.Parallel()
	h := startHeadless(t)
	right := h.decide(t)
	u, _ := url.Parse(right)
	changed := func(change func(*url.URL, url.Values)) string {
		other, query := *u, u.Query()
		change(&other, query)
		other.RawQuery = query.Encode()
		return other.String()
	}
	for _, c := range []struct{ pasted, words string }{
		{"no address at all", "no address in what was pasted"},
		{u.Query().Get("code"), "a code alone"},
		{h.link, "another page"},
		{changed(func(u *url.URL, _ url.Values) { u.Host = "198.51.100.9:" + u.Port() }), "another page"},
		{changed(func(u *url.URL, _ url.Values) { u.Scheme = "https" }), "another page"},
		{changed(func(_ *url.URL, q url.Values) { q.Set("state", "forged") }), "another sign-in"},
		{changed(func(_ *url.URL, q url.Values) { q.Add("state", "twice") }), "another sign-in"},
		{changed(func(_ *url.URL, q url.Values) { q.Del("code") }), "no answer from Egnyte"},
	} {
		h.screen.clear()
		h.paste(t, c.pasted)
		if said := h.screen.wait(t, c.words); strings.Contains(said, u.Query().Get("code")) {
			t.Errorf("%q: the screen shows the code", c.pasted)
		}
	}
	h.paste(t, right)
	if err := <-h.result; err != nil {
		t.Fatalf("%v; the screen shows:\n%s", err, h.screen)
	}
}

func TestAClosedStdinIsNoAnswer(t *testing.T) {
	t.Parallel()
	h := startHeadless(t)
	if err := h.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	// The tunnel's way still works.
	for _, p := range h.server.People() {
		if p.Username == "jsmith" {
			if err := h.server.SignInAs(t.Context(), h.link, p, practice.Allow, "acme"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := <-h.result; err != nil {
		t.Fatal(err)
	}
}

func TestThroughAPipeTheDomainIsAskedToo(t *testing.T) {
	t.Parallel()
	h := startHeadless(t, func(o *practice.Options) { o.NameDomain = practice.NameNothing })
	h.paste(t, h.decide(t))
	h.screen.wait(t, "Which Egnyte domain")
	h.paste(t, "not a domain")
	h.screen.wait(t, "can't be an Egnyte domain")
	h.paste(t, "acme")
	if err := <-h.result; err != nil || h.grant.Domain.Label() != "acme" {
		t.Fatalf("%v at %v", err, h.grant.Domain)
	}
}

func TestAPipeThatEndsBeforeTheDomainIsNamedEndsTheSignIn(t *testing.T) {
	t.Parallel()
	h := startHeadless(t, func(o *practice.Options) { o.NameDomain = practice.NameNothing })
	h.paste(t, h.decide(t))
	_ = h.stdin.Close()
	if err := <-h.result; exitCode(err) != exitNeedPerson {
		t.Fatalf("%v, exit code %d", err, exitCode(err))
	}
}
