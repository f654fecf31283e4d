package settings

import (
	"errors"
	"strings"
	"testing"

	"egnyte-accounts/oauth"
)

// Given a policy that names a field or a lock that this version does not know,
// spelling included, then no new sign-in starts, and the error names the file
// and what is unknown in it.
func TestAnUnknownFieldOrLockOfThePolicyStopsNewSignIns(t *testing.T) {
	for content, want := range map[string]struct {
		fault PolicyFault
		name  string
	}{
		`{"domain":"acme","locked":["Domain"]}`:            {PolicyUnknownLock, "Domain"},
		`{"domain":"acme","locked":["domains","domain "]}`: {PolicyUnknownLock, "domains, domain "},
		`{"Domain":"acme","locked":["domain"]}`:            {PolicyUnknownField, "Domain"},
		`{"domain":"acme","Locked":["domain"]}`:            {PolicyUnknownField, "Locked"},
		`{"domain":"acme","keys":[],"a_later_one":1}`:      {PolicyUnknownField, "a_later_one, keys"},
		`{"domain":"acme","locked":"domain"}`:              {PolicyWrong, ""},
		`{"domain":"acme","region":"mars"}`:                {PolicyWrong, ""},
	} {
		dir := machine(t)
		write(t, policyPath(), content)
		_, err := Load(dir, Values{"domain": "globex"})
		var policy *PolicyError
		if !errors.As(err, &policy) || policy.Fault != want.fault || policy.Name != want.name ||
			!strings.Contains(err.Error(), policyPath()) || !strings.Contains(err.Error(), want.name) {
			t.Errorf("%s: %v", content, err)
		}
	}
}

// Given such a policy, when an account that exists is signed in again, or the
// authorities of ca_file are needed to renew its token, then that works, and what
// is known of the policy is still in force.
func TestExistingAccountsGoOnUnderAPolicyWithAnUnknownLock(t *testing.T) {
	dir := machine(t)
	t.Setenv("EGNYTE_DOMAIN", "globex") // asks for another domain, of new sign-ins
	write(t, policyPath(), `{"domain":"acme","client_id":"policy","client_secret":"hush","ca_file":"`+authorityFile(t)+`","locked":["client_id","domain","Region"]}`)
	signIn, err := LoadAgain(t.Context(), dir, secrets{}, Existing{Domain: "acme.egnyte.com", Key: oauth.Key{ID: "before"}})
	if err != nil || signIn.Key.ID != "policy" || signIn.Domain.Label() != "acme" {
		t.Errorf("%+v, %v", signIn, err)
	}
	if pem, err := authorities(dir); err != nil || len(pem) == 0 {
		t.Errorf("renewing tokens: %v", err)
	}
	e, err := LoadPast(dir, Values{})
	if policy := (*PolicyError)(nil); !errors.As(err, &policy) || e.Domain.Label() != "acme" || !e.Locked["domain"] || e.Locked["Region"] {
		t.Errorf("%+v, %v", e, err)
	}
}

// Given locked fields, when a flag, an argument or a variable asks for something
// else, then it is refused with the field that is locked and what was asked for.
// Asking for what the policy says anyway is fine.
func TestARequestThatALockOverridesIsRefused(t *testing.T) {
	builtInClientID = "built-in"
	t.Cleanup(func() { builtInClientID = "" })
	for _, c := range []struct {
		policy  string
		flags   Values
		env     string // NAME=value, without EGNYTE_
		refused string // the locked field; "" if nothing is refused
	}{
		{`{"domain":"acme","locked":["domain"]}`, Values{"domain": "globex"}, "", "domain"},
		{`{"domain":"acme","locked":["domain"]}`, Values{"domain": "acme"}, "", ""},
		{`{"domain":"acme","locked":["domain"]}`, Values{"domain": "https://ACME.egnyte.com/app"}, "", ""},
		{`{"domain":"acme","locked":["domain"]}`, Values{}, "DOMAIN=globex", "domain"},
		{`{"domain":"acme","locked":["domain"]}`, Values{}, "DOMAIN=acme.egnyte.com", ""},
		{`{"domain":"acme","locked":["domain"]}`, Values{"domain": "acme"}, "DOMAIN=globex", ""}, // a flag outranks it anyway
		{`{"domain":"acme","locked":["domain"]}`, Values{"flow": "enhanced"}, "", "domain"},
		{`{"domain":"acme","locked":["domain"]}`, Values{"flow": "code"}, "", ""},
		{`{"domain":"acme.egnyte.com","locked":["domain"]}`, Values{"service": "https://qa-egnyte.com"}, "", "domain"},
		{`{"locked":["domain"]}`, Values{"domain": "globex"}, "", "domain"},
		{`{"flow":"enhanced","locked":["flow"]}`, Values{"domain": "acme"}, "", "flow"},
		{`{"flow":"enhanced","locked":["flow"]}`, Values{}, "DOMAIN=acme", "flow"},
		{`{"flow":"enhanced","locked":["flow"]}`, Values{"flow": "enhanced"}, "DOMAIN=acme", ""}, // so does this one
		{`{"locked":["flow"]}`, Values{"flow": "enhanced"}, "", ""},
		{`{"locked":["flow"]}`, Values{"flow": "code", "domain": "acme"}, "", ""},
		{`{"locked":["flow"]}`, Values{"flow": "password", "domain": "acme"}, "", "flow"},
		{`{"locked":["service"]}`, Values{"service": "https://qa-egnyte.com"}, "", "service"},
		{`{"locked":["service"]}`, Values{"service": "https://EGNYTE.com/"}, "", ""},
		{`{"service":"https://qa-egnyte.com","locked":["service"]}`, Values{"domain": "acme.egnyte.com"}, "", "service"},
		{`{"service":"https://qa-egnyte.com","locked":["service"]}`, Values{}, "DOMAIN=acme.egnyte.com", "service"},
		{`{"locked":["region"]}`, Values{"region": "eu"}, "", "region"},
		{`{"locked":["scopes"]}`, Values{}, "SCOPE=Egnyte.user", "scopes"},
		{`{"locked":["scopes"]}`, Values{}, "SCOPE=Egnyte.filesystem", ""},
		{`{"locked":["redirect_uri"]}`, Values{"redirect_uri": "https://localhost:1/"}, "", "redirect_uri"},
		{`{"locked":["relay"]}`, Values{"relay": "true"}, "", "relay"},
		{`{"locked":["client_id"]}`, Values{"client_id": "mine"}, "", "client_id"},
		{`{"locked":["client_id"]}`, Values{"client_id": "built-in"}, "", ""},
		{`{"client_id":"theirs","locked":["client_id"]}`, Values{}, "CLIENT_ID=mine", "client_id"},
		{`{"client_id":"theirs","client_secret":"hush","locked":["client_id"]}`, Values{}, "CLIENT_SECRET=hush-hush", "client_secret"},
		{`{"client_id":"theirs","client_secret":"hush","locked":["client_id"]}`, Values{}, "CLIENT_SECRET=hush", ""},
		{`{"client_id":"theirs","locked":["client_secret"]}`, Values{"client_id": "mine"}, "CLIENT_SECRET=hush-hush", "client_secret"},
		{`{"domain":"acme","region":"eu"}`, Values{"domain": "globex"}, "REGION=us", ""},
	} {
		dir := machine(t)
		write(t, policyPath(), c.policy)
		if name, value, given := strings.Cut(c.env, "="); given {
			t.Setenv("EGNYTE_"+name, value)
		}
		_, err := Load(dir, c.flags)
		var lock *LockedError
		if c.refused == "" && err != nil || c.refused != "" && (!errors.As(err, &lock) || lock.Field != c.refused || lock.Path != policyPath()) {
			t.Errorf("%s, asked %+v %s: %v", c.policy, c.flags, c.env, err)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("a secret is in %v", err)
		}
	}
}

// What a person saved before the lock came is no request: the lock applies, and
// nothing stops.
func TestASavedSettingGivesWayToALock(t *testing.T) {
	dir := machine(t)
	write(t, settingsPath(dir), `{"domain":"globex","region":"eu"}`)
	write(t, policyPath(), `{"domain":"acme","locked":["domain","region"]}`)
	if e := mustLoad(t, dir, Values{}); e.Domain.Label() != "acme" || e.Region != oauth.RegionAuto {
		t.Errorf("%+v", e)
	}
}

// Given a locked service, when an account of another service is signed in again,
// then the lock is named.
func TestAnAccountOfAnotherServiceThanTheLockedOneIsRefused(t *testing.T) {
	dir := machine(t)
	write(t, policyPath(), `{"service":"https://qa-egnyte.com","locked":["service"]}`)
	_, err := LoadAgain(t.Context(), dir, secrets{}, Existing{Service: "https://egnyte.com", Domain: "acme.egnyte.com", Key: oauth.Key{ID: "id"}})
	if lock := (*LockedError)(nil); !errors.As(err, &lock) || lock.Field != "service" {
		t.Errorf("%v", err)
	}
}
