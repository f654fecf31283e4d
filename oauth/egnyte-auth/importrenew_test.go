package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/practice"
)

// overFile is Jane's config of the agentic CLI once her access token is over,
// and what is left of it after an import that removes.
func (d *desk) overFile(t *testing.T) (before, after string) {
	t.Helper()
	access, refresh := d.tokens(t, "jsmith")
	before, after = agenticFile(d.server.DomainURL("acme"), access, refresh)
	key := strings.NewReplacer("their-key", d.server.Key().ID, "their-secret", d.server.Key().Secret)
	d.server.Advance(31 * 24 * time.Hour)
	return key.Replace(before), key.Replace(after)
}

func (d *desk) items(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir(d.keyring().dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return len(entries)
}

// Given a profile whose access token is over, when it is imported and leaves its
// file, then it is renewed and kept; a dry run and an import that leaves the file
// as it is renew nothing, since that would end the tool's own tokens.
func TestACredentialThatIsOverIsRenewedAndKept(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	before, after := d.overFile(t)
	d.write(t, agentic, 0, before)
	asked := d.server.Requests("token")
	for _, how := range []struct {
		apply, remove bool
		says          string
		code          int
	}{
		{false, false, "would renew it", 0},
		{false, true, "would renew it", 0},
		{true, false, "--apply --remove renews it", 5},
	} {
		out, err := d.run(t, how.apply, how.remove)
		if exitCode(err) != how.code || !strings.Contains(out, how.says) || d.read(t, agentic, 0) != before || d.server.Requests("token") != asked {
			t.Errorf("apply %v, remove %v: %v, %d token requests\n%s", how.apply, how.remove, err, d.server.Requests("token")-asked, out)
		}
	}
	out, err := d.run(t, true, true)
	if err != nil {
		t.Fatal(err, out)
	}
	a, err := d.store().Find(t.Context(), "acme", nil)
	if err != nil || a.State != account.Ready || !a.Default {
		t.Fatalf("%+v, %v", a, err)
	}
	token, err := d.store().Token(t.Context(), a)
	live := d.server.Tokens("acme", "jsmith")
	if err != nil || len(live) != 1 || token.Access.Reveal() != live[0].Access || token.Refresh.Reveal() != live[0].Refresh {
		t.Errorf("the keyring has another pair than Egnyte: %v", err)
	}
	if got := d.read(t, agentic, 0); got != after {
		t.Errorf("the file holds\n%s", got)
	}
	if n := d.items(t); n != 1 {
		t.Errorf("%d items in the keyring", n)
	}
	for _, secret := range []string{live[0].Access, live[0].Refresh} {
		if strings.Contains(out, secret) {
			t.Errorf("a secret is shown:\n%s", out)
		}
	}
}

// Given an account at the domain that works, then nobody's token is renewed for
// nothing, and the file stays.
func TestNothingIsRenewedBesideAnAccountThatWorks(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	before, _ := d.overFile(t)
	access, _ := d.tokens(t, "jsmith")
	d.write(t, sdk, 0, `{"domain":"acme","access_token":"`+access+`"}`)
	if out, err := d.run(t, true, true); err != nil {
		t.Fatal(err, out)
	}
	d.write(t, agentic, 0, before)
	asked := d.server.Requests("token")
	out, err := d.run(t, true, true)
	if exitCode(err) != 5 || !strings.Contains(out, "has an account there that works") || d.read(t, agentic, 0) != before || d.server.Requests("token") != asked {
		t.Errorf("%v\n%s", err, out)
	}
}

// Given a refresh token that is dead too, or an Egnyte in trouble, then all stays.
func TestWhatCannotBeRenewedStays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault practice.Fault
		code  int
	}{"dead": {practice.FaultInvalidGrant, 5}, "in trouble": {practice.Fault503, 4}} {
		d := newDesk(t)
		before, after := d.overFile(t)
		d.write(t, agentic, 0, before)
		d.server.Fault("token", c.fault)
		out, err := d.run(t, true, true)
		if exitCode(err) != c.code || d.read(t, agentic, 0) != before || d.items(t) != 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		d.server.ClearFault("token")
		if out, err := d.run(t, true, true); err != nil || d.read(t, agentic, 0) != after {
			t.Errorf("%s, then: %v\n%s", name, err, out)
		}
	}
}

// Given a renewed pair that nobody could be asked about, when that is over too
// by the time of the next import, then its own refresh token brings it back.
func TestAPairPutAsideIsFoundMuchLater(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	before, after := d.overFile(t)
	d.write(t, agentic, 0, before)
	i, _ := d.importer(d.server.URL())
	i.apply, i.remove = true, true
	domain, err := i.service.ParseDomain("acme")
	if err != nil {
		t.Fatal(err)
	}
	c := i.mustRead(t, agentic)
	if _, err := i.revive(t.Context(), domain, c, &oauth.Refusal{Kind: oauth.RefusedUnauthorized}); err != nil {
		t.Fatal(err)
	}
	d.server.Advance(31 * 24 * time.Hour)
	if out, err := d.run(t, true, true); err != nil || d.read(t, agentic, 0) != after {
		t.Fatalf("%v\n%s", err, out)
	}
	a, err := d.store().Find(t.Context(), "acme", nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := d.store().Token(t.Context(), a)
	if live := d.server.Tokens("acme", "jsmith"); err != nil || len(live) != 1 || live[0].Access != token.Access.Reveal() || d.items(t) != 1 {
		t.Errorf("%d live, %d items, %v", len(live), d.items(t), err)
	}
}

// mustRead is the one credential of a tool.
func (i *importer) mustRead(t *testing.T, f format) credential {
	t.Helper()
	i.kept = map[string]oauth.Secret{}
	found, err := i.read(f)
	if err != nil || len(found) != 1 {
		t.Fatal(err, len(found), filepath.Join(i.home, f.files[0]))
	}
	return found[0]
}
