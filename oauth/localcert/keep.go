package localcert

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"

	"egnyte-accounts/oauth/internal/wholefile"
)

// The files, in a folder of the caller's. Certificate and key share one, so
// that no crash leaves a key without its certificate.
const (
	pairFile = "localhost.pem"   // key, leaf, authority; for its owner alone
	pastFile = "authorities.pem" // every authority ever made here, to remove by
	lockFile = "localhost.lock"
)

const (
	typeKey         = "PRIVATE KEY"
	typeCertificate = "CERTIFICATE"
)

// Create makes a new certificate in the folder dir, which is made where it is
// missing, in place of one that was there. Nobody trusts it yet.
//
// The authority's key is dropped and nothing refers to it any more, but Go can't
// promise that no copy lingers in unused memory: a resident process should have
// a short-lived one call Create or Setup.
func Create(dir string) (*Certificate, error) {
	var c *Certificate
	err := locked(dir, func() (err error) {
		c, err = create(dir, time.Now())
		return err
	})
	return c, err
}

// Load reads the certificate that Create left in dir. It returns an
// *UnusableError where there is none, where it has ended, and where others
// than its owner may read its key.
func Load(dir string) (*Certificate, error) { return load(dir, time.Now()) }

func create(dir string, now time.Time) (*Certificate, error) {
	c, key, err := issue(now)
	if err != nil {
		return nil, fmt.Errorf("making a certificate for localhost: %w", err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("making a certificate for localhost: %w", err)
	}
	// Noted first: whatever may come to be trusted can be found and removed.
	past, err := wholefile.Read(filepath.Join(dir, pastFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the list of authorities: %w", err)
	}
	past = append(past, block(typeCertificate, c.authority.Raw)...)
	if err := wholefile.Write(filepath.Join(dir, pastFile), past); err != nil {
		return nil, fmt.Errorf("noting the authority: %w", err)
	}
	pair := bytes.Join([][]byte{block(typeKey, keyDER), block(typeCertificate, c.leaf.Raw), block(typeCertificate, c.authority.Raw)}, nil)
	if err := wholefile.Write(filepath.Join(dir, pairFile), pair); err != nil {
		return nil, fmt.Errorf("keeping the certificate: %w", err)
	}
	return c, nil
}

func load(dir string, now time.Time) (*Certificate, error) {
	path := filepath.Join(dir, pairFile)
	info, err := os.Stat(path)
	if err != nil {
		return nil, unusable(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, &UnusableError{Reason: "others may read its key"}
	}
	text, err := wholefile.Read(path)
	if err != nil {
		return nil, unusable(err)
	}
	c, err := parsePair(text)
	if err != nil {
		return nil, &UnusableError{Reason: "its file is damaged", Err: err}
	}
	if now.After(c.leaf.NotAfter) {
		return nil, &UnusableError{Reason: "it has ended"}
	}
	return c, nil
}

func parsePair(text []byte) (*Certificate, error) {
	keyBlock, rest := pem.Decode(text)
	if keyBlock == nil || keyBlock.Type != typeKey {
		return nil, errors.New("it does not start with a key")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, errors.New("its key can't be read")
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	certificates := parseCertificates(rest)
	if !ok || len(certificates) != 2 {
		return nil, errors.New("it is not one key and two certificates")
	}
	leaf, authority := certificates[0], certificates[1]
	if !key.PublicKey.Equal(leaf.PublicKey) {
		return nil, errors.New("its key belongs to another certificate")
	}
	if err := leaf.CheckSignatureFrom(authority); err != nil {
		return nil, fmt.Errorf("its certificates do not belong together: %w", err)
	}
	if !isOurs(authority) {
		return nil, errors.New("its authority was not made here")
	}
	return newCertificate(leaf, authority, key), nil
}

func newCertificate(leaf, authority *x509.Certificate, key *ecdsa.PrivateKey) *Certificate {
	return &Certificate{leaf, authority, tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}}
}

// authorities are those that were ever made in dir.
func authorities(dir string) ([]*x509.Certificate, error) {
	text, err := wholefile.Read(filepath.Join(dir, pastFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the list of authorities: %w", err)
	}
	return parseCertificates(text), nil
}

func parseCertificates(text []byte) (all []*x509.Certificate) {
	for {
		var b *pem.Block
		if b, text = pem.Decode(text); b == nil {
			return all
		}
		if c, err := x509.ParseCertificate(b.Bytes); err == nil && b.Type == typeCertificate {
			all = append(all, c)
		}
	}
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// lockWait bounds the wait for another process that sets up or removes, and
// that may be waiting for a person's answer to the system's question.
const lockWait = 2 * time.Minute

func locked(dir string, work func() error) error {
	if err := wholefile.MakeFolder(dir); err != nil {
		return fmt.Errorf("making the certificate's folder: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), lockWait)
	defer cancel()
	lock := flock.New(filepath.Join(dir, lockFile), flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return fmt.Errorf("waiting for the certificate's lock: %w", err)
	}
	defer func() { _ = lock.Unlock() }()
	return work()
}
