package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/keyring/keyringtest"
)

// anywhere reports whether text lies in a file under a folder.
func anywhere(t *testing.T, folder, text string) bool {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(folder, "*"))
	for _, file := range files {
		if strings.HasSuffix(file, ".tmp") {
			continue // nobody reads those
		}
		data, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(data), text) {
			return true
		}
	}
	return false
}

// homeFile is a file of another tool, as a person has it and as an import that
// removes leaves it.
type homeFile struct {
	format        format
	number        int
	before, after string
}

// fullHome has the files of every tool, each for a person of its own, and the
// secrets that are in them.
func (d *desk) fullHome(t *testing.T) (files []homeFile, secrets []string) {
	t.Helper()
	access, refresh := d.tokens(t, "jsmith")
	bala, _ := d.tokens(t, "bkumar")
	ann, annRefresh := d.tokens(t, "adoe")
	before, after := agenticFile(d.server.DomainURL("acme"), access, refresh)
	cli := formats[slices.IndexFunc(formats, func(f format) bool { return f.name == "egnyte-cli" })]
	return []homeFile{
		{agentic, 0, before, after},
		{sdk, 0, `{"access_token": "` + bala + `", "domain": "acme", "timeout": 5}`, `{ "domain": "acme", "timeout": 5}`},
		{cli, 0, `{"access_token": "` + ann + `", "refresh_token": "` + annRefresh + `", "token_type": "bearer"}`, `{ "token_type": "bearer"}`},
		{cli, 1, `{"domain": "globex", "client_id": "k", "client_secret": "ann-key-secret"}`, `{"domain": "globex", "client_id": "k"}`},
	}, []string{access, refresh, "their-secret", bala, ann, annRefresh, "ann-key-secret"}
}

func (d *desk) with(t *testing.T, files []homeFile) *desk {
	t.Helper()
	next := &desk{t.TempDir(), d.server}
	for _, f := range files {
		next.write(t, f.format, f.number, f.before)
	}
	return next
}

// Given the files of every tool, when the keyring fails for good at any call of an import
// that removes, then each secret is in its old file, in the keyring, or in both, no file
// is broken, and the next import ends the work.
func TestIfTheKeyringFailsAtAnyCallNoSecretIsLost(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	files, secrets := d.fullHome(t)
	for at, failed := 1, true; failed; at++ {
		d := d.with(t, files)
		ring, calls := d.keyring(), 0
		ring.Intercept(func(keyringtest.Call) error {
			if calls++; calls >= at {
				return errors.New("the keyring is gone")
			}
			return nil
		})
		i, _ := d.importer(d.server.URL())
		i.store, i.apply, i.remove = account.Open(filepath.Join(d.dir, "config"), ring), true, true
		_ = i.run(t.Context(), formats)
		failed = calls >= at
		text := ""
		for _, f := range files {
			now := d.read(t, f.format, f.number)
			if now != f.before && now != f.after {
				t.Errorf("failed at %d: %s holds\n%s", at, f.format.files[f.number], now)
			}
			text += now
		}
		for _, secret := range secrets {
			if !strings.Contains(text, secret) && !anywhere(t, ring.Dir, secret) {
				t.Errorf("failed at %d: a secret is lost", at)
			}
		}
		d.mustEndTheWork(t, at, files, secrets)
	}
}

// mustEndTheWork imports again.
func (d *desk) mustEndTheWork(t *testing.T, at int, files []homeFile, secrets []string) {
	t.Helper()
	out, err := d.run(t, true, true)
	if err != nil {
		t.Errorf("failed at %d: the next import: %v\n%s", at, err, out)
	}
	for _, f := range files {
		if now := d.read(t, f.format, f.number); now != f.after {
			t.Errorf("failed at %d: after the next import %s holds\n%s", at, f.format.files[f.number], now)
		}
	}
	for _, secret := range secrets {
		if !anywhere(t, d.keyring().Dir, secret) {
			t.Errorf("failed at %d: after the next import the keyring lacks a secret", at)
		}
	}
	if accounts, err := d.store().List(t.Context()); err != nil || len(accounts) != 3 {
		t.Errorf("failed at %d: %v, %v", at, accounts, err)
	}
}
