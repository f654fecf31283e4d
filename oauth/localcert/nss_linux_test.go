package localcert

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// home makes a home with these folders, and with these files, which are empty
// but for profiles.ini.
func home(t *testing.T, paths ...string) string {
	t.Helper()
	home := t.TempDir()
	for _, path := range paths {
		path = filepath.Join(home, path)
		folder := path
		if filepath.Ext(path) == ".db" {
			folder = filepath.Dir(path)
		}
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if folder != path {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return home
}

func found(home, dataHome string) (paths []string) {
	for _, place := range nssPlaces(home, dataHome) {
		path, err := filepath.Rel(home, place.path)
		if err != nil {
			path = place.path
		}
		paths = append(paths, path)
	}
	return paths
}

func TestChromiumsPlacesAreWhereItLooks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		there []string
		want  []string
	}{
		"nothing yet":       {nil, []string{".local/share/pki/nssdb"}},
		"the old one":       {[]string{".pki/nssdb"}, []string{".pki/nssdb"}},
		"the new one":       {[]string{".local/share/pki/nssdb"}, []string{".local/share/pki/nssdb"}},
		"both":              {[]string{".pki/nssdb", ".local/share/pki/nssdb"}, []string{".pki/nssdb", ".local/share/pki/nssdb"}},
		"a packaged one":    {[]string{"snap/chromium/current/.pki/nssdb"}, []string{".local/share/pki/nssdb", "snap/chromium/current/.pki/nssdb"}},
		"a .pki of another": {[]string{".pki"}, []string{".local/share/pki/nssdb"}},
	} {
		if got := found(home(t, c.there...), ""); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	at := home(t)
	if got := found(at, filepath.Join(at, "data")); !slices.Equal(got, []string{"data/pki/nssdb"}) {
		t.Errorf("XDG_DATA_HOME: got %q", got)
	}
	if got := found(at, "relative"); !slices.Equal(got, []string{".local/share/pki/nssdb"}) {
		t.Errorf("a relative XDG_DATA_HOME is to be ignored: got %q", got)
	}
}

func TestEveryFirefoxProfileIsFound(t *testing.T) {
	t.Parallel()
	at := home(t,
		".mozilla/firefox/a.default/cert9.db", ".mozilla/firefox/never-started", ".mozilla/firefox/Crash Reports",
		".config/mozilla/firefox/b.default/cert9.db", ".config/mozilla/firefox/c d.two/cert9.db",
		"snap/firefox/common/.mozilla/firefox/s.default/cert9.db", "elsewhere/profile",
	)
	ini := "[Install4F96]\nDefault=a.default\nPath=Crash Reports\n\n[Profile1]\nName=x\nIsRelative=1\nPath=never-started\r\n" +
		"[Profile0]\nPath=a.default\n[Profile2]\nIsRelative=0\nPath=" + filepath.Join(at, "elsewhere/profile") + "\n[Profile3]\nPath=gone\n[General]\nPath=x\n"
	if err := os.WriteFile(filepath.Join(at, ".mozilla/firefox/profiles.ini"), []byte(ini), 0o600); err != nil {
		t.Fatal(err)
	}
	got := found(at, "")[1:]
	slices.Sort(got)
	want := []string{
		".config/mozilla/firefox/b.default", ".config/mozilla/firefox/c d.two", ".mozilla/firefox/a.default",
		".mozilla/firefox/never-started", "elsewhere/profile", "snap/firefox/common/.mozilla/firefox/s.default",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestWhereCertutilIsMissingThePackageIsNamed(t *testing.T) {
	t.Parallel()
	missing := func() (string, error) { return "", &ToolMissingError{"certutil", "libnss3-tools"} }
	at := home(t, ".pki/nssdb")
	s := nssStore{nssPlace{"Chromium", filepath.Join(at, ".pki/nssdb")}, missing}
	report := made(t, t.TempDir()).trustIn(t.Context(), []store{s})
	var tool *ToolMissingError
	if report[0].Outcome != Failed || !errors.As(report.Err(), &tool) || tool.Package != "libnss3-tools" {
		t.Errorf("got %+v", report)
	}
	for release, want := range map[string]string{
		"ID=debian\n": "libnss3-tools", "ID=mint\nID_LIKE=\"ubuntu debian\"\n": "libnss3-tools", "ID=\"fedora\"": "nss-tools",
		"ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"": "mozilla-nss-tools", "ID=arch": "nss", "": "libnss3-tools (Debian, Ubuntu) or nss-tools (Fedora)",
	} {
		if got := certutilPackage([]byte(release)); got != want {
			t.Errorf("%q: got %q, want %q", release, got, want)
		}
	}
}
