//go:build e2e && linux

package localcert

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The real stores of Chromium and Firefox, which certutil (libnss3-tools) reads and writes.

// freshHome sets a home folder that holds nothing but the given folders.
func freshHome(t *testing.T, folders ...string) string {
	t.Helper()
	home := t.TempDir()
	for _, folder := range folders {
		if err := os.MkdirAll(filepath.Join(home, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("HOME", home)
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("XDG_CONFIG_HOME", "")
	return home
}

// firefoxProfile makes a profile: a folder with a certificate database, as Firefox makes at its first start.
func firefoxProfile(t *testing.T, home, path string) {
	t.Helper()
	profile := filepath.Join(home, path)
	if err := os.MkdirAll(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("certutil", "-N", "--empty-password", "-d", "sql:"+profile).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func trusted(t *testing.T, c *Certificate, places int) {
	t.Helper()
	report := c.Trust(t.Context())
	if !report.Everywhere() || len(report) != places {
		t.Fatalf("%v: %+v", report.Err(), report)
	}
}

func TestEveryStoreIsWrittenReadAndCleared(t *testing.T) {
	home := freshHome(t, ".pki/nssdb", ".local/share/pki/nssdb")
	profiles := []string{".mozilla/firefox/a.default", ".mozilla/firefox/b c.two", ".config/mozilla/firefox/d.default"}
	for _, path := range profiles {
		firefoxProfile(t, home, path)
	}
	dir := t.TempDir()
	// Given another's certificate in each store, and an older one of ours
	older := made(t, dir)
	trusted(t, older, 5)
	other := signedBySelf(t)
	for _, s := range stores() {
		if err := s.add(t.Context(), other); err != nil {
			t.Fatal(err)
		}
	}
	// When a new one is set up
	c := made(t, dir)
	if report := c.Check(t.Context()); report.Anywhere() {
		t.Errorf("it is trusted before anybody agreed: %+v", report)
	}
	trusted(t, c, 5)
	// Then each store has it once, and not the older one
	for _, s := range stores() {
		if there := names(t, s); !slices.Equal(there, sorted(c.Name(), other.Subject.CommonName)) {
			t.Errorf("%s holds %q", s.place().Path, there)
		}
	}
	// And after removal only the other's is left
	if report, err := Remove(t.Context(), dir); err != nil || !report.Nowhere() || len(report) != 5 {
		t.Fatalf("%v: %+v", err, report)
	}
	for _, s := range stores() {
		if there := names(t, s); !slices.Equal(there, []string{other.Subject.CommonName}) {
			t.Errorf("%s still holds %q", s.place().Path, there)
		}
	}
}

func sorted(names ...string) []string { slices.Sort(names); return names }

func names(t *testing.T, s store) []string {
	t.Helper()
	there, err := s.list(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, l := range there {
		all = append(all, l.certificate.Subject.CommonName)
	}
	slices.Sort(all)
	return all
}

// A store behind a password, or that is damaged, fails at once and is reported;
// nothing is asked on a terminal, and the other stores are served.
func TestAStoreThatCannotBeWrittenIsReported(t *testing.T) {
	home := freshHome(t, ".pki/nssdb", ".mozilla/firefox/locked.one", ".mozilla/firefox/damaged.two")
	password := filepath.Join(home, "password")
	if err := os.WriteFile(password, []byte("primary-Passw0rd\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(home, ".mozilla/firefox/locked.one")
	if out, err := exec.Command("certutil", "-N", "-f", password, "-d", "sql:"+locked).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.WriteFile(filepath.Join(home, ".mozilla/firefox/damaged.two/cert9.db"), []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	c, report, err := Setup(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Outcome{".pki/nssdb": Trusted, ".mozilla/firefox/locked.one": Failed, ".mozilla/firefox/damaged.two": Failed}
	if len(report) != len(want) {
		t.Errorf("%d places", len(report))
	}
	for _, place := range report {
		path, _ := filepath.Rel(home, place.Path)
		if place.Outcome != want[path] || (place.Err == nil) != (place.Outcome != Failed) {
			t.Errorf("%s: %s, %v", path, place.Outcome, place.Err)
		}
		t.Log(place.Name, place.Outcome, place.Err)
	}
	if _, err := Source(dir)(t.Context()); err != nil {
		t.Errorf("Chromium trusts it, so it serves: %v", err)
	}
	report, err = Remove(t.Context(), dir)
	if err != nil || report.Nowhere() || report.Err() == nil {
		t.Errorf("the damaged store was ignored: %v, %+v", err, report)
	}
	if _, err := os.Stat(filepath.Join(dir, pairFile)); err == nil {
		t.Error("the key is left")
	}
	if left, err := Look(t.Context(), dir); err != nil || !left.MayBeLeft() || left.Err() == nil {
		t.Errorf("the damaged store was forgotten: %v, %+v", err, left)
	}
	_ = c
}

// Given a certificate that Chromium has, when the person makes a Firefox profile,
// then setting it up is asked for again, by the profile's name, and mends it.
func TestALaterFirefoxProfileIsOfferedTheCertificate(t *testing.T) {
	home := freshHome(t, ".pki/nssdb")
	dir := t.TempDir()
	source := Source(dir)
	setUp := func() {
		t.Helper()
		if _, report, err := Setup(t.Context(), dir); err != nil || !report.Everywhere() {
			t.Fatalf("%v: %+v", err, report)
		}
		if _, err := source(t.Context()); err != nil {
			t.Errorf("everybody trusts it: %v", err)
		}
	}
	setUp()
	firefoxProfile(t, home, ".mozilla/firefox/later.default")
	if _, err := source(t.Context()); err == nil || !strings.Contains(err.Error(), "later.default") {
		t.Errorf("got %v", err)
	}
	setUp()
}
