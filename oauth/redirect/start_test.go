package redirect

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/assets"
	"egnyte-accounts/oauth"
)

const authorize = "https://acme.egnyte.com/puboauth/authorize?client_id=key&state=" + testState

// peers are what the system says of each program that connects.
func peers(mine bool, err error) Peer {
	return func(_, _ netip.AddrPort) (bool, error) { return mine, err }
}

func listenWith(t *testing.T, l Listener, uri string) oauth.Receiver {
	t.Helper()
	r, err := l.Listen(t.Context(), uri, testState)
	if err != nil {
		t.Fatalf("listening at %s: %v", uri, err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// visit sends a request to an address, whatever the receiver's own is.
func visit(t *testing.T, method, address string) (*http.Response, string) {
	t.Helper()
	return visitWith(t, method, address, "")
}

func visitWith(t *testing.T, method, address, body string, header ...string) (*http.Response, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(t.Context(), "tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return exchange(t, conn, plainRequest(method, u.RequestURI(), u.Host, header...)+body)
}

func isStray(reply *http.Response, body string) bool {
	return reply.StatusCode >= 400 && body == assets.English.Stray.HTML() && reply.Header.Get("Location") == ""
}

// Given a redirect address of any kind that comes back to this machine, when the
// browser opens the start address, then it is led to Egnyte, as often as it
// asks, and nothing of the authorize URL is in what is opened.
func TestTheStartAddressLeadsToEgnyte(t *testing.T) {
	t.Parallel()
	uris := []string{
		"http://127.0.0.1/callback", "http://localhost/callback", "http://127.0.0.1", "http://127.0.0.1/start/",
		"http://127.0.0.1/start/callback", "https://localhost:0/callback", "https://page.example/signin",
	}
	if hasIPv6() {
		uris = append(uris, "http://[::1]/callback")
	}
	for _, uri := range uris {
		t.Run(uri, func(t *testing.T) {
			t.Parallel()
			l, _ := certified(t)
			l.Relay = true
			r := listenWith(t, l, strings.Replace(uri, ":0/", ":"+freePort(t)+"/", 1))
			start := r.Start(authorize)
			if !strings.HasPrefix(start, "http://127.0.0.1:") && !strings.HasPrefix(start, "http://[::1]:") || strings.Contains(start, testState) {
				t.Errorf("the browser opens %s", start)
			}
			for range 2 {
				reply, _ := visit(t, "GET", start)
				if reply.StatusCode != http.StatusFound || reply.Header.Get("Location") != authorize {
					t.Errorf("answered %d, to %q", reply.StatusCode, reply.Header.Get("Location"))
				}
				if h := reply.Header; h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" {
					t.Errorf("the headers are %v", h)
				}
			}
			stillWaits(t, r)
		})
	}
}

// Given a sign-in whose address the user pastes, then no port waits here, and
// the browser opens the real link.
func TestWhereTheUserPastesTheBrowserOpensTheRealLink(t *testing.T) {
	t.Parallel()
	r := listenWith(t, Listener{Paste: true}, "https://page.example/signin")
	if got := r.Start(authorize); got != authorize {
		t.Errorf("the browser opens %s", got)
	}
}

func TestAStrayAtTheStartAddressLearnsNothing(t *testing.T) {
	t.Parallel()
	r := listenAt(t, "http://127.0.0.1/callback")
	early := r.(*receiver).start.uri
	if reply, body := visit(t, "GET", early); !isStray(reply, body) {
		t.Errorf("before the link is known: %d", reply.StatusCode)
	}
	start := r.Start(authorize)
	root := strings.TrimSuffix(start, start[strings.LastIndex(start, "/"):])
	for name, c := range map[string]struct{ method, address string }{
		"no ticket":       {"GET", root},
		"an empty ticket": {"GET", root + "/"},
		"half a ticket":   {"GET", start[:len(start)-13]},
		"another ticket":  {"GET", root + "/" + strings.Repeat("A", 26)},
		"more":            {"GET", start + "/"},
		"lower case":      {"GET", strings.ToLower(start)},
		"a form":          {"POST", start},
	} {
		if reply, body := visit(t, c.method, c.address); !isStray(reply, body) {
			t.Errorf("%s: answered %d, to %q", name, reply.StatusCode, reply.Header.Get("Location"))
		}
	}
	reply, body := exchange(t, dialReceiver(t, r), plainRequest("GET", strings.TrimPrefix(start, "http://"+hostOf(t, r)), "evil.example"))
	if !isStray(reply, body) {
		t.Errorf("by another name: answered %d", reply.StatusCode)
	}
	endsWell(t, r)
}

// Given an https redirect address, then the plain port leads to Egnyte and takes
// no callback, even one that names the other port's host.
func TestThePlainPortOfAnHTTPSAddressTakesNoCallback(t *testing.T) {
	t.Parallel()
	l, _ := certified(t)
	r := listenWith(t, l, "https://localhost:"+freePort(t)+"/callback")
	start, err := url.Parse(r.Start(authorize))
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{start.Host, hostOf(t, r)} {
		conn, err := net.DialTimeout("tcp", start.Host, patience)
		if err != nil {
			t.Fatal(err)
		}
		reply, body := exchange(t, conn, plainRequest("GET", "/callback?code=x&state="+testState, host))
		_ = conn.Close()
		if !isStray(reply, body) {
			t.Errorf("as %s: answered %d", host, reply.StatusCode)
		}
	}
	stillWaits(t, r)
	_ = r.Close()
	if conn, err := net.DialTimeout("tcp", start.Host, patience); err == nil {
		_ = conn.Close()
		t.Error("the plain port is open after Close")
	}
}

// Given a program of another user, then it gets the page for strays from the
// start address, the callback, the fragment's and the relay's; nothing ends and
// the ticket stays good.
func TestAnotherUsersProgramChangesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		uri      string
		fragment bool
	}{
		"code": {"http://127.0.0.1/callback", false}, "relay": {"https://page.example/signin", false},
		"implicit": {"http://127.0.0.1/callback", true}, "implicit, relay": {"https://page.example/signin", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mine := false
			r := listenWith(t, Listener{Relay: true, Peer: func(_, _ netip.AddrPort) (bool, error) { return mine, nil }}, c.uri)
			state, start := testState, r.Start(authorize)
			state = r.State()
			origin := start[:strings.Index(start, startPath)]
			call := func() (*http.Response, string) {
				return visit(t, "GET", origin+"/callback?code=right&state="+state)
			}
			if c.fragment {
				r.ExpectFragment()
				call = func() (*http.Response, string) {
					body := "access_token=right&token_type=bearer&state=" + state
					return visitWith(t, "POST", origin+"/callback", body, "Origin: "+origin, fmt.Sprint("Content-Length: ", len(body)))
				}
			}
			if reply, body := visit(t, "GET", start); !isStray(reply, body) {
				t.Errorf("the start address answered %d, to %q", reply.StatusCode, reply.Header.Get("Location"))
			}
			if reply, body := call(); !isStray(reply, body) {
				t.Errorf("the callback answered %d", reply.StatusCode)
			}
			stillWaits(t, r)
			mine = true
			if reply, _ := visit(t, "GET", start); reply.Header.Get("Location") != authorize {
				t.Errorf("the user's browser was answered %d", reply.StatusCode)
			}
			if reply, body := call(); reply.StatusCode != http.StatusOK || body != assets.CameBack.HTML() {
				t.Errorf("the user's callback was answered %d", reply.StatusCode)
			}
			receive(t, r)
			if r.Contested() {
				t.Error("the sign-in is contested though every program was told apart")
			}
		})
	}
}

// Given a system that does not tell whose program it is, then every program is
// led on, and a second one makes the sign-in contested, also after the callback.
func TestWhereNobodyIsToldApartASecondStartIsContested(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{"never": errors.ErrUnsupported, "not now": context.DeadlineExceeded} {
		r := listenWith(t, Listener{Peer: peers(false, err)}, "http://127.0.0.1/callback")
		start := r.Start(authorize)
		visit(t, "POST", start)
		visit(t, "GET", start+"x")
		if reply, _ := visit(t, "GET", start); reply.Header.Get("Location") != authorize || r.Contested() {
			t.Errorf("%s: the first was answered %d; contested: %v", name, reply.StatusCode, r.Contested())
		}
		endsWell(t, r)
		if reply, _ := visit(t, "GET", start); reply.Header.Get("Location") != authorize || !r.Contested() {
			t.Errorf("%s: the second was answered %d; contested: %v", name, reply.StatusCode, r.Contested())
		}
	}
}
