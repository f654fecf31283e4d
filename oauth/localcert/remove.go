package localcert

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Look tells what of ours is in every place, and changes nothing: the certificate
// in dir, or one of an earlier day. A place that can't be read counts as failed
// where one was ever made in dir, since it may be there.
func Look(ctx context.Context, dir string) (Report, error) {
	return look(ctx, dir, time.Now(), stores())
}

func look(ctx context.Context, dir string, now time.Time, all []store) (Report, error) {
	past, err := authorities(dir)
	if err != nil {
		return nil, err
	}
	current, err := load(dir, now)
	if err != nil {
		current = nil // there is none, or none that counts
	}
	ours := known(past)
	return each(all, func(s store) (Outcome, error) {
		there, err := s.list(ctx)
		switch {
		case err != nil && (errors.Is(err, fs.ErrNotExist) || current == nil && len(past) == 0):
			return Untrusted, nil
		case err != nil:
			return Failed, err
		}
		outcome := Untrusted
		for _, l := range there {
			switch {
			case current != nil && l.trusted && l.certificate.Equal(current.authority):
				return Trusted, nil
			case ours(l.certificate):
				outcome = Left
			}
		}
		return outcome, nil
	}), nil
}

// known tells what was made here, in this folder or in one that is gone.
func known(past []*x509.Certificate) func(*x509.Certificate) bool {
	all := make(map[string]bool)
	for _, authority := range past {
		all[fingerprint(authority.Raw)] = true
	}
	return func(c *x509.Certificate) bool { return all[fingerprint(c.Raw)] || isOurs(c) }
}

// Remove takes everything of ours out of every place, and deletes the files in
// dir unless a place failed: then they stay, so that it can be tried again.
func Remove(ctx context.Context, dir string) (Report, error) {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return removeFrom(ctx, stores(), nil), nil
	}
	var report Report
	err := locked(dir, func() (err error) {
		report, err = removeWithFiles(ctx, dir, stores())
		return err
	})
	return report, err
}

func removeWithFiles(ctx context.Context, dir string, all []store) (Report, error) {
	past, err := authorities(dir)
	if err != nil {
		return nil, err
	}
	report := removeFrom(ctx, all, past)
	// The key first: what is left without it harms nobody.
	files := []string{pairFile, refusedFile}
	if report.Nowhere() {
		files = append(files, pastFile)
	}
	for _, name := range files {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return report, fmt.Errorf("deleting the certificate: %w", err)
		}
	}
	return report, nil
}

func removeFrom(ctx context.Context, all []store, past []*x509.Certificate) Report {
	ours := known(past)
	return each(all, func(s store) (Outcome, error) {
		there, err := s.list(ctx)
		if errors.Is(err, fs.ErrNotExist) {
			return Untrusted, nil
		}
		if err != nil {
			return Failed, err
		}
		for _, l := range there {
			if !ours(l.certificate) {
				continue
			}
			if err := s.remove(ctx, l.certificate); err != nil {
				return Failed, err
			}
		}
		if there, err = s.list(ctx); err != nil {
			return Failed, err
		}
		for _, l := range there {
			if ours(l.certificate) {
				return Failed, errStill
			}
		}
		return Untrusted, nil
	})
}
