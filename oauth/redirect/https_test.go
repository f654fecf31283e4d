package redirect

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/assets"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/localcert"
)

// certified is a Certificate whose browsers are this test's own clients.
func certified(t *testing.T) (Listener, *x509.CertPool) {
	t.Helper()
	c, err := localcert.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(c.Authority())
	return Listener{Certificate: func(context.Context) (*tls.Certificate, error) { return c.TLS(), nil }}, roots
}

// freePort is free in both families, as far as anybody can tell.
func freePort(t *testing.T) string {
	t.Helper()
	listeners, port, err := bind(t.Context(), address{ips: []string{"127.0.0.1", "::1"}})
	if err != nil {
		t.Fatal(err)
	}
	closeAll(listeners)
	return strconv.Itoa(port)
}

func listenSecurely(t *testing.T, host string) (oauth.Receiver, *tls.Config) {
	t.Helper()
	l, roots := certified(t)
	r, err := l.Listen(t.Context(), "https://"+host+":"+freePort(t)+"/callback", testState)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r, &tls.Config{RootCAs: roots, ServerName: strings.Trim(host, "[]"), NextProtos: []string{"h2", "http/1.1"}}
}

func TestHTTPSIsReceivedLikeHTTP(t *testing.T) {
	t.Parallel()
	for host, ips := range map[string][]string{"localhost": {"127.0.0.1", "::1"}, "127.0.0.1": {"127.0.0.1"}, "[::1]": {"::1"}} {
		for _, ip := range ips {
			t.Run(host+" by "+ip, func(t *testing.T) {
				t.Parallel()
				if ip == "::1" && !hasIPv6() {
					t.Skip("this machine has no IPv6")
				}
				r, config := listenSecurely(t, host)
				dial := func() net.Conn {
					raw, err := net.Dial("tcp", hostPort(ip, r.(*receiver).address.port))
					if err != nil {
						t.Fatal(err)
					}
					t.Cleanup(func() { _ = raw.Close() })
					_ = raw.SetDeadline(time.Now().Add(patience))
					return tls.Client(raw, config)
				}
				// A stray changes nothing, a spare connection does not hold anything up
				reply, _ := exchange(t, dial(), plainRequest("GET", "/callback?code=x&state=bad", hostOf(t, r)))
				if reply.StatusCode != http.StatusBadRequest {
					t.Errorf("a stray got status %d", reply.StatusCode)
				}
				if reply.Header.Get("Strict-Transport-Security") != "" {
					t.Error("HSTS would bind every other program on localhost")
				}
				_ = dial()
				stillWaits(t, r)
				// The right one gets its page to the end, though all is closed at once
				conn := dial()
				if _, err := io.WriteString(conn, plainRequest("GET", "/callback?code=right&state="+testState, hostOf(t, r))); err != nil {
					t.Fatal(err)
				}
				if callback := receive(t, r); callback.Code.Reveal() != "right" {
					t.Errorf("got %+v", callback)
				}
				_ = r.Close()
				reply, err := http.ReadResponse(bufio.NewReader(conn), nil)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(reply.Body)
				if err != nil || string(body) != assets.CameBack.HTML() {
					t.Errorf("%d bytes of the page came: %v", len(body), err)
				}
				// A truncated connection would give io.ErrUnexpectedEOF
				if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
					t.Errorf("the connection ended with %v", err)
				}
			})
		}
	}
}

func TestPlainHTTPIsNotTakenAtAnHTTPSAddress(t *testing.T) {
	t.Parallel()
	r, _ := listenSecurely(t, "localhost")
	conn, err := net.Dial("tcp", hostPort("127.0.0.1", r.(*receiver).address.port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	_, _ = io.WriteString(conn, plainRequest("GET", "/callback?code=x&state="+testState, hostOf(t, r)))
	_, _ = io.ReadAll(conn)
	stillWaits(t, r)
}

func TestWithoutACertificateNothingIsBound(t *testing.T) {
	t.Parallel()
	why := errors.New("not trusted")
	port := freePort(t)
	l := Listener{Certificate: func(context.Context) (*tls.Certificate, error) { return nil, why }}
	if _, err := l.Listen(t.Context(), "https://localhost:"+port+"/callback", testState); !errors.Is(err, why) {
		t.Errorf("got %v, want the certificate's error", err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatalf("the port stayed bound: %v", err)
	}
	_ = free.Close()
}

func TestAPortThatIsTakenIsNoticedForHTTPSToo(t *testing.T) {
	t.Parallel()
	l, _ := certified(t)
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		other, err := net.Listen("tcp", address)
		if err != nil {
			t.Skip(err)
		}
		defer other.Close()
		port := other.Addr().(*net.TCPAddr).Port
		_, err = l.Listen(t.Context(), "https://localhost:"+strconv.Itoa(port)+"/", testState)
		var taken *PortTakenError
		if !errors.As(err, &taken) || taken.Port != port {
			t.Errorf("%s: got %v", address, err)
		}
	}
}

func TestHTTPSWithoutAPortMeans443(t *testing.T) {
	t.Parallel()
	a, err := parseAddress("https://LocalHost/callback")
	if err != nil {
		t.Fatal(err)
	}
	if a = a.at(443); a.uri != "https://LocalHost/callback" || a.port != 443 || a.origin() != "https://localhost" ||
		!a.matchesHost("localhost") || !a.matchesHost("localhost:443") || a.matchesHost("localhost:80") {
		t.Errorf("got %+v", a)
	}
}
