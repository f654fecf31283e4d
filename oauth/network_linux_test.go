package oauth_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"egnyte-accounts/oauth"
)

const (
	networkChild     = "OAUTH_TEST_NETWORK"
	networkAuthority = "OAUTH_TEST_AUTHORITY" // a file of authorities
)

// TestNetworkChild is a program of its own, since proxies and authorities are
// read once in a process: it renews and asks who it is at the real names.
func TestNetworkChild(t *testing.T) {
	if os.Getenv(networkChild) == "" {
		t.Skip("plays a part in other tests only")
	}
	acme, err := oauth.Service{}.ParseDomain("acme")
	if err != nil {
		t.Fatal(err)
	}
	client := oauth.NewHTTPClient(func() ([]byte, error) {
		if file := os.Getenv(networkAuthority); file != "" {
			return os.ReadFile(file)
		}
		return nil, nil
	})
	client.Timeout = 5 * time.Second
	_, err = oauth.Refresh(t.Context(), client, acme, oauth.Key{ID: "key", Secret: oauth.NewSecret("s3cret")}, oauth.NewSecret("r3fresh"), nil)
	if err == nil {
		_, err = oauth.UserInfo(t.Context(), client, acme, oauth.NewSecret("t0ken"))
	}
	var refusal *oauth.Refusal
	var away *oauth.Unreachable
	switch {
	case err == nil:
		fmt.Println("ended: well")
	case errors.As(err, &refusal):
		fmt.Println("ended:", refusal.Kind)
	case errors.As(err, &away):
		fmt.Println("ended: unreachable")
	}
	fmt.Println("said:", err)
}

// authority signs a certificate for each name.
type authority struct {
	*testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // PEM, for SSL_CERT_FILE
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	a := authority{T: t, file: filepath.Join(t.TempDir(), "ca.pem")}
	made, der := a.sign(&x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotAfter: time.Now().Add(time.Hour)})
	a.key = made
	a.cert, _ = x509.ParseCertificate(der)
	if err := os.WriteFile(a.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a authority) sign(template *x509.Certificate) (*ecdsa.PrivateKey, []byte) {
	a.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.Subject = pkix.Name{CommonName: "test"}
	template.NotBefore = time.Now().Add(-time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		a.Fatal(err)
	}
	return key, der
}

// server is an https server whose certificate is for name; it counts requests.
func (a authority) server(name string, life time.Duration, change func(*tls.Config), answer http.HandlerFunc) (address string, requests *atomic.Int64) {
	a.Helper()
	key, der := a.sign(&x509.Certificate{DNSNames: []string{name}, NotAfter: time.Now().Add(life)})
	requests = new(atomic.Int64)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		answer(w, r)
	}))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.Config.ErrorLog = nil
	if change != nil {
		change(s.TLS)
	}
	s.StartTLS()
	a.Cleanup(s.Close)
	return s.Listener.Addr().String(), requests
}

// proxyTo tunnels every CONNECT to address, for who has the credentials; it
// keeps all that it could read.
func proxyTo(t *testing.T, address, credentials string, answer string) (proxy string, read func() string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	seen := make(chan string, 64)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go tunnel(conn, address, credentials, answer, seen)
		}
	}()
	return listener.Addr().String(), func() string {
		var all []string
		for {
			select {
			case text := <-seen:
				all = append(all, text)
			default:
				return strings.Join(all, "\n")
			}
		}
	}
}

func tunnel(conn net.Conn, address, credentials, answer string, seen chan<- string) {
	defer conn.Close()
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	seen <- fmt.Sprint(request.Method, " ", request.Host, request.Header)
	if answer != "" {
		_, _ = io.WriteString(conn, answer)
		return
	}
	r := http.Request{Header: http.Header{"Authorization": request.Header["Proxy-Authorization"]}}
	if user, password, _ := r.BasicAuth(); credentials != "" && user+":"+password != credentials {
		_, _ = io.WriteString(conn, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")
		return
	}
	there, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer there.Close()
	_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { _, _ = io.Copy(there, conn); _ = there.Close() }()
	_, _ = io.Copy(conn, there)
}

func asEgnyte(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.URL.Path == "/puboauth/token" {
		_, _ = io.WriteString(w, `{"access_token":"t0ken","refresh_token":"r3fresh2","token_type":"bearer"}`)
		return
	}
	_, _ = io.WriteString(w, `{"id":1,"username":"jsmith"}`)
}

func asPortal(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, "<html><body><form action=/login>Welcome to the hotel</form></body></html>")
}

// A call goes through proxies and the authorities of the system, or it ends in
// words of its kind: and where it was not Egnyte, nothing secret was sent.
func TestEveryNetworkEndsWellOrSaysWhy(t *testing.T) {
	t.Parallel()
	trusted, foreign := newAuthority(t), newAuthority(t)
	const host = "acme.egnyte.com"
	old := func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }
	good, goodCalls := trusted.server(host, time.Hour, nil, asEgnyte)
	portal, _ := trusted.server(host, time.Hour, nil, asPortal)
	away, _ := trusted.server(host, time.Hour, nil, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://portal.example/", http.StatusFound)
	})
	unknown, unknownCalls := foreign.server(host, time.Hour, nil, asEgnyte)
	other, otherCalls := trusted.server("evil.example", time.Hour, nil, asEgnyte)
	expired, expiredCalls := trusted.server(host, -time.Minute, nil, asEgnyte)
	weak, weakCalls := trusted.server(host, time.Hour, old, asEgnyte)
	plain := httptest.NewServer(http.HandlerFunc(asEgnyte))
	t.Cleanup(plain.Close)
	looking, _ := foreign.server(host, time.Hour, nil, asEgnyte)
	none := new(atomic.Int64)
	for name, c := range map[string]struct {
		address, credentials, user, answer, ends, also string
		untouched                                      *atomic.Int64
	}{
		"a proxy, an authority of the system": {address: good, ends: "well"},
		"a proxy with a password":             {address: good, credentials: "jane:pw", user: "jane:pw@", ends: "well"},
		"a proxy without its password":        {address: unknown, credentials: "jane:pw", ends: "unreachable", untouched: unknownCalls},
		"a proxy with a wrong password":       {address: unknown, credentials: "jane:pw", user: "jane:no@", ends: "unreachable", untouched: unknownCalls},
		"an authority that nobody trusts":     {address: unknown, ends: "unreachable", untouched: unknownCalls},
		"one that looks into TLS, by setting": {address: looking, ends: "well", also: foreign.file},
		"the system's, beside one by setting": {address: good, ends: "well", also: foreign.file},
		"an authority that no setting names":  {address: unknown, ends: "unreachable", also: newAuthority(t).file, untouched: unknownCalls},
		"another name, by setting":            {address: other, ends: "unreachable", also: foreign.file, untouched: otherCalls},
		"a certificate of another name":       {address: other, ends: "unreachable", untouched: otherCalls},
		"a certificate that has expired":      {address: expired, ends: "unreachable", untouched: expiredCalls},
		"TLS 1.1 at most":                     {address: weak, ends: "unreachable", untouched: weakCalls},
		"plain http on the port":              {address: plain.Listener.Addr().String(), ends: "unreachable", untouched: none},
		"a portal that is trusted":            {address: portal, ends: string(oauth.RefusedUnreadable)},
		"a portal that redirects":             {address: away, ends: string(oauth.RefusedRedirected)},
		"a portal in place of the proxy":      {answer: "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Welcome</html>", ends: "unreachable"},
		"a portal that redirects the proxy":   {answer: "HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\nContent-Length: 0\r\n\r\n", ends: "unreachable"},
		"a proxy that hangs up":               {answer: "\r\n", ends: "unreachable"},
		"nobody at all":                       {address: "127.0.0.1:1", ends: "unreachable"},
	} {
		proxy, read := proxyTo(t, c.address, c.credentials, c.answer)
		before := goodCalls.Load()
		command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNetworkChild$", "-test.v")
		command.Env = []string{networkChild + "=1", "HTTPS_PROXY=http://" + c.user + proxy, "SSL_CERT_FILE=" + trusted.file, "SSL_CERT_DIR=/nonexistent", "TMPDIR=" + t.TempDir(), networkAuthority + "=" + c.also}
		said, err := command.CombinedOutput()
		if err != nil || !strings.Contains(string(said), "ended: "+c.ends+"\n") {
			t.Errorf("%s: want %s, %v: %s", name, c.ends, err, said)
		}
		if c.address == good && goodCalls.Load()-before != 2 {
			t.Errorf("%s: %d calls", name, goodCalls.Load()-before)
		}
		if c.untouched != nil && c.untouched.Load() != 0 {
			t.Errorf("%s: a request was sent there", name)
		}
		noSecretIn(t, name, read(), string(said))
	}
}

// noSecretIn looks at what others could read of a call.
func noSecretIn(t *testing.T, name string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		for _, secret := range []string{"s3cret", "r3fresh", "t0ken", "jane:pw", "jane:no"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %s came through: %s", name, secret, text)
			}
		}
	}
}

// A name under .localhost that answers by IPv6 alone is reached.
func TestIPv6AloneIsEnough(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skipf("this machine has no IPv6: %v", err)
	}
	s := &http.Server{Handler: http.HandlerFunc(asEgnyte), ReadHeaderTimeout: time.Minute}
	go func() { _ = s.Serve(listener) }()
	t.Cleanup(func() { _ = s.Close() })
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	service, err := oauth.ParseService("http://egnyte.localhost:" + port)
	if err != nil {
		t.Fatal(err)
	}
	acme, err := service.ParseDomain("acme")
	if err != nil {
		t.Fatal(err)
	}
	if user, err := oauth.UserInfo(t.Context(), oauth.NewHTTPClient(nil), acme, oauth.NewSecret("a")); err != nil || user.Username != "jsmith" {
		t.Errorf("%v, %v", user, err)
	}
}

// Given a proxy variable that can't be read, then the log says so, without its password.
func TestAProxyThatCannotBeReadIsWarnedOf(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://jane:hush%@proxy.example:80")
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	service, _ := oauth.ParseService("https://egnyte.invalid")
	acme, _ := service.ParseDomain("acme")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := oauth.UserInfo(ctx, oauth.NewHTTPClient(nil), acme, oauth.NewSecret("a")); err == nil {
		t.Error("a host that can't be was reached")
	}
	if said := log.String(); !strings.Contains(said, "HTTPS_PROXY") || strings.Contains(said, "hush") {
		t.Errorf("the log says %q", said)
	}
}
