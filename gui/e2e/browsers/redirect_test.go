//go:build e2e && linux

package redirect

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/practice"
)

// freshPerson has a home of their own, a Firefox profile, and has agreed to
// the certificate.
func freshPerson(t *testing.T) (l Listener, profile string) {
	t.Helper()
	home, err := os.MkdirTemp("", "redirect-home-") // browsers may write on while they end
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	for _, name := range []string{"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", home)
	profile = filepath.Join(home, ".mozilla/firefox/x1.default")
	if err := os.MkdirAll(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("certutil", "-N", "--empty-password", "-d", "sql:"+profile).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	dir := filepath.Join(home, "cert")
	if _, report, err := localcert.Setup(t.Context(), dir); err != nil || !report.Everywhere() || len(report) != 2 {
		t.Fatalf("%v, %+v", err, report)
	}
	return Listener{Certificate: localcert.Source(dir)}, profile
}

// chromiumPerson is Jane at a real Chromium.
type chromiumPerson struct {
	t      *testing.T
	asked  bool   // Enhanced Auth asks for the domain
	button string // on the consent page
	page   chan string
}

func (p chromiumPerson) Open(_ context.Context, address string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*patience)
	p.t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(filepath.Join(os.Getenv("HOME"), "chromium")), chromedp.Flag("disable-quic", true))
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	p.t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	p.t.Cleanup(cancel)
	actions := chromedp.Tasks{chromedp.Navigate(address)}
	if p.asked {
		actions = append(actions, chromedp.WaitVisible("#domain"), chromedp.SendKeys("#domain", "acme\r"))
	}
	var heading string
	actions = append(actions,
		chromedp.WaitVisible("#username"), chromedp.SendKeys("#username", "jsmith"), chromedp.SendKeys("#password", "jane-at-acme\r"),
		chromedp.WaitVisible(p.button), chromedp.Click(p.button),
		chromedp.WaitVisible("svg.good"), chromedp.Text("h1", &heading))
	err := chromedp.Run(ctx, actions)
	p.page <- heading
	return err
}

func TestSigningInWithChromium(t *testing.T) {
	l, _ := freshPerson(t)
	for _, registered := range []string{"http://127.0.0.1/callback", "http://localhost/callback", "http://127.0.0.1:{port}/callback", "https://localhost:{port}/callback", "https://127.0.0.1:{port}/"} {
		for _, flow := range []oauth.Flow{oauth.FlowEnhanced, oauth.FlowCode, oauth.FlowImplicit} {
			t.Run(string(flow)+" "+registered, func(t *testing.T) {
				uri := strings.Replace(registered, "{port}", freePort(t), 1)
				at := practice.Start(t, func(o *practice.Options) { o.Key.RedirectURI = uri })
				service, err := oauth.ParseService(at.URL())
				if err != nil {
					t.Fatal(err)
				}
				jane := chromiumPerson{t, flow == oauth.FlowEnhanced, "#allow", make(chan string, 1)}
				signIn := oauth.SignIn{
					Service: service, Flow: flow, Timeout: 3 * patience, Browser: jane, Listen: l.Listen,
					Key: oauth.Key{ID: at.Key().ID, Secret: oauth.NewSecret(at.Key().Secret), RedirectURI: uri},
				}
				if flow != oauth.FlowEnhanced {
					if signIn.Domain, err = service.ParseDomain("acme"); err != nil {
						t.Fatal(err)
					}
				}
				grant, err := signIn.Run(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if grant.User.Username != "jsmith" || grant.Domain.Label() != "acme" || grant.Token.Refresh.IsZero() != (flow == oauth.FlowImplicit) {
					t.Errorf("got %+v", grant)
				}
				if heading := <-jane.page; !strings.Contains(heading, "let you in") {
					t.Errorf("the page says %q", heading)
				}
			})
		}
	}
}

// Firefox, which tries 127.0.0.1 first and writes another Origin, goes where
// Egnyte would send it.
func TestFirefoxComesBackToHTTPS(t *testing.T) {
	if _, err := exec.LookPath("firefox-esr"); err != nil {
		t.Skip("firefox-esr is not installed")
	}
	l, profile := freshPerson(t)
	for _, answer := range []string{"?code=right&state=" + testState, "#" + rightFragment} {
		t.Run(answer[:5], func(t *testing.T) {
			r, err := l.Listen(t.Context(), "https://localhost:"+freePort(t)+"/callback", testState)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if answer[0] == '#' {
				r.(oauth.FragmentReceiver).ExpectFragment()
			}
			firefox := exec.Command("firefox-esr", "--headless", "--no-remote", "--profile", profile, r.RedirectURI()+answer)
			if err := firefox.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = firefox.Process.Kill(); _ = firefox.Wait() }()
			ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
			defer cancel()
			callback, err := r.Receive(ctx)
			if err != nil || callback.Code.Reveal() != "right" && callback.Token == nil {
				t.Errorf("got %+v, %v", callback, err)
			}
		})
	}
}

// Without consent the sign-in ends before a browser opens.
func TestWithoutConsentNothingOpens(t *testing.T) {
	freshPerson(t)
	dir := t.TempDir()
	if _, err := localcert.Create(dir); err != nil {
		t.Fatal(err)
	}
	r, err := Listener{Certificate: localcert.Source(dir)}.Listen(t.Context(), "https://localhost:"+freePort(t)+"/", testState)
	if err == nil {
		_ = r.Close()
		t.Error("it is served though no browser trusts it")
	}
}
