//go:build e2e && linux

package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// squat tries to listen at an address with every option that allows two listeners.
func squat(network, address string) (net.Listener, error) {
	config := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		var failure error
		err := raw.Control(func(fd uintptr) {
			for _, option := range []int{unix.SO_REUSEADDR, unix.SO_REUSEPORT} {
				if err := unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, option, 1); err != nil {
					failure = err
				}
			}
		})
		if err != nil {
			return err
		}
		return failure
	}}
	return config.Listen(context.Background(), network, address)
}

// Given a sign-in that waits at localhost, when another program tries to listen
// there too, in either family, at one address or at all, then they can't, or get nothing.
func TestAttackPortSquatting(t *testing.T) {
	address := "http://localhost:" + portOf(freeAddress(t)) + "/callback"
	victims(t, func(o *practice.Options) { o.Key.RedirectURI = address }, func(v *victim) {
		port := portOf(originOf(v.callback)[len("http://"):])
		for _, at := range []struct{ network, host string }{{"tcp4", "127.0.0.1"}, {"tcp6", "::1"}, {"tcp4", "0.0.0.0"}, {"tcp6", "::"}, {"tcp", "::"}} {
			listener, err := squat(at.network, net.JoinHostPort(at.host, port))
			if err == nil {
				_ = listener.Close()
			}
			held(t, err != nil, "%s %s: a squatter listens there", at.network, at.host)
		}
		v.signsIn()
	})
	// Who was there first is not passed by, in either family.
	for _, host := range []string{"127.0.0.1", "::1"} {
		listener, err := squat("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = listener.Close() })
		taken := "http://localhost:" + portOf(listener.Addr().String()) + "/callback"
		s := onDesktop(t, withKey(practice.KindCode, taken))
		p := s.auth("signin", "--no-browser", "--redirect-uri", taken)
		s.ends(p, 1)
		held(t, linkPattern.FindString(p.Stderr()) == "", "%s: a link that leads to the squatter was given out", host)
	}
}

func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

// flooding opens connections as fast as it can, says something on each and holds
// a part of them open, until so many were opened or the time is over. A stop
// ends it, too.
func flooding(at string, connections int64, says string, stop <-chan struct{}) (opened *atomic.Int64, ended *sync.WaitGroup) {
	const hands, held = 8, 400 // more than the receiver keeps, and less than descriptors are allowed
	opened, ended = new(atomic.Int64), new(sync.WaitGroup)
	deadline := time.Now().Add(20 * time.Second)
	over := func() bool {
		select {
		case <-stop:
			return true
		default:
			return opened.Load() >= connections || time.Now().After(deadline)
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
				conn, err := net.DialTimeout("tcp", at, time.Second)
				if err != nil {
					continue
				}
				_ = conn.(*net.TCPConn).SetLinger(0) // else the ports run out
				_, _ = io.WriteString(conn, says)
				open[n] = conn
				opened.Add(1)
			}
			<-stop // those that are open stay
			for _, conn := range open {
				if conn != nil {
					_ = conn.Close()
				}
			}
		})
	}
	return opened, ended
}

// Given 10,000 connections that say their request as slowly as can be, or nothing
// at all, when the right request comes among them, then it ends the wait. It may
// be tried 20 times, as a user reloads a page that did not load.
func TestAttackSlowlorisAndTenThousandConnections(t *testing.T) {
	const tries = 20
	victims(t, nil, func(v *victim) {
		connections, says := int64(10_000), "GET /callback?code=x&state="
		if v.inWindow {
			connections, says = 2_000, ""
		}
		where, err := url.Parse(v.callback)
		v.check(err)
		right, err := v.egnyte.Decide(v.Context(), v.link, v.person("jsmith"), practice.Allow, "")
		v.check(err)
		v.secret(codeOf(right.URL))
		stop := make(chan struct{})
		opened, ended := flooding(where.Host, connections, says, stop)
		defer ended.Wait()
		defer close(stop)
		v.check(session.Eventually(v.Context(), 30*time.Second, func() error {
			if n := opened.Load(); n < connections*9/10 {
				return fmt.Errorf("%d connections", n)
			}
			return nil
		}))
		through := 0
		for try := 1; try <= tries && through == 0; try++ {
			if v.egnyte.Follow(v.Context(), right) == nil {
				through = try
			}
		}
		held(t, through > 0, "the right request did not get through in %d tries", tries)
		t.Logf("%d connections, and the right request got through at try %d", opened.Load(), through)
		v.signedInAsJane()
	})
}

// hammer is a web page that tries everything a page can at a port of this machine,
// and shows how many answers it could read.
const hammer = `<!DOCTYPE html><body>hammering<script>
const at = %q, other = %q, guesses = %q.split(" ");
let tried = 0, read = 0;
const note = (could) => { tried++; if (could) read++; };
const timed = (work) => Promise.race([work, new Promise((ok) => setTimeout(ok, 5000))]);
const asked = (address, options) => timed(fetch(address, options).then((r) => r.type === "opaque" ? false : r.text().then(() => true), () => false)).then(note);
const loaded = (tag, set) => timed(new Promise((ok) => {
  const e = document.createElement(tag);
  e.onload = () => { let could = false; try { could = !!(e.contentDocument && e.contentDocument.body.innerText); } catch {} ok(could); };
  e.onerror = () => ok(false);
  set(e); document.body.append(e);
})).then(note);
const socket = (address) => timed(new Promise((ok) => { const s = new WebSocket(address); s.onopen = () => ok(true); s.onerror = () => ok(false); })).then(note);
(async () => {
  for (const state of guesses) {
    const q = "?code=evil&egnyte_domain=acme&state=" + state;
    await Promise.all([
      asked(at + q, {mode: "no-cors"}), asked(at + q, {mode: "cors"}), asked(at + q, {method: "POST", mode: "no-cors", body: "code=evil"}),
      asked(at + q, {method: "PUT", headers: {"x-a": "b"}}), asked(other + q, {mode: "cors"}),
      loaded("img", (e) => { e.src = at + q; }), loaded("script", (e) => { e.src = at + q; }), loaded("iframe", (e) => { e.src = at + q; }),
      socket(at.replace("http", "ws") + q), timed(Promise.resolve(navigator.sendBeacon(at + q, "code=evil") && false)).then(note),
    ]);
    document.body.textContent = "hammering: tried " + tried;
  }
  document.body.textContent = "done: tried " + tried + " read " + read;
})();
</script>`

// Given a page in the very browser, that knows the port, then whatever it sends
// there it reads nothing, and the sign-in goes on waiting.
func TestAttackPageInChromium(t *testing.T) {
	victims(t, nil, func(v *victim) {
		const rounds = 8
		var guesses []string
		for n := range rounds {
			guesses = append(guesses, v.state[:n*len(v.state)/rounds]+"A")
		}
		rebound := strings.Replace(v.callback, "127.0.0.1", "rebound.localhost", 1)
		evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = fmt.Fprintf(w, hammer, v.callback, rebound, strings.Join(guesses, " "))
		}))
		v.Cleanup(evil.Close)
		v.check(v.Browser.Open(evil.URL))
		page, err := v.Browser.NextPage(v.Context(), soon, evil.URL[len("http://"):])
		v.check(err)
		v.Cleanup(page.Close)
		var text string
		v.check(session.Eventually(v.Context(), 2*soon, func() error {
			if text, err = page.Text(); err == nil && !strings.HasPrefix(text, "done") {
				err = errors.New(text)
			}
			return err
		}))
		var tried, read int
		if _, err := fmt.Sscanf(text, "done: tried %d read %d", &tried, &read); err != nil || tried != 10*rounds {
			t.Errorf("the page says %q", text)
		}
		if read > 0 {
			t.Errorf("the page read %d answers", read)
		}
		held(t, v.stillWaits(), "the sign-in does not wait any more")
		v.signsIn()
	})
}
