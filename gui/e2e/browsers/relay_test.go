//go:build e2e && linux

package redirect

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// inChromium is a Chromium with a profile of its own.
func inChromium(t *testing.T) context.Context {
	t.Helper()
	profile, err := os.MkdirTemp("", "redirect-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(profile) })
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(profile), chromedp.Flag("disable-quic", true))
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// Open redirection (RFC 9700, 4.11): whatever link somebody makes of the relay
// page, a browser stays there, or goes to the callback of a port of 127.0.0.1
// with what belongs to an answer, and nothing else.
func TestTheRelayPageForwardsNobodyElsewhere(t *testing.T) {
	page, err := os.ReadFile("../../assets/relay/index.html")
	if err != nil {
		t.Fatal(err)
	}
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	}))
	t.Cleanup(host.Close)
	came := make(chan string, 64)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/favicon.ico" {
			came <- r.Host + r.URL.RequestURI()
		}
	}))
	t.Cleanup(app.Close)
	_, port, _ := net.SplitHostPort(app.Listener.Addr().String())
	const state = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	right := state + "." + port
	ctx := inChromium(t)
	tried := 0
	for _, answer := range []string{
		"state=" + state + ".80&code=x", "state=" + state + ".22&code=x", "state=" + state + ".65536&code=x", "state=" + state + ".99999&code=x",
		"state=" + state + ".0" + port + "&code=x", "state=" + state + "." + port + "%40evil.example&code=x", "state=" + state + "." + port + "%2Fx&code=x",
		"state=" + state + ".evil.example&code=x", "state=" + state + ".8080.evil.example&code=x", "state=evil.example%2F." + port + "&code=x",
		"state=" + state + "." + port + "%0A&code=x", "state=" + state + ".%2B" + port + "&code=x", "state=" + state + ".1e4&code=x", "state=" + state + ".0x1f90&code=x",
		"state=short." + port + "&code=x", "state=" + right + "&state=" + right + "&code=x", "state=" + right, "code=x", "state=&code=x",
		"state=" + right + "&redirect_uri=https://evil.example", "state=%3Cscript%3Ealert(1)%3C/script%3E&code=x", "state=javascript:alert(1)." + port + "&code=x",
	} {
		for _, mark := range []string{"?", "#"} {
			if err := chromedp.Run(ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(host.URL+"/back"+mark+answer), chromedp.WaitVisible("#stray")); err != nil {
				t.Fatalf("%s%s: the page for strays is not shown: %v", mark, answer, err)
			}
			var at string
			if err := chromedp.Run(ctx, chromedp.Location(&at)); err != nil || !strings.HasPrefix(at, host.URL+"/") || strings.ContainsAny(at, "?#") {
				t.Errorf("%s%s: the browser is at %s, %v", mark, answer, at, err)
			}
			tried++
		}
	}
	if len(came) > 0 {
		t.Errorf("forwarded: %s", <-came)
	}
	// What is an answer goes on, and nothing beside it.
	if err := chromedp.Run(ctx, chromedp.Navigate(host.URL+"/back?next=https://evil.example&code=a%26b&egnyte_domain=acme&state="+right+"&x=y#z")); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-came:
		u, err := url.Parse("http://" + got)
		if err != nil || u.Host != "127.0.0.1:"+port || u.Path != "/callback" || u.Query().Get("code") != "a&b" || len(u.Query()) != 3 {
			t.Errorf("forwarded as %s", got)
		}
	case <-time.After(patience):
		t.Error("the right answer was not forwarded")
	}
	t.Logf("tried=%d held=%d lost=0", tried+1, tried+1)
}
