package redirect

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"egnyte-accounts/assets"
)

// flood opens connections to the receiver as fast as it can, says something on
// each and holds it open, until stop is closed and so many were opened. A part
// of them is held at a time, for the sake of this process's own descriptors:
// more than the receiver's bound.
func flood(t *testing.T, r *receiver, atLeast int64, says string, stop <-chan struct{}) (opened *atomic.Int64, ended *sync.WaitGroup) {
	t.Helper()
	const hands, held = 8, maxConnections / 4
	host := hostOf(t, r)
	opened, ended = new(atomic.Int64), new(sync.WaitGroup)
	over := func() bool {
		select {
		case <-stop:
			return opened.Load() >= atLeast
		default:
			return false
		}
	}
	for range hands {
		ended.Go(func() {
			var open [held]net.Conn
			for n := 0; !over(); n = (n + 1) % held {
				if open[n] != nil {
					_ = open[n].Close()
					open[n] = nil
				}
				conn, err := net.DialTimeout("tcp", host, patience)
				if err != nil {
					continue
				}
				_ = conn.(*net.TCPConn).SetLinger(0) // else the ports run out
				_, _ = io.WriteString(conn, says)
				open[n] = conn
				opened.Add(1)
			}
			for _, conn := range open {
				if conn != nil {
					_ = conn.Close()
				}
			}
		})
	}
	return opened, ended
}

// Given a flood of silent connections, of whole forged requests, or of 10,000
// that say their request as slowly as can be, when the right request comes in its middle, then it ends the wait.
func TestTheRightRequestGetsThroughTenThousandConnections(t *testing.T) {
	for says, connections := range map[string]int64{
		"":                            1_000,
		"GET /callback?code=x&state=": 10_000,
		"GET /callback?code=x&state=bad HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n": 1_000,
	} {
		t.Run(fmt.Sprintf("%.30q", says), func(t *testing.T) {
			r := listenAt(t, "http://127.0.0.1/callback").(*receiver)
			host := hostOf(t, r)
			stop := make(chan struct{})
			opened, ended := flood(t, r, connections, says, stop)
			for opened.Load() < connections/2 {
				r.mustBeBounded(t)
			}
			// A person reloads a page that did not come.
			heard, tries := make(chan struct{}), 0
			go func() { defer close(heard); r.mustHear(t, "right") }()
			for done := false; !done && tries < 20; tries++ {
				sendRight(host)
				select {
				case <-heard:
					done = true
				default:
				}
			}
			close(stop)
			ended.Wait()
			<-heard
			r.mustBeBounded(t)
			t.Logf("%d connections, the right request came through at try %d", opened.Load(), tries)
		})
	}
}

func (r *receiver) mustBeBounded(t *testing.T) {
	t.Helper()
	r.all.mu.Lock()
	defer r.all.mu.Unlock()
	if len(r.all.open) > maxConnections {
		t.Fatalf("%d connections are open, the bound is %d", len(r.all.open), maxConnections)
	}
}

func (r *receiver) mustHear(t *testing.T, code string) {
	t.Helper()
	if callback := receive(t, r); callback.Code.Reveal() != code {
		t.Errorf("the wait was ended by %+v", callback)
	}
}

// sendRight sends the right request and takes what comes.
func sendRight(host string) {
	conn, err := net.DialTimeout("tcp", host, patience)
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, plainRequest("GET", "/callback?code=right&state="+testState, host))
	_, _ = io.Copy(io.Discard, conn)
}

// Given a page that knows the port and sends whatever a page can, then it
// learns nothing from the answers, and changes nothing.
func TestAPageThatHammersThePortLearnsAndChangesNothing(t *testing.T) {
	t.Parallel()
	r := listenAt(t, "http://127.0.0.1/callback")
	evil := []string{"Origin: https://evil.example", "Referer: https://evil.example/", "Sec-Fetch-Site: cross-site"}
	preflight := append([]string{"Access-Control-Request-Method: POST", "Access-Control-Request-Private-Network: true"}, evil...)
	socket := append([]string{"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="}, evil...)
	form := append([]string{"Content-Type: text/plain", "Content-Length: 0"}, evil...)
	for n := range len(testState) {
		guess := testState[:n] + strings.Repeat("A", len(testState)-n) // nearer with every try
		for _, request := range []struct {
			method, target string
			header         []string
		}{
			{"GET", "/callback?code=forged&state=" + guess, evil},
			{"GET", "/callback?error=access_denied&state=" + guess, evil},
			{"GET", "/callback?code=forged&state=" + guess, socket},
			{"OPTIONS", "/callback?state=" + guess, preflight},
			{"POST", "/callback?code=forged&state=" + guess, form},
			{"GET", "/" + guess, evil},
		} {
			reply, body := browse(t, r, request.method, request.target, request.header...)
			if reply.StatusCode < 400 || body != assets.Stray.HTML() {
				t.Fatalf("%s %s: status %d and not the page of strays", request.method, request.target, reply.StatusCode)
			}
			for name := range reply.Header {
				if strings.HasPrefix(name, "Access-Control-") || name == "Set-Cookie" {
					t.Errorf("%s %s: the answer lets the page read it: %s", request.method, request.target, name)
				}
			}
			if reply.Header.Get("X-Frame-Options") == "" && !strings.Contains(reply.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
				t.Errorf("%s %s: a page may frame the answer", request.method, request.target)
			}
		}
		stillWaits(t, r)
	}
	endsWell(t, r)
}

// The state is one that nobody guesses: hammering ends when the person's time does.
func TestForgedRequestsAreAnsweredAlikeHoweverNearTheyCome(t *testing.T) {
	t.Parallel()
	r := listenAt(t, "http://127.0.0.1/callback")
	far, farBody := browse(t, r, "GET", "/callback?code=x&state=z")
	near, nearBody := browse(t, r, "GET", "/callback?code=x&state="+testState[:len(testState)-1]+"x")
	far.Header.Del("Date")
	near.Header.Del("Date")
	if far.StatusCode != http.StatusBadRequest || near.StatusCode != far.StatusCode || nearBody != farBody || len(near.Header) != len(far.Header) {
		t.Errorf("a near guess is told from a far one: %d %v, %d %v", near.StatusCode, near.Header, far.StatusCode, far.Header)
	}
}
