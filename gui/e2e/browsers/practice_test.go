//go:build e2e

package practice_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"egnyte-accounts/oauth/practice"
)

// arrival is what a browser brought to the redirect address.
type arrival struct{ query, referer string }

// app is a redirect address that keeps what arrives.
func app(t *testing.T) (redirectURI string, arrivals <-chan arrival) {
	t.Helper()
	came := make(chan arrival, 8)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/callback" {
			came <- arrival{r.URL.RawQuery, r.Referer()}
		}
	}))
	t.Cleanup(server.Close)
	return server.URL + "/callback", came
}

func chromium(t *testing.T) context.Context {
	t.Helper()
	profile, err := os.MkdirTemp("", "practice-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	// Chromium's helpers may still write there while it ends.
	t.Cleanup(func() { _ = os.RemoveAll(profile) })
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(profile), chromedp.WindowSize(900, 900), chromedp.Flag("disable-quic", true))
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// picture saves the open page where PRACTICE_PICTURES says.
func picture(name string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		folder := os.Getenv("PRACTICE_PICTURES")
		if folder == "" {
			return nil
		}
		var png []byte
		if err := chromedp.FullScreenshot(&png, 100).Do(ctx); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(folder, name+".png"), png, 0o600)
	})
}

func signInInChromium(t *testing.T, ctx context.Context, address, button string) {
	t.Helper()
	err := chromedp.Run(ctx,
		chromedp.Navigate(address),
		chromedp.WaitVisible("#domain"), picture("domain"),
		chromedp.SendKeys("#domain", "nowhere"), chromedp.Click("#continue"),
		chromedp.WaitVisible("#problem"), picture("domain-again"),
		chromedp.SetValue("#domain", "files.acme.example"), chromedp.Click("#continue"),
		chromedp.WaitVisible("#username"), picture("signin"),
		chromedp.SendKeys("#username", "jsmith"), chromedp.SendKeys("#password", "wrong"), chromedp.Click("#signin"),
		chromedp.WaitVisible("#problem"), picture("signin-again"),
		chromedp.SendKeys("#password", "jane-at-acme\r"),
		chromedp.WaitVisible("#allow"), picture("consent"),
		chromedp.Click(button),
	)
	if err != nil {
		t.Fatal(err)
	}
}

func TestChromiumComesBackWithTheOriginAsReferer(t *testing.T) {
	for _, c := range []struct {
		naming practice.NameDomain
		button string
		want   string
	}{
		{practice.NameReferer, "#allow", "origin"},
		{practice.NameReferer, "#deny", "origin"},
		{practice.NameNothing, "#allow", ""},
	} {
		t.Run(string(c.naming)+c.button, func(t *testing.T) {
			s := practice.Start(t, func(o *practice.Options) { o.NameDomain = c.naming })
			redirectURI, arrivals := app(t)
			signInInChromium(t, chromium(t), authorizeURL(s, "enhanced", redirectURI), c.button)
			came := receive(t, arrivals)
			q, _ := url.ParseQuery(came.query)
			if (q.Get("code") == "") == (c.button == "#allow") || q.Get("state") != "st" || q.Has("egnyte_domain") {
				t.Errorf("arrived with %q", came.query)
			}
			want := c.want
			if want != "" {
				want = s.DomainURL("acme") + "/"
			}
			if came.referer != want {
				t.Errorf("Referer %q, want %q", came.referer, want)
			}
		})
	}
}

func TestChromiumShowsTheAdminPageAndPressesItsButtons(t *testing.T) {
	s := practice.Start(t)
	signInDirectly(t, s)
	ctx := chromium(t)
	var background, text string
	run := func(actions ...chromedp.Action) {
		t.Helper()
		if err := chromedp.Run(ctx, actions...); err != nil {
			t.Fatal(err)
		}
	}
	run(chromedp.Navigate(s.URL()+"/"), picture("admin"),
		chromedp.Evaluate(`getComputedStyle(document.querySelector('.banner')).textAlign`, &background),
		chromedp.SetValue("#fault", "Over QPS"))
	for _, button := range []string{"#setfault", "#password-jsmith", "#throttle"} {
		if _, err := chromedp.RunResponse(ctx, chromedp.Click(button)); err != nil {
			t.Fatal(err)
		}
	}
	run(chromedp.Text("main", &text), picture("admin-after"))
	if background != "center" {
		t.Error("the style sheet was not applied")
	}
	if !strings.Contains(text, "DEVELOPER_OVER_QPS") && !strings.Contains(text, "Developer Over Qps") {
		t.Error("the refusal was not set")
	}
	if strings.Contains(text, "jane-at-acme") || len(s.Tokens("acme", "jsmith")) != 0 {
		t.Error("the password was not changed")
	}
}

func receive(t *testing.T, arrivals <-chan arrival) arrival {
	t.Helper()
	select {
	case came := <-arrivals:
		return came
	case <-time.After(30 * time.Second):
		t.Fatal("the browser did not come back")
		return arrival{}
	}
}
