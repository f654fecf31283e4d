package oauth

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

// NewHTTPClient returns the client for every call to Egnyte. It follows no
// redirect, since a code or a secret must not travel on to another host
// (RFC 9700, 4.12), and dials loopback for names under .localhost, whatever a
// resolver says (RFC 6761, 6.3). It goes by the proxy that HTTPS_PROXY names, and the log says if that can't be read.
// Every request is limited to 30 s.
func NewHTTPClient() *http.Client {
	return &http.Client{
		Transport:     &transport{},
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
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
	if err != nil || !isLocalhost(host) {
		return dialer.DialContext(ctx, network, address)
	}
	conn, err := dialer.DialContext(ctx, "tcp4", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		conn, err = dialer.DialContext(ctx, "tcp6", net.JoinHostPort("::1", port))
	}
	return conn, err
}
