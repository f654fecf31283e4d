package localcert

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// Outcome is how it stands with one place.
type Outcome string

// The outcomes. Only what was looked up afterwards counts as done.
const (
	Trusted   Outcome = "trusted"
	Untrusted Outcome = "not trusted" // nothing of ours is there
	Left      Outcome = "left over"   // an earlier one of ours is there
	Failed    Outcome = "failed"      // Err says why; what is there is not known
)

// Place is one store of certificates that browsers of this person read.
type Place struct {
	Name    string // for people: 'Firefox profile x1y2.default', 'Windows'
	Path    string // its folder; empty where the system keeps it
	Outcome Outcome
	Err     error // nil unless Failed
}

// Report is every place that was found, with its outcome.
type Report []Place

// Anywhere reports whether at least one place trusts the certificate.
func (r Report) Anywhere() bool { return r.count(Trusted) > 0 }

// Everywhere reports whether each place trusts it, and there is one.
func (r Report) Everywhere() bool { return len(r) > 0 && r.count(Trusted) == len(r) }

// Nowhere reports whether nothing of ours is left, as far as each place tells.
func (r Report) Nowhere() bool { return r.count(Untrusted) == len(r) }

// MayBeLeft reports whether something of ours is in a place, or may be.
func (r Report) MayBeLeft() bool { return !r.Nowhere() }

// Err joins what failed, each with its place; nil where nothing did.
func (r Report) Err() error {
	var all []error
	for _, place := range r {
		if place.Err != nil {
			all = append(all, fmt.Errorf("%s: %w", place.Name, place.Err))
		}
	}
	return errors.Join(all...)
}

func (r Report) count(o Outcome) (n int) {
	for _, place := range r {
		if place.Outcome == o {
			n++
		}
	}
	return n
}

// ToolMissingError: the program that changes a store is not installed.
type ToolMissingError struct {
	Tool    string // certutil
	Package string // what installs it here, as far as the system tells
}

func (e *ToolMissingError) Error() string {
	return fmt.Sprintf("%s is missing: install %s", e.Tool, e.Package)
}

// errGone and errThere are a store's word against our own.
var (
	errStill = errors.New("it is still there after its removal")
	errGone  = errors.New("it is not there after it was added")
)

// store is what each kind of place can do.
type store interface {
	place() Place
	// list returns the certificates that go by our name.
	list(ctx context.Context) ([]listed, error)
	add(ctx context.Context, authority *x509.Certificate) error
	remove(ctx context.Context, authority *x509.Certificate) error
}

type listed struct {
	certificate *x509.Certificate
	trusted     bool // for servers
}

// Trust has every place of this person's browsers trust the certificate, and
// takes earlier ones of ours out. Call it after the person has agreed. Then
// open the browser: Chromium keeps refusing a certificate that it refused once.
func (c *Certificate) Trust(ctx context.Context) Report { return c.trustIn(ctx, stores()) }

// Check looks the certificate up in every place and changes nothing.
func (c *Certificate) Check(ctx context.Context) Report { return c.checkIn(ctx, stores()) }

func (c *Certificate) trustIn(ctx context.Context, all []store) Report {
	return each(all, func(s store) (Outcome, error) { return c.trust(ctx, s) })
}

func (c *Certificate) checkIn(ctx context.Context, all []store) Report {
	return each(all, func(s store) (Outcome, error) { return c.check(ctx, s) })
}

func each(all []store, work func(store) (Outcome, error)) Report {
	var report Report
	for _, s := range all {
		place := s.place()
		if place.Outcome, place.Err = work(s); place.Err != nil {
			place.Outcome = Failed
		}
		report = append(report, place)
	}
	return report
}

func (c *Certificate) check(ctx context.Context, s store) (Outcome, error) {
	there, err := s.list(ctx)
	if err != nil {
		return Failed, err
	}
	for _, l := range there {
		if l.trusted && l.certificate.Equal(c.authority) {
			return Trusted, nil
		}
	}
	return Untrusted, nil
}

func (c *Certificate) trust(ctx context.Context, s store) (Outcome, error) {
	there, err := s.list(ctx)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Failed, err
	}
	for _, l := range there {
		if l.certificate.Equal(c.authority) && l.trusted || !isOurs(l.certificate) {
			continue
		}
		if err := s.remove(ctx, l.certificate); err != nil {
			return Failed, fmt.Errorf("removing an earlier one: %w", err)
		}
	}
	if outcome, err := c.check(ctx, s); err == nil && outcome == Trusted {
		return Trusted, nil
	}
	if err := s.add(ctx, c.authority); err != nil {
		return Failed, err
	}
	outcome, err := c.check(ctx, s)
	if err == nil && outcome != Trusted {
		err = errGone
	}
	return outcome, err
}

// Setup is all of it, for after the person has agreed: it loads the
// certificate in dir, makes one where there is none or it is due, and has
// every place trust it. The error is about the files; places that failed are
// in the report.
func Setup(ctx context.Context, dir string) (*Certificate, Report, error) {
	return setup(ctx, dir, stores())
}

func setup(ctx context.Context, dir string, all []store) (c *Certificate, report Report, err error) {
	err = locked(dir, func() (err error) {
		now := time.Now()
		if c, err = load(dir, now); err != nil || c.DueForRenewal(now) {
			c, err = create(dir, now)
		}
		if err != nil {
			return err
		}
		report = c.trustIn(ctx, all)
		return noteRefused(dir, report)
	})
	return c, report, err
}

// Source gives a server its certificate from dir: the Certificate of a
// redirect.Listener. It asks nobody, changes nothing, and fails with an
// *UnusableError where Setup is needed: no certificate, one that is due for
// renewal, or one that a place does not trust which Setup has not tried yet, as
// the profile of a browser that came later.
func Source(dir string) func(context.Context) (*tls.Certificate, error) {
	return func(ctx context.Context) (*tls.Certificate, error) { return ready(ctx, dir, time.Now(), stores()) }
}

func ready(ctx context.Context, dir string, now time.Time, all []store) (*tls.Certificate, error) {
	c, err := load(dir, now)
	if err != nil {
		return nil, err
	}
	if c.DueForRenewal(now) {
		return nil, &UnusableError{Reason: "it is about to end"}
	}
	report := c.checkIn(ctx, all)
	if !report.Anywhere() {
		return nil, &UnusableError{Reason: "no browser trusts it", Err: report.Err()}
	}
	if later := untried(dir, report); len(later) > 0 {
		return nil, &UnusableError{Reason: "these do not trust it yet: " + strings.Join(later, ", ")}
	}
	return c.TLS(), nil
}
