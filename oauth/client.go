package oauth

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// NewHTTPClient returns the client for every call to Egnyte. It follows no
// redirect, since a code or a secret must not travel on to another host
// (RFC 9700, 4.12), and dials loopback for names under .localhost, whatever a
// resolver says (RFC 6761, 6.3). It goes by the proxy that HTTPS_PROXY names;
// the log says if that can't be read. Every request is limited to 30 s.
//
// Authorities returns certificates of authorities in PEM form that count beside the
// system's, never instead of them: for networks that look into TLS with an authority
// of their own, which sees all that is sent. It is asked before each request, because
// a client can outlive a change of the settings; if it fails, those of the request
// before count. nil: the system's alone.
func NewHTTPClient(authorities func() ([]byte, error)) *http.Client {
	return &http.Client{
		Transport:     &transport{authorities: authorities},
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// CheckAuthorities tells whether pem holds a certificate at all.
func CheckAuthorities(pem []byte) error {
	if !x509.NewCertPool().AppendCertsFromPEM(pem) {
		return errors.New("it holds no certificate in PEM form")
	}
	return nil
}

// transport trusts the authorities of the moment.
type transport struct {
	authorities func() ([]byte, error)

	mu   sync.Mutex
	pem  []byte          // what base trusts beside the system's
	base *http.Transport // nil before the first request
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	return t.now().RoundTrip(r)
}

// CloseIdleConnections is what (*http.Client).CloseIdleConnections looks for.
func (t *transport) CloseIdleConnections() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.base != nil {
		t.base.CloseIdleConnections()
	}
}

func (t *transport) now() *http.Transport {
	t.mu.Lock()
	defer t.mu.Unlock()
	pem := t.pem
	if t.authorities != nil {
		if now, err := t.authorities(); err == nil {
			pem = now
		}
	}
	if t.base != nil && bytes.Equal(t.pem, pem) {
		return t.base // connections that are open may stay
	}
	if t.base != nil {
		t.base.CloseIdleConnections()
	}
	t.pem, t.base = pem, newBase()
	if pool, err := x509.SystemCertPool(); len(pem) > 0 && err == nil {
		pool.AppendCertsFromPEM(pem)
		t.base.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return t.base
}

// newBase speaks HTTP/1.1 alone: a sign-in asks one thing after the other, so
// that HTTP/2 would bring nothing but its preparations.
func newBase() *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy: proxy, DialContext: dial, Protocols: protocols,
		MaxIdleConns: 100, IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second,
	}
}

func proxy(r *http.Request) (*url.URL, error) {
	if isLocalhost(r.URL.Hostname()) {
		return nil, nil
	}
	if name := ProxyFault(); name != "" {
		warned.Do(func() { slog.Warn(name + " can't be read, so no proxy is used") })
		return nil, nil
	}
	return http.ProxyFromEnvironment(r)
}

var warned sync.Once

// ProxyFault names the variable for a proxy if it can't be read, as with a percent sign in
// a password. It is empty otherwise. net/http would silently go without a proxy, or take
// the scheme for the proxy's name.
func ProxyFault() string {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		value := os.Getenv(name)
		if value == "" {
			continue
		}
		if !strings.Contains(value, "://") {
			value = "http://" + value
		}
		if u, err := url.Parse(value); err != nil || u.Hostname() == "" {
			return name
		}
		return ""
	}
	return ""
}

func dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	host, port, err := net.SplitHostPort(address)
	if public, _ := ctx.Value(publicHost{}).(string); public != "" && public == host && !isLocalhost(host) {
		dialer.Control = refuseThisMachine
	}
	if err != nil || !isLocalhost(host) {
		return dialer.DialContext(ctx, network, address)
	}
	conn, err := dialer.DialContext(ctx, "tcp4", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		conn, err = dialer.DialContext(ctx, "tcp6", net.JoinHostPort("::1", port))
	}
	return conn, err
}

// publicHost is the context key of the host name that the user typed: it must not lead
// to this machine. Other names may, as a proxy may run here.
type publicHost struct{}

func withPublicHost(ctx context.Context, host string) context.Context {
	return context.WithValue(ctx, publicHost{}, host)
}

// refuseThisMachine allows private addresses: a company may have a name server of its own
// for them.
func refuseThisMachine(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	ip := at.Addr().Unmap()
	if err != nil || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
		return fmt.Errorf("%s is an address that no company's host name has", address)
	}
	return nil
}
