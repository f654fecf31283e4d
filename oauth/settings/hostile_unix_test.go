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
			_, err := Load(dir, Fields{})
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

// A policy outranks the person: it has to be the administrator's. In a folder
// where everybody may make files, one of another user counts for nothing.
func TestAPolicyThatSomebodyElseCouldWriteIsRefused(t *testing.T) {
	const text = `{"service":"https://evil.example","locked":["service"]}`
	for name, change := range map[string]func(path string) error{
		"written by the group": func(path string) error { return os.Chmod(path, 0o664) },
		"written by the world": func(path string) error { return os.Chmod(path, 0o646) },
		"another user's":       func(path string) error { return os.Chown(path, 65534, 65534) },
		"a link to another's": func(path string) error {
			theirs := path + ".theirs"
			return errors.Join(os.Rename(path, theirs), os.Chmod(theirs, 0o666), os.Symlink(theirs, path))
		},
	} {
		if name == "another user's" && os.Geteuid() != 0 {
			t.Log("only root can give a file away")
			continue
		}
		dir := machine(t)
		write(t, policyPath(), text)
		if err := change(policyPath()); err != nil {
			t.Fatal(name, err)
		}
		_, err := Load(dir, Fields{})
		var wrong *FileError
		if !errors.As(err, &wrong) || wrong.Path != policyPath() || !strings.Contains(err.Error(), "somebody else") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
