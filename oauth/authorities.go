package oauth

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// authorities are those that TrustAlso added; nil means the system's alone.
var authorities atomic.Pointer[addedAuthorities]

type addedAuthorities struct {
	pem  []byte
	pool *x509.CertPool // with the system's
}

// TrustAlso has every client of NewHTTPClient, those that are there too, take
// servers that an authority in pem vouches for: as well as, never instead of, the
// system's. It is for networks that look into TLS with an authority of their own,
// which sees all that is sent. Empty pem means the system's alone again.
func TrustAlso(pem []byte) error {
	if len(pem) == 0 {
		authorities.Store(nil)
		return nil
	}
	if now := authorities.Load(); now != nil && bytes.Equal(now.pem, pem) {
		return nil // connections that are open may stay
	}
	if err := CheckAuthorities(pem); err != nil {
		return err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return fmt.Errorf("reading the system's authorities: %w", err)
	}
	pool.AppendCertsFromPEM(pem)
	authorities.Store(&addedAuthorities{bytes.Clone(pem), pool})
	return nil
}

// CheckAuthorities tells whether pem holds a certificate at all.
func CheckAuthorities(pem []byte) error {
	if !x509.NewCertPool().AppendCertsFromPEM(pem) {
		return errors.New("it holds no certificate in PEM form")
	}
	return nil
}

// transport asks by way of the authorities of the moment.
type transport struct {
	mu   sync.Mutex
	by   *addedAuthorities
	base *http.Transport // nil before the first request
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	return t.now().RoundTrip(r)
}

// CloseIdleConnections is what (*http.Client).CloseIdleConnections looks for.
func (t *transport) CloseIdleConnections() { t.now().CloseIdleConnections() }

func (t *transport) now() *http.Transport {
	by := authorities.Load()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.base != nil && t.by == by {
		return t.base
	}
	if t.base != nil {
		t.base.CloseIdleConnections()
	}
	t.by, t.base = by, newBase()
	if by != nil {
		t.base.TLSClientConfig = &tls.Config{RootCAs: by.pool, MinVersion: tls.VersionTLS12}
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
