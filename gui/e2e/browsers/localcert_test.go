//go:build e2e && linux

package localcert

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"
)

const patience = time.Minute

// freshHome is a person who has used neither browser yet, but for the folders.
func freshHome(t *testing.T, folders ...string) string {
	t.Helper()
	// Browsers may still write while they end: t.TempDir would complain.
	home, err := os.MkdirTemp("", "localcert-home-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	for _, folder := range folders {
		if err := os.MkdirAll(filepath.Join(home, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("HOME", home)
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("XDG_CACHE_HOME", "")
	return home
}

// site is a server on both families that tells what browsers make of it.
type site struct {
	port    string
	visited chan string // the Host of each request
	refused chan string // why a browser broke a handshake off
}

func serve(t *testing.T, certificate *tls.Certificate) *site {
	t.Helper()
	s := &site{visited: make(chan string, 64), refused: make(chan string, 64)}
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("<!DOCTYPE html><title>arrived</title>"))
			if r.URL.Path == "/visit" {
				s.visited <- r.Host
			}
		}),
		ErrorLog: log.New(writer(func(line []byte) {
			if bytes.Contains(line, []byte("remote error: tls")) {
				s.refused <- string(line)
			}
		}), "", 0),
	}
	t.Cleanup(func() { _ = server.Close() })
	port := "0"
	for _, ip := range []string{"127.0.0.1", "127.0.0.2", "::1"} {
		listener, err := net.Listen("tcp", net.JoinHostPort(ip, port))
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ = net.SplitHostPort(listener.Addr().String())
		go func() {
			_ = server.Serve(tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12}))
		}()
	}
	s.port = port
	return s
}

type writer func([]byte)

func (w writer) Write(line []byte) (int, error) { w(line); return len(line), nil }

func (s *site) url(host string) string { return "https://" + net.JoinHostPort(host, s.port) + "/visit" }

// chromium visits an address as this person, with example.com on this machine.
// It returns how secure Chromium calls the page, or its error.
func chromium(t *testing.T, address string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	profile := filepath.Join(os.Getenv("HOME"), "chromium-"+rand.Text())
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(profile), chromedp.Flag("disable-quic", true),
		chromedp.Flag("host-resolver-rules", "MAP example.com 127.0.0.1"))
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	secure := make(chan security.State, 16)
	chromedp.ListenTarget(ctx, func(event any) {
		if changed, ok := event.(*security.EventVisibleSecurityStateChanged); ok {
			select {
			case secure <- changed.VisibleSecurityState.SecurityState:
			default:
			}
		}
	})
	if err := chromedp.Run(ctx, security.Enable(), chromedp.Navigate(address)); err != nil {
		return err.Error()
	}
	for {
		select {
		case state := <-secure:
			if state == security.StateSecure {
				return string(state)
			}
		case <-ctx.Done():
			return "not called secure"
		}
	}
}

// firefox visits an address with the profile and tells whether it arrived.
func firefox(t *testing.T, profile string, s *site, host string) (arrived bool, refusal string) {
	t.Helper()
	output, err := os.Create(filepath.Join(os.Getenv("HOME"), "firefox-"+rand.Text()))
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	command := exec.Command("firefox-esr", "--headless", "--no-remote", "--profile", profile, s.url(host))
	command.Stdout, command.Stderr = output, output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = command.Process.Kill(); _ = command.Wait() }()
	select {
	case <-s.visited:
		return true, ""
	case refusal = <-s.refused:
		return false, refusal
	case <-time.After(patience):
		t.Fatal("Firefox neither came nor refused")
		return false, ""
	}
}

func needsFirefox(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("firefox-esr"); err != nil {
		t.Skip("firefox-esr is not installed")
	}
}

func firefoxProfile(t *testing.T, home, path string) string {
	t.Helper()
	profile := filepath.Join(home, path)
	if err := os.MkdirAll(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	quiet := `user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("app.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("termsofuse.bypassNotification", true);
user_pref("network.dns.localDomains", "example.com");
`
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(quiet), 0o600); err != nil {
		t.Fatal(err)
	}
	// A database makes it a profile, as Firefox itself does at its first start.
	command := exec.Command("certutil", "-N", "--empty-password", "-d", "sql:"+profile)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return profile
}

var hosts = []string{"localhost", "127.0.0.1", "::1"}

func trusted(t *testing.T, c *Certificate, places int) {
	t.Helper()
	report := c.Trust(t.Context())
	if !report.Everywhere() || len(report) != places {
		t.Fatalf("%v: %+v", report.Err(), report)
	}
}

func TestChromiumWarnsBeforeAndNotAfterConsent(t *testing.T) {
	for _, folders := range [][]string{nil, {".pki/nssdb"}, {".local/share/pki/nssdb"}} {
		t.Run(strings.Join(folders, " "), func(t *testing.T) {
			freshHome(t, folders...)
			dir := t.TempDir()
			c := made(t, dir)
			s := serve(t, c.TLS())
			if got := chromium(t, s.url("localhost")); !strings.Contains(got, "ERR_CERT_AUTHORITY_INVALID") {
				t.Errorf("before consent: %s", got)
			}
			trusted(t, c, 1)
			for _, host := range hosts {
				if got := chromium(t, s.url(host)); got != "secure" {
					t.Errorf("after consent, %s: %s", host, got)
				}
			}
			if report, err := Remove(t.Context(), dir); err != nil || !report.Nowhere() {
				t.Errorf("%v: %+v", err, report)
			}
			if got := chromium(t, s.url("localhost")); !strings.Contains(got, "ERR_CERT_AUTHORITY_INVALID") {
				t.Errorf("after removal: %s", got)
			}
		})
	}
}

func TestFirefoxWarnsBeforeAndNotAfterConsent(t *testing.T) {
	needsFirefox(t)
	for _, root := range []string{".mozilla/firefox", ".config/mozilla/firefox"} {
		t.Run(root, func(t *testing.T) {
			home := freshHome(t)
			profile := firefoxProfile(t, home, filepath.Join(root, "x1.default"))
			dir := t.TempDir()
			c := made(t, dir)
			s := serve(t, c.TLS())
			if arrived, _ := firefox(t, profile, s, "localhost"); arrived {
				t.Error("before consent: no warning")
			}
			trusted(t, c, 2)
			for _, host := range hosts {
				if arrived, refusal := firefox(t, profile, s, host); !arrived {
					t.Errorf("after consent, %s: %s", host, refusal)
				}
			}
			if report, err := Remove(t.Context(), dir); err != nil || !report.Nowhere() {
				t.Errorf("%v: %+v", err, report)
			}
			if arrived, _ := firefox(t, profile, s, "localhost"); arrived {
				t.Error("after removal: no warning")
			}
		})
	}
}

// An authority like ours, trusted like ours, whose key was kept: the worst that
// could happen. A control without constraints shows that the names are what
// the browsers refuse.
func TestBrowsersRefuseAnyOtherNameInOurAuthoritysPlace(t *testing.T) {
	needsFirefox(t)
	home := freshHome(t)
	profile := firefoxProfile(t, home, ".mozilla/firefox/x1.default")
	ours, key, err := newAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	trusted(t, &Certificate{authority: ours}, 2)
	for _, c := range []struct {
		visit string
		names []string
		ips   []net.IP
	}{
		{"example.com", []string{"example.com"}, nil},
		{"localhost", []string{"localhost", "example.com"}, nil},
		{"127.0.0.2", nil, []net.IP{net.IPv4(127, 0, 0, 2)}},
	} {
		template := leafTemplate(ours)
		template.DNSNames, template.IPAddresses = c.names, c.ips
		s := serve(t, pairSignedBy(t, template, ours, key))
		if got := chromium(t, s.url(c.visit)); !strings.Contains(got, "ERR_CERT_INVALID") {
			t.Errorf("Chromium, %s: %s", c.names, got)
		}
		if arrived, _ := firefox(t, profile, s, c.visit); arrived {
			t.Errorf("Firefox took %s %s", c.names, c.ips)
		}
	}
	template := authorityTemplate(time.Now())
	template.PermittedDNSDomains, template.PermittedIPRanges, template.PermittedDNSDomainsCritical = nil, nil, false
	free, err := sign(template, template, key, key)
	if err != nil {
		t.Fatal(err)
	}
	trusted(t, &Certificate{authority: free}, 2)
	leaf := leafTemplate(free)
	leaf.DNSNames = []string{"example.com"}
	s := serve(t, pairSignedBy(t, leaf, free, key))
	if got := chromium(t, s.url("example.com")); got != "secure" {
		t.Errorf("Chromium refuses the control: %s", got)
	}
	if arrived, refusal := firefox(t, profile, s, "example.com"); !arrived {
		t.Errorf("Firefox refuses the control: %s", refusal)
	}
}

func pairSignedBy(t *testing.T, template, authority *x509.Certificate, signer *ecdsa.PrivateKey) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := sign(template, authority, key, signer)
	if err != nil {
		t.Fatal(err)
	}
	return newCertificate(leaf, authority, key).TLS()
}

func TestEveryStoreIsWrittenReadAndCleared(t *testing.T) {
	home := freshHome(t, ".pki/nssdb", ".local/share/pki/nssdb")
	profiles := []string{".mozilla/firefox/a.default", ".mozilla/firefox/b c.two", ".config/mozilla/firefox/d.default"}
	for _, path := range profiles {
		firefoxProfile(t, home, path)
	}
	dir := t.TempDir()
	// Given another's certificate in each store, and an older one of ours
	older := made(t, dir)
	trusted(t, older, 5)
	other := signedBySelf(t)
	for _, s := range stores() {
		if err := s.add(t.Context(), other); err != nil {
			t.Fatal(err)
		}
	}
	// When a new one is set up
	c := made(t, dir)
	if report := c.Check(t.Context()); report.Anywhere() {
		t.Errorf("it is trusted before anybody agreed: %+v", report)
	}
	trusted(t, c, 5)
	// Then each store has it once, and not the older one
	for _, s := range stores() {
		if there := names(t, s); !slices.Equal(there, sorted(c.Name(), other.Subject.CommonName)) {
			t.Errorf("%s holds %q", s.place().Path, there)
		}
	}
	// And after removal only the other's is left
	if report, err := Remove(t.Context(), dir); err != nil || !report.Nowhere() || len(report) != 5 {
		t.Fatalf("%v: %+v", err, report)
	}
	for _, s := range stores() {
		if there := names(t, s); !slices.Equal(there, []string{other.Subject.CommonName}) {
			t.Errorf("%s still holds %q", s.place().Path, there)
		}
	}
}

func sorted(names ...string) []string { slices.Sort(names); return names }

func names(t *testing.T, s store) []string {
	t.Helper()
	there, err := s.list(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, l := range there {
		all = append(all, l.certificate.Subject.CommonName)
	}
	slices.Sort(all)
	return all
}

// A store behind a password, or that is damaged, fails at once and is reported;
// nothing is asked on a terminal, and the other stores are served.
func TestAStoreThatCannotBeWrittenIsReported(t *testing.T) {
	home := freshHome(t, ".pki/nssdb", ".mozilla/firefox/locked.one", ".mozilla/firefox/damaged.two")
	password := filepath.Join(home, "password")
	if err := os.WriteFile(password, []byte("primary-Passw0rd\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(home, ".mozilla/firefox/locked.one")
	if out, err := exec.Command("certutil", "-N", "-f", password, "-d", "sql:"+locked).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.WriteFile(filepath.Join(home, ".mozilla/firefox/damaged.two/cert9.db"), []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	c, report, err := Setup(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Outcome{".pki/nssdb": Trusted, ".mozilla/firefox/locked.one": Failed, ".mozilla/firefox/damaged.two": Failed}
	if len(report) != len(want) {
		t.Errorf("%d places", len(report))
	}
	for _, place := range report {
		path, _ := filepath.Rel(home, place.Path)
		if place.Outcome != want[path] || (place.Err == nil) != (place.Outcome != Failed) {
			t.Errorf("%s: %s, %v", path, place.Outcome, place.Err)
		}
		t.Log(place.Name, place.Outcome, place.Err)
	}
	if _, err := Source(dir)(t.Context()); err != nil {
		t.Errorf("Chromium trusts it, so it serves: %v", err)
	}
	report, err = Remove(t.Context(), dir)
	if err != nil || report.Nowhere() || report.Err() == nil {
		t.Errorf("the damaged store was ignored: %v, %+v", err, report)
	}
	if _, err := os.Stat(filepath.Join(dir, pairFile)); err == nil {
		t.Error("the key is left")
	}
	if left, err := Look(t.Context(), dir); err != nil || !left.MayBeLeft() || left.Err() == nil {
		t.Errorf("the damaged store was forgotten: %v, %+v", err, left)
	}
	_ = c
}

// Given a certificate that Chromium has, when the person makes a Firefox profile,
// then setting it up is asked for again, by the profile's name, and mends it.
func TestALaterFirefoxProfileIsOfferedTheCertificate(t *testing.T) {
	home := freshHome(t, ".pki/nssdb")
	dir := t.TempDir()
	source := Source(dir)
	setUp := func() {
		t.Helper()
		if _, report, err := Setup(t.Context(), dir); err != nil || !report.Everywhere() {
			t.Fatalf("%v: %+v", err, report)
		}
		if _, err := source(t.Context()); err != nil {
			t.Errorf("everybody trusts it: %v", err)
		}
	}
	setUp()
	firefoxProfile(t, home, ".mozilla/firefox/later.default")
	if _, err := source(t.Context()); err == nil || !strings.Contains(err.Error(), "later.default") {
		t.Errorf("got %v", err)
	}
	setUp()
}
