//go:build unix

package settings

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/oauth"
)

// Whatever stands where a settings or policy file should, reading it ends, at
// once, with an error that names the file.
func TestAHostileFileIsNamedAndHoldsNobodyUp(t *testing.T) {
	for name, put := range map[string]func(path string) error{
		"a pipe":           func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a folder":         func(path string) error { return os.Mkdir(path, 0o700) },
		"a device":         func(path string) error { return os.Symlink("/dev/zero", path) },
		"a link to itself": func(path string) error { return os.Symlink(path, path) },
		"without an end": func(path string) error {
			return errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, 1<<40)) // a hole, of no size on the disk
		},
		"depth": func(path string) error {
			return os.WriteFile(path, []byte(strings.Repeat(`{"service":`, 1<<20)), 0o600)
		},
		"binary":     func(path string) error { return os.WriteFile(path, []byte{0, 0xff, 0x1b, '['}, 0o600) },
		"a list":     func(path string) error { return os.WriteFile(path, []byte(`["https://evil.example"]`), 0o600) },
		"plain http": func(path string) error { return os.WriteFile(path, []byte(`{"service":"http://egnyte.com"}`), 0o600) },
		"http by a trick": func(path string) error {
			return os.WriteFile(path, []byte(`{"service":"http://localhost.evil.example"}`), 0o600)
		},
		"user information": func(path string) error {
			return os.WriteFile(path, []byte(`{"service":"https://egnyte.com@evil.example"}`), 0o600)
		},
		"a redirect by http": func(path string) error {
			return os.WriteFile(path, []byte(`{"redirect_uri":"http://evil.example/callback"}`), 0o600)
		},
		"an escape": func(path string) error {
			return os.WriteFile(path, []byte(`{"service":"https://\u001b]0;x\u0007.example"}`), 0o600)
		},
		"another type":  func(path string) error { return os.WriteFile(path, []byte(`{"client_id":{"a":1}}`), 0o600) },
		"a wrong scope": func(path string) error { return os.WriteFile(path, []byte(`{"scopes":["a b\nc"]}`), 0o600) },
	} {
		for _, file := range []string{"settings", "policy"} {
			dir := machine(t)
			path := settingsPath(dir)
			if file == "policy" {
				path = policyPath()
			}
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), put(path)); err != nil {
				t.Fatal(name, err)
			}
			begin := time.Now()
			_, err := Load(dir, Values{})
			var wrong *FileError
			if !errors.As(err, &wrong) || wrong.Path != path {
				t.Errorf("%s as %s: %v", name, file, err)
			}
			if took := time.Since(begin); took > 30*time.Second {
				t.Errorf("%s as %s: it took %v", name, file, took)
			}
			if err != nil && len(err.Error()) > 1000 {
				t.Errorf("%s as %s: an error of %d bytes", name, file, len(err.Error()))
			}
		}
	}
}

// notTheirs are the ways in which another user comes to have written a file.
var notTheirs = map[string]func(path string) error{
	"written by the group": func(path string) error { return os.Chmod(path, 0o664) },
	"written by the world": func(path string) error { return os.Chmod(path, 0o646) },
	"another user's":       func(path string) error { return os.Chown(path, 65534, 65534) },
	"a link to another's": func(path string) error {
		theirs := path + ".theirs"
		return errors.Join(os.Rename(path, theirs), os.Chmod(theirs, 0o666), os.Symlink(theirs, path))
	},
}

const toEvil = `{"service":"https://evil.example","locked":["service"]}`

// A policy outranks the person, so it has to be the administrator's: the file,
// its folders up to the root, and every link on the way. If another user could
// change one of them, no new sign-in starts, nothing of the file is in force, and
// existing accounts go on.
func TestAPolicyThatSomebodyElseCouldWriteIsRefused(t *testing.T) {
	ways := map[string]func(path string) error{
		"a folder written by the group": func(path string) error { return os.Chmod(filepath.Dir(path), 0o775) },
		"a folder written by the world": func(path string) error { return os.Chmod(filepath.Dir(path), 0o707) },
		"a folder where everybody may add files": func(path string) error {
			return os.Chmod(filepath.Dir(path), 0o777|os.ModeSticky)
		},
		"a folder further up":   func(path string) error { return os.Chmod(filepath.Dir(filepath.Dir(path)), 0o777) },
		"another user's folder": func(path string) error { return os.Chown(filepath.Dir(path), 65534, 65534) },
		"an open folder from which the file was taken": func(path string) error {
			return errors.Join(os.Remove(path), os.Chmod(filepath.Dir(path), 0o777))
		},
		"a link into an open folder": func(path string) error {
			open := filepath.Join(filepath.Dir(filepath.Dir(path)), "open")
			moved := filepath.Join(open, "policy.json")
			return errors.Join(os.Mkdir(open, 0o700), os.Rename(path, moved), os.Symlink("../open/policy.json", path), os.Chmod(open, 0o777))
		},
		"a folder that is a link into an open folder": func(path string) error {
			folder := filepath.Dir(path)
			open := filepath.Join(filepath.Dir(folder), "open")
			return errors.Join(os.Mkdir(open, 0o700), os.Rename(folder, filepath.Join(open, "theirs")), os.Symlink("open/theirs", folder), os.Chmod(open, 0o777))
		},
	}
	for name, change := range notTheirs {
		ways[name] = change
	}
	for name, change := range ways {
		if strings.HasPrefix(name, "another user's") && os.Geteuid() != 0 {
			t.Log("only root can give a file away")
			continue
		}
		dir := machine(t)
		write(t, policyPath(), toEvil)
		if err := change(policyPath()); err != nil {
			t.Fatal(name, err)
		}
		_, err := Load(dir, Values{})
		var policy *PolicyError
		if !errors.As(err, &policy) || policy.Fault != PolicyUntrusted || policy.File.Path != policyPath() || !strings.Contains(err.Error(), "other than the administrator") {
			t.Errorf("%s: %v", name, err)
		}
		signIn, err := LoadAgain(t.Context(), dir, secrets{}, Existing{Domain: "acme.egnyte.com", Key: oauth.Key{ID: "id"}})
		if err != nil || signIn.Domain.Host() != "acme.egnyte.com" {
			t.Errorf("%s: signing in again: %+v, %v", name, signIn, err)
		}
	}
}

// A policy behind links of the administrator, as some systems manage /etc, counts.
func TestAPolicyBehindTheAdministratorsLinksIsInForce(t *testing.T) {
	dir := machine(t)
	elsewhere := filepath.Join(t.TempDir(), "store") // below /tmp, where everybody may make files
	write(t, filepath.Join(elsewhere, "a", "policy.json"), `{"region":"eu"}`)
	if err := errors.Join(os.Chmod(filepath.Dir(elsewhere), 0o700), os.Remove(filepath.Dir(policyPath())), os.Symlink(filepath.Join(elsewhere, "a"), filepath.Dir(policyPath()))); err != nil {
		t.Fatal(err)
	}
	if e := mustLoad(t, dir, Values{}); e.Region != oauth.RegionEurope || e.From["region"] != Policy {
		t.Errorf("%+v", e)
	}
}

// Given settings that another user could have written, and a key with its secret
// in the environment, then nothing of them is in force, by any way of reading,
// and saving anew keeps them aside.
func TestSettingsThatSomebodyElseCouldWriteAreRefused(t *testing.T) {
	for name, change := range notTheirs {
		if name == "another user's" && os.Geteuid() != 0 {
			t.Log("only root can give a file away")
			continue
		}
		dir := machine(t)
		t.Setenv("EGNYTE_CLIENT_ID", "id")
		t.Setenv("EGNYTE_CLIENT_SECRET", "hush")
		write(t, settingsPath(dir), toEvil)
		if err := errors.Join(os.Chmod(dir, 0o777), change(settingsPath(dir))); err != nil {
			t.Fatal(name, err)
		}
		_, err := Load(dir, Values{})
		if !IsOwn(dir, err) || !strings.Contains(err.Error(), "somebody else") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := LoadAgain(t.Context(), dir, secrets{}, Existing{Domain: "acme.egnyte.com"}); !IsOwn(dir, err) {
			t.Errorf("%s: signing in again: %v", name, err)
		}
		if e, err := LoadPast(dir, Values{}); !IsOwn(dir, err) || e.Service.Host() != "egnyte.com" {
			t.Errorf("%s: %s is in force beside %v", name, e.Service, err)
		}
		outcome := mustApply(t, dir, secrets{}, set("region", "eu"))
		if kept, _ := os.ReadFile(outcome.Kept); string(kept) != toEvil {
			t.Errorf("%s: kept as %q: %s", name, outcome.Kept, kept)
		}
		if e := mustLoad(t, dir, Values{}); e.Service.Host() != "egnyte.com" || e.Region != oauth.RegionEurope {
			t.Errorf("%s: after saving, %s is in force", name, e.Service)
		}
	}
}

// A folder in which others may write by accident is shut before anything in it
// counts; its owner's settings stay in force.
func TestReadingSettingsShutsTheirFolder(t *testing.T) {
	for _, mode := range []os.FileMode{0o777, 0o775, 0o757, os.ModeSticky | 0o777} {
		dir := machine(t)
		write(t, settingsPath(dir), `{"region":"eu"}`)
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		e := mustLoad(t, dir, Values{})
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm()&0o022 != 0 || e.Region != oauth.RegionEurope {
			t.Errorf("%v became %v, %v, and the region %q", mode, info.Mode(), err, e.Region)
		}
	}
}
