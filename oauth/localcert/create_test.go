package localcert

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func made(t *testing.T, dir string) *Certificate {
	t.Helper()
	c, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func verify(leaf, authority *x509.Certificate, name string) error {
	roots := x509.NewCertPool()
	roots.AddCert(authority)
	_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name})
	return err
}

func TestTheCertificateSpeaksForThisMachineAlone(t *testing.T) {
	t.Parallel()
	c := made(t, t.TempDir())
	for _, name := range []string{"localhost", "127.0.0.1", "::1"} {
		if err := verify(c.leaf, c.authority, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"example.com", "localhost.example.com", "127.0.0.2", "acme.egnyte.com"} {
		if verify(c.leaf, c.authority, name) == nil {
			t.Errorf("it speaks for %s", name)
		}
	}
}

// A CA like ours whose key was kept, as an attacker would wish for, is of no
// use for any other name, nor for a CA below it.
func TestTheAuthorityIsOfNoUseForAnythingElse(t *testing.T) {
	t.Parallel()
	authority, key, err := newAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	foreign := map[string]func(*x509.Certificate){
		"example.com":            func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = []string{"example.com"}, nil },
		"localhost, example.com": func(c *x509.Certificate) { c.DNSNames = []string{"localhost", "example.com"} },
		"127.0.0.2":              func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 2)} },
		"::2":                    func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.ParseIP("::2")} },
	}
	for name, change := range foreign {
		template := leafTemplate(authority)
		change(template)
		leaf := signed(t, template, authority, key)
		if err := verify(leaf, authority, ""); err == nil {
			t.Errorf("a certificate for %s was taken", name)
		}
	}
	below := authorityTemplate(time.Now())
	belowKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	intermediate, err := sign(below, authority, belowKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf := signed(t, leafTemplate(authority), intermediate, belowKey)
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(authority)
	between.AddCert(intermediate)
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between}); err == nil {
		t.Error("an authority below ours was taken")
	}
}

func signed(t *testing.T, template, parent *x509.Certificate, signer *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := sign(template, parent, key, signer)
	if err != nil {
		t.Fatal(err)
	}
	return leaf
}

func TestItLastsNoLongerThanEverySystemTakes(t *testing.T) {
	t.Parallel()
	c := made(t, t.TempDir())
	for name, certificate := range map[string]*x509.Certificate{"leaf": c.leaf, "authority": c.authority} {
		if life := certificate.NotAfter.Sub(certificate.NotBefore); life > validFor || life < validFor-time.Minute {
			t.Errorf("the %s lives %s", name, life)
		}
	}
	if c.DueForRenewal(time.Now()) || !c.DueForRenewal(c.Ends().Add(-renewWithin+time.Minute)) {
		t.Error("it is due at the wrong time")
	}
}

// The folder holds one private key, and that is the leaf's.
func TestTheKeyOfTheAuthorityIsNowhereOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := made(t, dir)
	keys := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		keys += strings.Count(string(text), "PRIVATE KEY-----\n") / 2
		return err
	})
	if err != nil || keys != 1 {
		t.Fatalf("%d private keys are kept: %v", keys, err)
	}
	loaded, err := Load(dir) // checks that the key is the leaf's
	if err != nil || !loaded.authority.Equal(c.authority) || loaded.TLS().Leaf.PublicKey.(*ecdsa.PublicKey).Equal(c.authority.PublicKey) {
		t.Errorf("got another certificate, or the authority's key: %v", err)
	}
	if len(loaded.TLS().Certificate) != 1 {
		t.Error("the server sends more than the leaf")
	}
}

func TestTheKeyIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps the rights of the folder")
	}
	dir := filepath.Join(t.TempDir(), "new", "folder")
	made(t, dir)
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, pairFile): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if err := os.Chmod(filepath.Join(dir, pairFile), 0o644); err != nil {
		t.Fatal(err)
	}
	isUnusable(t, "a key that others may read", dir, time.Now())
}

func isUnusable(t *testing.T, what, dir string, now time.Time) {
	t.Helper()
	var unusable *UnusableError
	if _, err := load(dir, now); !errors.As(err, &unusable) || unusable.Reason == "" {
		t.Errorf("%s: got %v, want an UnusableError", what, err)
	}
}

func TestWhatCannotServeIsSaidToBeUnusable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	isUnusable(t, "nothing", dir, time.Now())
	c := made(t, dir)
	isUnusable(t, "one that has ended", dir, c.Ends().Add(time.Second))

	path := filepath.Join(dir, pairFile)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	made(t, dir)
	other, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	key, _, _ := strings.Cut(string(good), "-----BEGIN CERT")
	_, certificates, _ := strings.Cut(string(other), "-----BEGIN CERT")
	for what, text := range map[string]string{
		"empty": "", "half": string(good[:len(good)/2]), "no key": "-----BEGIN CERT" + certificates,
		"another's key": key + "-----BEGIN CERT" + certificates, "garbage": "\x00\x01",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		isUnusable(t, what, dir, time.Now())
	}
}

func TestEachAuthorityHasANameOfItsOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := made(t, dir), made(t, dir)
	if first.Name() == second.Name() || first.Fingerprint() == second.Fingerprint() || len(first.Name()) > 60 {
		t.Errorf("%q and %q", first.Name(), second.Name())
	}
	past, err := authorities(dir)
	if err != nil || len(past) != 2 || !past[0].Equal(first.authority) || !past[1].Equal(second.authority) {
		t.Errorf("the list of what was made holds %d: %v", len(past), err)
	}
}
