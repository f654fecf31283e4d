package localcert

import (
	"context"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// shelf is a store in memory, which may refuse or lie.
type shelf struct {
	name                    string
	holds                   []listed
	cantList, cantAdd, lies bool
	adds                    int
}

var errShelf = errors.New("the shelf is locked")

func (s *shelf) place() Place { return Place{Name: s.name} }

func (s *shelf) list(context.Context) ([]listed, error) {
	if s.cantList {
		return nil, errShelf
	}
	return slices.Clone(s.holds), nil
}

func (s *shelf) add(_ context.Context, c *x509.Certificate) error {
	s.adds++
	if s.cantAdd {
		return errShelf
	}
	if !s.lies {
		s.holds = append(s.holds, listed{c, true})
	}
	return nil
}

func (s *shelf) remove(_ context.Context, c *x509.Certificate) error {
	if s.lies {
		return nil
	}
	s.holds = slices.DeleteFunc(s.holds, func(l listed) bool { return l.certificate.Equal(c) })
	return nil
}

func TestEveryPlaceIsReportedWithWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	c := made(t, t.TempDir())
	all := []store{&shelf{name: "good"}, &shelf{name: "locked", cantList: true}, &shelf{name: "read-only", cantAdd: true}, &shelf{name: "liar", lies: true}}
	report := c.trustIn(t.Context(), all)
	for i, want := range []Outcome{Trusted, Failed, Failed, Failed} {
		if report[i].Outcome != want || (report[i].Err == nil) != (want == Trusted) {
			t.Errorf("%s: %s, %v", report[i].Name, report[i].Outcome, report[i].Err)
		}
	}
	if !report.Anywhere() || report.Everywhere() || !errors.Is(report.Err(), errShelf) {
		t.Errorf("the report sums itself up wrongly: %v", report)
	}
}

func TestWhatIsTrustedAlreadyIsNotAddedAgain(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), &shelf{}
	for range 2 {
		if _, report, err := setup(t.Context(), dir, []store{s}); err != nil || !report.Everywhere() {
			t.Fatalf("%v, %v", report, err)
		}
	}
	if s.adds != 1 || len(s.holds) != 1 {
		t.Errorf("added %d times, there are %d", s.adds, len(s.holds))
	}
}

func TestARenewalLeavesNothingOfTheOldOne(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), &shelf{}
	// Given a certificate that is about to end, and one of somebody else's
	old, err := create(dir, time.Now().Add(renewWithin/2-validFor))
	if err != nil {
		t.Fatal(err)
	}
	other := signedBySelf(t)
	s.holds = []listed{{old.authority, true}, {other, true}}

	// When it is set up again
	renewed, report, err := setup(t.Context(), dir, []store{s})

	// Then the new one is trusted, the old one gone, and the other untouched
	if err != nil || !report.Everywhere() || renewed.DueForRenewal(time.Now()) {
		t.Fatalf("%v, %v", report, err)
	}
	if len(s.holds) != 2 || !s.holds[0].certificate.Equal(other) || !s.holds[1].certificate.Equal(renewed.authority) {
		t.Errorf("the store holds %d", len(s.holds))
	}
}

// signedBySelf goes by our name and is none of ours: it may speak for any site.
func signedBySelf(t *testing.T) *x509.Certificate {
	t.Helper()
	_, key, err := newAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	template := authorityTemplate(time.Now())
	template.PermittedDNSDomains = nil
	c, err := sign(template, template, key, key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAfterRemovalNothingOfOursIsLeft(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), &shelf{}
	lost := made(t, t.TempDir()) // of a folder that is gone
	other := signedBySelf(t)
	s.holds = []listed{{lost.authority, true}, {other, true}}
	c, _, err := setup(t.Context(), dir, []store{s})
	if err != nil {
		t.Fatal(err)
	}
	s.holds = append(s.holds, listed{c.authority, false}, listed{lost.authority, false})
	report, err := removeWithFiles(t.Context(), dir, []store{s})
	if err != nil || !report.Nowhere() {
		t.Fatalf("%v, %v", report, err)
	}
	if len(s.holds) != 1 || !s.holds[0].certificate.Equal(other) {
		t.Errorf("the store holds %d certificates, only the other's should be left", len(s.holds))
	}
	for _, name := range []string{pairFile, pastFile, refusedFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is left", name)
		}
	}
}

func TestARemovalThatFailedCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := &shelf{name: "shelf"}
	if _, _, err := setup(t.Context(), dir, []store{s}); err != nil {
		t.Fatal(err)
	}
	for _, way := range []func(bool){func(on bool) { s.cantList = on }, func(on bool) { s.lies = on }} {
		way(true)
		report, err := removeWithFiles(t.Context(), dir, []store{s})
		if err != nil || report.Nowhere() || report.Err() == nil {
			t.Errorf("a failure was ignored: %v, %v", report, err)
		}
		if past, err := authorities(dir); err != nil || len(past) != 1 {
			t.Errorf("what has to be removed was forgotten: %v", err)
		}
		way(false)
	}
	if report, err := removeWithFiles(t.Context(), dir, []store{s}); err != nil || !report.Nowhere() || len(s.holds) != 0 {
		t.Errorf("%v, %v", report, err)
	}
}

func TestAServerGetsOnlyACertificateThatABrowserTakes(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), &shelf{}
	refused := func(what string, now time.Time) {
		t.Helper()
		var unusable *UnusableError
		if _, err := ready(t.Context(), dir, now, []store{s}); !errors.As(err, &unusable) {
			t.Errorf("%s: got %v, want an UnusableError", what, err)
		}
	}
	refused("none yet", time.Now())
	made(t, dir)
	refused("not trusted", time.Now())
	if s.adds != 0 {
		t.Error("asking for it had it trusted")
	}
	c, _, err := setup(t.Context(), dir, []store{s})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ready(t.Context(), dir, time.Now(), []store{s}); err != nil || got.Leaf == nil {
		t.Errorf("got %v", err)
	}
	refused("about to end", c.Ends().Add(-time.Hour))
}

// Given a certificate that the browsers of that day trust, when another browser
// comes, or one lost it, then setting it up is offered again; what the person has
// seen fail is not.
func TestABrowserThatCameLaterIsOfferedTheCertificate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, firefox, readOnly := &shelf{name: "first"}, &shelf{name: "Firefox profile later"}, &shelf{name: "read-only", cantAdd: true}
	serves := func(when string, want bool, all ...store) {
		t.Helper()
		var unusable *UnusableError
		_, err := ready(t.Context(), dir, time.Now(), all)
		if want != (err == nil) || !want && !errors.As(err, &unusable) {
			t.Errorf("%s: %v", when, err)
		}
	}
	setUp := func(all ...store) {
		t.Helper()
		if _, _, err := setup(t.Context(), dir, all); err != nil {
			t.Fatal(err)
		}
	}
	setUp(first, readOnly)
	serves("a place failed, and the person saw it", true, first, readOnly)
	serves("a new browser", false, first, readOnly, firefox)
	setUp(first, readOnly, firefox)
	serves("it has it by now", true, first, readOnly, firefox)
	firefox.holds = nil
	serves("it was taken out there", false, first, readOnly, firefox)
	firefox.cantAdd = true
	setUp(first, readOnly, firefox)
	serves("it could not be added again", true, first, readOnly, firefox)
}

// Whatever became of a removal, a look afterwards tells what may be left, and
// that it can be tried again.
func TestALookTellsWhatIsLeft(t *testing.T) {
	t.Parallel()
	dir, s, locked := t.TempDir(), &shelf{name: "good"}, &shelf{name: "locked"}
	all := []store{s, locked}
	looks := func(when string, want ...Outcome) Report {
		t.Helper()
		report, err := look(t.Context(), dir, time.Now(), all)
		if err != nil || report[0].Outcome != want[0] || report[1].Outcome != want[1] {
			t.Errorf("%s: %v, %v, want %v", when, report, err, want)
		}
		return report
	}
	locked.cantList = true
	if report := looks("nothing was ever made", Untrusted, Untrusted); report.MayBeLeft() {
		t.Error("something is left of nothing")
	}
	locked.cantList = false
	if _, _, err := setup(t.Context(), dir, all); err != nil {
		t.Fatal(err)
	}
	looks("set up", Trusted, Trusted)
	locked.cantList = true
	if _, err := removeWithFiles(t.Context(), dir, all); err != nil {
		t.Fatal(err)
	}
	if report := looks("a store was locked", Untrusted, Failed); !report.MayBeLeft() || !errors.Is(report.Err(), errShelf) {
		t.Errorf("%v", report)
	}
	locked.cantList = false
	if report := looks("and is open again", Untrusted, Left); !report.MayBeLeft() || report.Anywhere() {
		t.Errorf("%v", report)
	}
	if report, err := removeWithFiles(t.Context(), dir, all); err != nil || !report.Nowhere() {
		t.Errorf("%v, %v", report, err)
	}
	if report := looks("removed", Untrusted, Untrusted); report.MayBeLeft() {
		t.Errorf("%v", report)
	}
}
