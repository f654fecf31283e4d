package oauth

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// NewHTTPClient returns the client for every call to Egnyte. It follows no
// redirect, since a code or a secret must not travel on to another host
// (RFC 9700, 4.12), and dials loopback for names under .localhost, whatever a
// resolver says (RFC 6761, 6.3). It goes by the proxy that HTTPS_PROXY names.
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
	return http.ProxyFromEnvironment(r)
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

// publicHost is the key of a context's host name that somebody typed: it must not lead
// to this machine. A proxy may be on it, so other names may.
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
