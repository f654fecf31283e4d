//go:build e2e && linux

package e2e

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// network looks into TLS: its proxy ends every connection to acme.egnyte.com with
// a certificate of its own authority, reads what is sent, and passes it on to the
// practice service.
type network struct {
	proxy, authority string
	read             atomic.Int64 // requests
}

func lookingIn(s *scene, change func(*tls.Config)) *network {
	s.Helper()
	n := &network{authority: filepath.Join(s.TempDir(), "authority.pem")}
	certificate, authority := vouchedFor(s, "acme.egnyte.com")
	s.check(os.WriteFile(n.authority, authority, 0o600))
	inside := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			n.read.Add(1)
			r.Out.URL.Scheme, r.Out.URL.Host = "http", strings.TrimPrefix(s.egnyte.DomainURL("acme"), "http://")
			r.Out.Host = r.Out.URL.Host
		},
		Transport: s.egnyte.Client().Transport,
	}
	ends := httptest.NewUnstartedServer(inside)
	ends.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	if change != nil {
		change(ends.TLS)
	}
	ends.Config.ErrorLog = log.New(io.Discard, "", 0)
	ends.StartTLS()
	s.Cleanup(ends.Close)
	tunnels := httptest.NewServer(tunnelTo(ends.Listener.Addr().String()))
	s.Cleanup(tunnels.Close)
	n.proxy = tunnels.URL
	return n
}

// tunnelTo answers every CONNECT with one server.
func tunnelTo(address string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		there, err := net.Dial("tcp", address)
		if err != nil || r.Method != http.MethodConnect {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusOK)
		here, arrived, err := http.NewResponseController(w).Hijack()
		if err != nil {
			_ = there.Close()
			return
		}
		go func() { _, _ = io.Copy(there, arrived); _ = there.Close() }() // the first bytes may be in its buffer
		go func() { _, _ = io.Copy(here, there); _ = here.Close() }()
	})
}

// byPassword signs Jane in at acme.egnyte.com itself.
func (s *scene) byPassword() *session.Program {
	s.Helper()
	jane := s.person("jsmith")
	return s.start("egnyte-auth", session.Spec{
		Args:  []string{"signin", "acme", "--json", "--flow", "password", "--username", jane.Username, "--password-stdin"},
		Stdin: strings.NewReader(jane.Password + "\n"),
	})
}

// Given a network that looks into TLS, then nothing is sent through it before an
// administrator or the user has named its CA in ca_file, and never with an old TLS.
func TestAttackANetworkThatLooksIntoTLS(t *testing.T) {
	s := onDesktop(t, withKey(practice.KindInternal, ""))
	s.writeSettings(map[string]any{})
	env := s.env
	through := func(n *network) { s.env = append(env[:len(env):len(env)], "HTTPS_PROXY="+n.proxy) }
	refused := func(when string, n *network) {
		t.Helper()
		p := s.byPassword()
		code, err := p.Wait(t.Context(), soon)
		held(t, err == nil && code == 4 && n.read.Load() == 0, "%s: exit code %d, %v, %d requests were read: %s", when, code, err, n.read.Load(), p.Stderr())
	}
	n, other := lookingIn(s, nil), lookingIn(s, nil)
	old := lookingIn(s, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 })
	through(n)
	refused("no CA is named", n)
	s.ends(s.auth("config", "set", "ca_file", other.authority), 0)
	refused("another CA is named", n)
	s.ends(s.auth("config", "set", "ca_file", old.authority), 0)
	through(old)
	refused("TLS 1.1", old)

	through(n)
	s.ends(s.auth("config", "set", "ca_file", n.authority), 0)
	s.ends(s.byPassword(), 0)
	if n.read.Load() == 0 {
		t.Error("the proxy was passed by: this test proves nothing")
	}
	s.ends(s.auth("whoami"), 0)
	s.check(os.Chmod(n.authority, 0o666))
	p := s.byPassword()
	s.ends(p, 5)
	s.says(p, "ca_file", "somebody else")
	s.check(os.Chmod(n.authority, 0o600))
	s.ends(s.auth("signout", "acme"), 0)
}
