package localcert

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// loginKeychain is the person's own; Safari, Chrome and Firefox read it.
// Written by the manual pages of security(1), not tried on a Mac yet.
type loginKeychain struct{ path string }

func stores() []store {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	return []store{loginKeychain{filepath.Join(home, "Library", "Keychains", "login.keychain-db")}}
}

func (k loginKeychain) place() Place { return Place{Name: "the login keychain", Path: k.path} }

func (k loginKeychain) list(ctx context.Context) ([]listed, error) {
	text, err := security(ctx, nil, "find-certificate", "-a", "-p", "-c", namePrefix, k.path)
	if err != nil {
		return nil, err
	}
	var all []listed
	for _, c := range parseCertificates(text) {
		all = append(all, listed{c, k.trusts(ctx, c)})
	}
	return all, nil
}

// trusts asks the system to judge the authority as it would for a server.
func (k loginKeychain) trusts(ctx context.Context, c *x509.Certificate) bool {
	path, done, err := asFile(c)
	if err != nil {
		return false
	}
	defer done()
	_, err = security(ctx, nil, "verify-cert", "-c", path, "-p", "ssl", "-l", "-L", "-k", k.path)
	return err == nil
}

// add makes the system ask the person for their password.
func (k loginKeychain) add(ctx context.Context, c *x509.Certificate) error {
	path, done, err := asFile(c)
	if err != nil {
		return err
	}
	defer done()
	_, err = security(ctx, nil, "add-trusted-cert", "-r", "trustRoot", "-p", "ssl", "-k", k.path, path)
	return err
}

// remove takes the trust settings with the certificate (-t), by SHA-256.
func (k loginKeychain) remove(ctx context.Context, c *x509.Certificate) error {
	_, err := security(ctx, nil, "delete-certificate", "-t", "-Z", strings.ToUpper(fingerprint(c.Raw)), k.path)
	return err
}

// asFile writes a certificate, which is no secret, for a program to read.
func asFile(c *x509.Certificate) (path string, done func(), err error) {
	file, err := os.CreateTemp("", "localhost-*.pem")
	if err != nil {
		return "", nil, fmt.Errorf("handing over the certificate: %w", err)
	}
	done = func() { _ = os.Remove(file.Name()) }
	_, err = file.Write(block(typeCertificate, c.Raw))
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		done()
		return "", nil, fmt.Errorf("handing over the certificate: %w", err)
	}
	return file.Name(), done, nil
}

func security(ctx context.Context, input []byte, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "/usr/bin/security", args...)
	command.Stdin = bytes.NewReader(input)
	var output, complaints bytes.Buffer
	command.Stdout, command.Stderr = &output, &complaints
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("security %s: %w", args[0], withComplaint(ctx, err, complaints.Bytes()))
	}
	return output.Bytes(), nil
}
