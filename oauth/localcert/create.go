package localcert

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"runtime"
	"strings"
	"time"
)

// namePrefix starts the name of every authority of ours. What follows is
// different for each, since NSS gives certificates of one subject one nickname.
const namePrefix = "Accounts for Egnyte, this computer only, "

// clockSkew is how far in the past validity starts.
const clockSkew = time.Hour

// issue makes an authority, has it sign one certificate for localhost, and
// drops the authority's key.
func issue(now time.Time) (*Certificate, *ecdsa.PrivateKey, error) {
	authority, authorityKey, err := newAuthority(now)
	if err != nil {
		return nil, nil, err
	}
	defer drop(authorityKey)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("making a key: %w", err)
	}
	leaf, err := sign(leafTemplate(authority), authority, key, authorityKey)
	if err != nil {
		return nil, nil, err
	}
	return newCertificate(leaf, authority, key), key, nil
}

// drop overwrites what can be reached of a key. Copies of crypto/ecdsa's own are
// garbage from here on, which the runtime overwrites when it uses the memory
// again: only the end of the process is sure to end them.
func drop(key *ecdsa.PrivateKey) {
	//lint:ignore SA1019 the number itself has to go, and nothing uses the key after this
	clear(key.D.Bits())
	*key = ecdsa.PrivateKey{}
	runtime.GC()
}

func newAuthority(now time.Time) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("making a key: %w", err)
	}
	template := authorityTemplate(now)
	authority, err := sign(template, template, key, key)
	return authority, key, err
}

// authorityTemplate allows the names of this machine, one level of signing and
// servers only; browsers enforce each.
func authorityTemplate(now time.Time) *x509.Certificate {
	start := now.Add(-clockSkew).UTC().Truncate(time.Second)
	return &x509.Certificate{
		Subject:                     pkix.Name{CommonName: namePrefix + strings.ToLower(rand.Text()[:8])},
		NotBefore:                   start,
		NotAfter:                    start.Add(validFor),
		IsCA:                        true,
		BasicConstraintsValid:       true,
		MaxPathLenZero:              true,
		KeyUsage:                    x509.KeyUsageCertSign,
		ExtKeyUsage:                 []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true, // of the whole extension, not of the DNS names alone
		PermittedDNSDomains:         []string{"localhost"},
		PermittedIPRanges:           loopbackOnly(),
	}
}

func loopbackOnly() []*net.IPNet {
	return []*net.IPNet{
		{IP: net.IPv4(127, 0, 0, 1).To4(), Mask: net.CIDRMask(32, 32)},
		{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
	}
}

func leafTemplate(authority *x509.Certificate) *x509.Certificate {
	return &x509.Certificate{
		Subject:               pkix.Name{CommonName: "localhost"},
		NotBefore:             authority.NotBefore,
		NotAfter:              authority.NotAfter,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
}

func sign(template, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("making a serial number: %w", err)
	}
	template.SerialNumber = serial.Add(serial, big.NewInt(1))
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, fmt.Errorf("signing a certificate: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading a new certificate: %w", err)
	}
	return certificate, nil
}

// isOurs reports a certificate that this package made, whoever else's it may
// be called: an authority by our name for nothing but this machine.
func isOurs(c *x509.Certificate) bool {
	if !strings.HasPrefix(c.Subject.CommonName, namePrefix) || !c.IsCA || !c.MaxPathLenZero || !c.PermittedDNSDomainsCritical {
		return false
	}
	if len(c.PermittedDNSDomains) != 1 || c.PermittedDNSDomains[0] != "localhost" || len(c.PermittedIPRanges) != 2 {
		return false
	}
	for i, allowed := range loopbackOnly() {
		if c.PermittedIPRanges[i].String() != allowed.String() {
			return false
		}
	}
	return true
}
