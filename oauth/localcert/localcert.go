// Package localcert makes the certificate with which a redirect to
// https://localhost is received, and has this person's browsers trust it.
//
// What browsers are asked to trust is a certificate authority that can only
// ever speak for this machine (name constraints, RFC 5280, 4.2.1.10) and that
// nobody can use again: its key signs one certificate and is dropped, never
// written. The key that stays belongs to a certificate for localhost.
//
// Nothing is trusted without a call of Trust or Setup. Whoever calls them asks
// the person first: Linux asks nothing by itself.
package localcert

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// validFor is how long a certificate lasts, and its authority with it. Apple's
// systems take no more than 825 days.
const validFor = 820 * 24 * time.Hour

// renewWithin is how long before its end a certificate is due for renewal.
const renewWithin = 30 * 24 * time.Hour

// Certificate is the one for localhost, 127.0.0.1 and ::1, with the authority
// that signed it.
type Certificate struct {
	leaf      *x509.Certificate
	authority *x509.Certificate
	pair      tls.Certificate
}

// TLS is the certificate with its key, for a server. It holds the leaf alone.
func (c *Certificate) TLS() *tls.Certificate { return &c.pair }

// Ends is when browsers stop taking it.
func (c *Certificate) Ends() time.Time { return c.leaf.NotAfter }

// DueForRenewal reports whether a new one should be made at that time.
func (c *Certificate) DueForRenewal(now time.Time) bool {
	return now.After(c.leaf.NotAfter.Add(-renewWithin)) || now.Before(c.leaf.NotBefore)
}

// Fingerprint is the SHA-256 of the authority, in hexadecimal: what a person
// finds it by in a browser's list.
func (c *Certificate) Fingerprint() string { return fingerprint(c.authority.Raw) }

// Authority is what browsers are asked to trust.
func (c *Certificate) Authority() *x509.Certificate { return c.authority }

// Name is what the authority is listed under in browsers and systems.
func (c *Certificate) Name() string { return c.authority.Subject.CommonName }

func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// UnusableError: there is no certificate to serve with. It can be mended by
// Setup, after asking the person.
type UnusableError struct {
	Reason string
	Err    error // nil where Reason says it all
}

func (e *UnusableError) Error() string {
	if e.Err == nil {
		return "the certificate for localhost can't be used: " + e.Reason
	}
	return fmt.Sprintf("the certificate for localhost can't be used: %s: %v", e.Reason, e.Err)
}

func (e *UnusableError) Unwrap() error { return e.Err }

// unusable gives the error for a file that could not be read.
func unusable(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &UnusableError{Reason: "there is none yet", Err: err}
	}
	return &UnusableError{Reason: "its file can't be read", Err: err}
}
