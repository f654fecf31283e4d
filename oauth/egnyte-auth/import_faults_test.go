package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

// Given files with secrets that can't be imported, then each is named, and the exit code
// is not 0.
func TestSecretsThatCantBeImportedAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, says string }{
		"a password alone":      {`{"domain":"acme","password":"pw"}`, "no token that could be imported"},
		"a key's secret alone":  {`{"domain":"acme","client_secret":"s"}`, "no token that could be imported"},
		"a refresh token alone": {`{"domain":"acme","refresh_token":"r"}`, "no token that could be imported"},
		"an unreadable domain":  {`{"domain":"https://evil.example","access_token":"a"}`, "can't be an Egnyte domain"},
	} {
		for _, f := range []format{sdk, formats[2]} { // config.json and test_config.json
			d := newDesk(t)
			d.write(t, f, 0, c.file)
			i, out := d.importer(d.server.URL())
			i.only = true
			if err := i.run(t.Context(), formats); exitCode(err) == 0 || !strings.Contains(out.String(), c.says) {
				t.Errorf("%s in %s: %v\n%s", name, f.files[0], err, out)
			}
		}
	}
}

// Given an expired token with a good refresh token, then it is renewed only if the file
// is to lose the old one, and the new pair is in the keyring alone.
func TestAnExpiredTokenIsRenewedIfTheFileLosesIt(t *testing.T) {
	t.Parallel()
	for _, access := range []string{`"access_token":"expired",`, ""} {
		d := newDesk(t)
		_, refresh := d.tokens(t, "jsmith")
		key := d.server.Key()
		const after = `{"domain":"acme"}`
		before := fmt.Sprintf(`{"domain":"acme","api_key":%q,"client_secret":%q,%s"refresh_token":%q}`, key.ID, key.Secret, access, refresh)
		d.write(t, sdk, 0, before)
		if out, err := d.run(t, true, false); err == nil || !strings.Contains(out, "--apply --remove renews it") || d.read(t, sdk, 0) != before {
			t.Errorf("without --remove: %v\n%s", err, out)
		}
		if out, err := d.run(t, true, true); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if got := d.read(t, sdk, 0); got != fmt.Sprintf(`{"domain":"acme","api_key":%q}`, key.ID) && got != after {
			t.Errorf("the file holds %s", got)
		}
		accounts, _ := d.store().List(t.Context())
		if len(accounts) != 1 {
			t.Fatalf("%v", accounts)
		}
		token, err := d.store().Token(t.Context(), accounts[0], account.TokenOptions{NoRenewal: true})
		if err != nil || token.Refresh.Reveal() == refresh || token.Access.IsZero() {
			t.Errorf("the new pair is not kept: %v", err)
		}
	}
}

// Given a file with a second name, then its secrets are not half removed.
func TestAFileWithASecondNameIsNotHalfCleaned(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	access, _ := d.tokens(t, "jsmith")
	before := fmt.Sprintf(`{"domain":"acme","access_token":%q}`, access)
	d.write(t, sdk, 0, before)
	if err := os.Link(d.path(sdk, 0), d.path(sdk, 0)+".copy"); err != nil {
		t.Skip("no hard links here:", err)
	}
	if info, err := os.Stat(d.path(sdk, 0)); err != nil || !hasOtherLinks(info) {
		t.Skip("this system doesn't tell hard links")
	}
	if out, err := d.run(t, true, true); err == nil || !strings.Contains(out, "hard link") || d.read(t, sdk, 0) != before {
		t.Errorf("%v\n%s", err, out)
	}
}

// Given a refresh token that egnyte-cli keeps in the keyring, then the user learns that
// it stays there.
func TestAnotherProgramsKeyringItemIsNamed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	access, refresh := d.tokens(t, "jsmith")
	cli := formats[3]
	d.write(t, cli, 0, fmt.Sprintf(`{"access_token":%q}`, access))
	d.write(t, cli, 1, `{"domain":"acme"}`)
	i, out := d.importer(d.server.URL())
	i.apply, i.other = true, func(_, user string) oauth.Secret {
		if user == "refresh_token" {
			return oauth.NewSecret(refresh)
		}
		return oauth.Secret{}
	}
	if err := i.run(t.Context(), formats); err != nil || !strings.Contains(out.String(), "keeps its refresh token in the keyring as well") {
		t.Errorf("%v\n%s", err, out)
	}
}

// Given a policy that locks the domain, then no token of another domain is sent or kept.
func TestALockedDomainBindsImport(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	access, _ := d.tokens(t, "jsmith")
	d.write(t, sdk, 0, fmt.Sprintf(`{"domain":"acme","access_token":%q}`, access))
	i, out := d.importer(d.server.URL())
	i.apply = true
	i.locked, _ = i.service.ParseDomain("globex")
	if err := i.run(t.Context(), formats); err == nil || !strings.Contains(out.String(), "policy of this computer allows only globex") {
		t.Errorf("%v\n%s", err, out)
	}
	if accounts, _ := d.store().List(t.Context()); len(accounts) != 0 {
		t.Errorf("kept: %v", accounts)
	}
}
