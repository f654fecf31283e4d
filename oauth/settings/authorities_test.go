package settings

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lookingIn is a server behind an authority of its own, as of a network that
// looks into TLS, and the authority's file.
func lookingIn(t *testing.T) (server *httptest.Server, file string) {
	t.Helper()
	server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	file = filepath.Join(t.TempDir(), "authority.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return server, filepath.ToSlash(file)
}

func authorityFile(t *testing.T) string {
	_, file := lookingIn(t)
	return file
}

// Given an authority in the settings or the policy, then every client takes its
// servers, also one that was made before; and no longer when it is taken out.
func TestAuthoritiesOfASettingCountForEveryClient(t *testing.T) {
	server, file := lookingIn(t)
	dir := machine(t)
	client := HTTPClient(dir)
	reached := func(when string, want bool) {
		t.Helper()
		for _, c := range []*http.Client{client, HTTPClient(dir)} {
			reply, err := c.Get(server.URL)
			if err == nil {
				_ = reply.Body.Close()
			}
			if (err == nil) != want {
				t.Errorf("%s: %v", when, err)
			}
		}
	}
	reached("without", false)
	mustApply(t, dir, secrets{}, set("ca_file", file))
	reached("in the settings", true)
	mustApply(t, dir, secrets{}, Edit{Unset: []string{"ca_file"}})
	reached("taken out", false)
	write(t, policyPath(), `{"ca_file":"`+file+`"}`)
	reached("in the policy", true)
	write(t, policyPath(), `{"locked":["ca_file"]}`)
	mustApply(t, dir, secrets{}, Edit{})
	write(t, settingsPath(dir), `{"ca_file":"`+file+`"}`)
	reached("locked to none", false)
}

// A file that can't be one is said where it is named; what counted goes on counting.
func TestAFileOfNoAuthoritiesIsRefusedWithItsField(t *testing.T) {
	dir := machine(t)
	empty := filepath.ToSlash(filepath.Join(t.TempDir(), "empty.pem"))
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"not there": empty + ".gone", "a folder": filepath.ToSlash(filepath.Dir(empty)), "half a path": "ca.pem", "no certificate in it": empty} {
		_, err := Apply(t.Context(), dir, secrets{}, set("ca_file", path))
		if Complaints(err)["ca_file"] == nil {
			t.Errorf("%s: %v", name, err)
		}
		write(t, settingsPath(dir), `{"ca_file":"`+path+`"}`)
		var wrong *FileError
		if _, err := authorities(dir); !errors.As(err, &wrong) || wrong.Field != "ca_file" || !strings.Contains(err.Error(), "settings.json") {
			t.Errorf("%s: %v", name, err)
		}
		if e, err := LoadPast(dir, Values{}); !IsOwn(dir, err) || e.CAFile != "" {
			t.Errorf("%s: %q is in force, %v", name, e.CAFile, err)
		}
		if err := os.Remove(settingsPath(dir)); err != nil {
			t.Fatal(err)
		}
	}
}
