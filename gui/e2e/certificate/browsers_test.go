//go:build e2e && linux

// Package certificate tests what Chromium and Firefox make of the certificate for
// https://localhost (oauth/localcert).
package certificate

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"

	"egnyte-accounts/oauth/localcert"
)

// limit bounds one visit of a browser.
const limit = time.Minute

var hosts = []string{"localhost", "127.0.0.1", "::1"}

// freshHome sets a home folder that holds nothing but the given folders.
func freshHome(t *testing.T, folders ...string) string {
	t.Helper()
	home, err := os.MkdirTemp("", "certificate-home-") // browsers still write while they end: t.TempDir would fail
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
	for _, name := range []string{"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(name, "")
	}
	return home
}

// server serves a page with a certificate on every loopback address, and records
// which visits arrived and which handshakes a browser refused.
type server struct {
	port             string
	arrived, refused chan string
}

func serve(t *testing.T, certificate *tls.Certificate) *server {
	t.Helper()
	s := &server{arrived: make(chan string, 64), refused: make(chan string, 64)}
	httpServer := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("<!DOCTYPE html><title>arrived</title>"))
			if r.URL.Path == "/visit" {
				s.arrived <- r.Host
			}
		}),
		ErrorLog: log.New(writer(func(line []byte) {
			if bytes.Contains(line, []byte("remote error: tls")) {
				s.refused <- string(line)
			}
		}), "", 0),
	}
	t.Cleanup(func() { _ = httpServer.Close() })
	s.port = "0"
	for _, ip := range []string{"127.0.0.1", "127.0.0.2", "::1"} {
		listener, err := net.Listen("tcp", net.JoinHostPort(ip, s.port))
		if err != nil {
			t.Fatal(err)
		}
		_, s.port, _ = net.SplitHostPort(listener.Addr().String())
		go func() {
			_ = httpServer.Serve(tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12}))
		}()
	}
	return s
}

type writer func([]byte)

func (w writer) Write(line []byte) (int, error) { w(line); return len(line), nil }

func (s *server) url(host string) string {
	return "https://" + net.JoinHostPort(host, s.port) + "/visit"
}

// chromium visits an address, with example.com leading to this machine, and
// returns "secure" or Chromium's error.
func chromium(t *testing.T, address string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(filepath.Join(os.Getenv("HOME"), "chromium-"+rand.Text())), chromedp.Flag("disable-quic", true),
		chromedp.Flag("host-resolver-rules", "MAP example.com 127.0.0.1"))
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	secure := make(chan struct{}, 1)
	chromedp.ListenTarget(ctx, func(event any) {
		if changed, ok := event.(*security.EventVisibleSecurityStateChanged); ok && changed.VisibleSecurityState.SecurityState == security.StateSecure {
			select {
			case secure <- struct{}{}:
			default:
			}
		}
	})
	if err := chromedp.Run(ctx, security.Enable(), chromedp.Navigate(address)); err != nil {
		return err.Error()
	}
	select {
	case <-secure:
		return "secure"
	case <-ctx.Done():
		return "not called secure"
	}
}

// firefox visits a host with the profile, and returns "secure" or why Firefox refused.
func firefox(t *testing.T, profile string, s *server, host string) string {
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
	case <-s.arrived:
		return "secure"
	case refusal := <-s.refused:
		return refusal
	case <-time.After(limit):
		t.Fatal("Firefox neither arrived nor refused")
		return ""
	}
}

// firefoxProfile makes a profile; it skips the test where Firefox is missing.
func firefoxProfile(t *testing.T, home, path string) string {
	t.Helper()
	if _, err := exec.LookPath("firefox-esr"); err != nil {
		t.Skip("firefox-esr is not installed")
	}
	profile := filepath.Join(home, path)
	if err := os.MkdirAll(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	const preferences = `user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("app.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("termsofuse.bypassNotification", true);
user_pref("network.dns.localDomains", "example.com");
`
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(preferences), 0o600); err != nil {
		t.Fatal(err)
	}
	certutil(t, profile, nil, "-N", "--empty-password")
	return profile
}

// certutil changes an NSS database, as Firefox has one in each profile.
func certutil(t *testing.T, folder string, input []byte, args ...string) {
	t.Helper()
	command := exec.Command("certutil", append(args, "-d", "sql:"+folder)...)
	command.Stdin = bytes.NewReader(input)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("certutil %s: %v: %s", args, err, out)
	}
}

func TestChromiumWarnsBeforeAndNotAfterConsent(t *testing.T) {
	for _, folders := range [][]string{nil, {".pki/nssdb"}, {".local/share/pki/nssdb"}} {
		t.Run(strings.Join(folders, " "), func(t *testing.T) {
			freshHome(t, folders...)
			warnsUntilTrusted(t, 1, func(s *server, host string) string { return chromium(t, s.url(host)) })
		})
	}
}

func TestFirefoxWarnsBeforeAndNotAfterConsent(t *testing.T) {
	for _, root := range []string{".mozilla/firefox", ".config/mozilla/firefox"} {
		t.Run(root, func(t *testing.T) {
			profile := firefoxProfile(t, freshHome(t), filepath.Join(root, "x1.default"))
			warnsUntilTrusted(t, 2, func(s *server, host string) string { return firefox(t, profile, s, host) })
		})
	}
}

// warnsUntilTrusted checks that a browser refuses our certificate before it is
// trusted and after its removal, and takes it in between.
func warnsUntilTrusted(t *testing.T, stores int, visit func(s *server, host string) string) {
	t.Helper()
	dir := t.TempDir()
	c, err := localcert.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, c.TLS())
	if got := visit(s, "localhost"); got == "secure" {
		t.Error("no warning before consent")
	}
	if report := c.Trust(t.Context()); !report.Everywhere() || len(report) != stores {
		t.Fatalf("%v: %+v", report.Err(), report)
	}
	for _, host := range hosts {
		if got := visit(s, host); got != "secure" {
			t.Errorf("after consent, %s: %s", host, got)
		}
	}
	if report, err := localcert.Remove(t.Context(), dir); err != nil || !report.Nowhere() {
		t.Errorf("%v: %+v", err, report)
	}
	if got := visit(s, "localhost"); got == "secure" {
		t.Error("no warning after removal")
	}
}

// authority signs certificates for a test.
type authority struct {
	*x509.Certificate
	key *ecdsa.PrivateKey
}

// authorityLike makes an authority with the fields of another, whose key is kept.
func authorityLike(t *testing.T, template x509.Certificate, name string) authority {
	t.Helper()
	key := newKey(t)
	template.Subject, template.RawSubject, template.PublicKey = pkix.Name{CommonName: name}, nil, nil
	template.SubjectKeyId, template.AuthorityKeyId, template.SerialNumber = nil, nil, big.NewInt(time.Now().UnixNano())
	return authority{sign(t, &template, &template, key, key), key}
}

// certificate signs one for these names, otherwise like the given leaf.
func (a authority) certificate(t *testing.T, leaf x509.Certificate, names []string, ips []net.IP) *tls.Certificate {
	t.Helper()
	key := newKey(t)
	leaf.DNSNames, leaf.IPAddresses, leaf.AuthorityKeyId = names, ips, nil
	leaf.NotBefore, leaf.NotAfter = a.NotBefore, a.NotAfter
	leaf.SerialNumber = big.NewInt(time.Now().UnixNano())
	return &tls.Certificate{Certificate: [][]byte{sign(t, &leaf, a.Certificate, key, a.key).Raw}, PrivateKey: key}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, template, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Given an authority with the same limits as ours, trusted like ours, whose key was
// kept (the worst case), when it signs for any other name, then browsers refuse it.
// An authority without the limits shows that the limits are what they refuse.
func TestBrowsersRefuseAnyOtherNameInOurAuthoritysPlace(t *testing.T) {
	const chromiumStore = ".local/share/pki/nssdb"
	home := freshHome(t, chromiumStore)
	profile := firefoxProfile(t, home, ".mozilla/firefox/x1.default")
	certutil(t, filepath.Join(home, chromiumStore), nil, "-N", "--empty-password")
	trust := func(a authority) {
		for _, store := range []string{filepath.Join(home, chromiumStore), profile} {
			text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Raw})
			certutil(t, store, text, "-A", "-a", "-t", "C,,", "-n", a.Subject.CommonName)
		}
	}
	real, err := localcert.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(real.TLS().Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	ours := authorityLike(t, *real.Authority(), "like ours")
	trust(ours)
	s := serve(t, ours.certificate(t, *leaf, leaf.DNSNames, leaf.IPAddresses))
	if got := chromium(t, s.url("localhost")); got != "secure" {
		t.Errorf("Chromium refuses localhost: %s", got)
	}
	for _, c := range []struct {
		host  string
		names []string
		ips   []net.IP
	}{
		{"example.com", []string{"example.com"}, nil},
		{"localhost", []string{"localhost", "example.com"}, nil},
		{"127.0.0.2", nil, []net.IP{net.IPv4(127, 0, 0, 2)}},
	} {
		s := serve(t, ours.certificate(t, *leaf, c.names, c.ips))
		if got := chromium(t, s.url(c.host)); !strings.Contains(got, "ERR_CERT_INVALID") {
			t.Errorf("Chromium, %s %s: %s", c.names, c.ips, got)
		}
		if got := firefox(t, profile, s, c.host); got == "secure" {
			t.Errorf("Firefox took %s %s", c.names, c.ips)
		}
	}
	unlimited := *real.Authority()
	unlimited.PermittedDNSDomains, unlimited.PermittedIPRanges, unlimited.PermittedDNSDomainsCritical = nil, nil, false
	free := authorityLike(t, unlimited, "without limits")
	trust(free)
	s = serve(t, free.certificate(t, *leaf, []string{"example.com"}, nil))
	if got := chromium(t, s.url("example.com")); got != "secure" {
		t.Errorf("Chromium refuses the authority without limits: %s", got)
	}
	if got := firefox(t, profile, s, "example.com"); got != "secure" {
		t.Errorf("Firefox refuses the authority without limits: %s", got)
	}
}
