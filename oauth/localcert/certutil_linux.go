package localcert

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// certutilLimit is for one call of certutil.
const certutilLimit = 10 * time.Second

// nssStore is one NSS database, changed by NSS's own certutil.
type nssStore struct {
	nssPlace
	certutil func() (string, error) // its path
}

func (s nssStore) place() Place { return Place{Name: s.name, Path: s.path} }

// list wraps fs.ErrNotExist where there is no database.
func (s nssStore) list(ctx context.Context) ([]listed, error) {
	if _, err := os.Stat(filepath.Join(s.path, "cert9.db")); err != nil {
		return nil, fmt.Errorf("looking for its certificates: %w", withoutPath(err))
	}
	table, err := s.run(ctx, nil, "-L")
	if err != nil {
		return nil, err
	}
	var all []listed
	for line := range strings.Lines(string(table)) {
		nickname, flags, ok := tableRow(line)
		if !ok {
			continue
		}
		text, err := s.run(ctx, nil, "-L", "-a", "-n", nickname)
		if err != nil {
			return nil, err
		}
		for _, certificate := range parseCertificates(text) {
			all = append(all, listed{certificate, trustsServers(flags)})
		}
	}
	return all, nil
}

// tableRow reads a row of certutil's list: a nickname, padded, and the trust
// for servers, mail and code: 'C,,'.
func tableRow(line string) (nickname, flags string, ours bool) {
	line = strings.TrimSpace(line)
	end := strings.LastIndexByte(line, ' ')
	if end < 0 || !strings.HasPrefix(line, namePrefix) {
		return "", "", false
	}
	return strings.TrimSpace(line[:end]), line[end+1:], true
}

func trustsServers(flags string) bool {
	servers, _, _ := strings.Cut(flags, ",")
	return strings.Contains(servers, "C")
}

func (s nssStore) add(ctx context.Context, authority *x509.Certificate) error {
	if _, err := os.Stat(filepath.Join(s.path, "cert9.db")); errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(s.path, 0o700); err != nil {
			return fmt.Errorf("making its folder: %w", withoutPath(err))
		}
		if _, err := s.run(ctx, nil, "-N", "--empty-password"); err != nil {
			return err
		}
	}
	_, err := s.run(ctx, block(typeCertificate, authority.Raw), "-A", "-t", "C,,", "-n", authority.Subject.CommonName)
	return err
}

// remove deletes by nickname, which is all that certutil knows; the caller has
// told by its SHA-256 that this is the certificate, and every one of ours has
// a nickname of its own.
func (s nssStore) remove(ctx context.Context, authority *x509.Certificate) error {
	_, err := s.run(ctx, nil, "-D", "-n", authority.Subject.CommonName)
	return err
}

func (s nssStore) run(ctx context.Context, input []byte, args ...string) ([]byte, error) {
	certutil, err := s.certutil()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, certutilLimit)
	defer cancel()
	command := exec.CommandContext(ctx, certutil, append(args, "-d", "sql:"+s.path)...)
	command.Env = append(os.Environ(), "LC_ALL=C")
	command.Stdin = bytes.NewReader(input)
	var output, complaints bytes.Buffer
	command.Stdout, command.Stderr = &output, &complaints
	command.WaitDelay = time.Second
	apart(command)
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("certutil %s: %w", args[0], withComplaint(ctx, err, complaints.Bytes()))
	}
	return output.Bytes(), nil
}

// withoutPath drops a path that the place names already.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
