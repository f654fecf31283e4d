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
		_, err := Load(dir, Fields{Domain: "globex"})
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
	signIn, err := SignInAgain(t.Context(), dir, secrets{}, Existing{Domain: "acme.egnyte.com", Key: oauth.Key{ID: "before"}})
	if err != nil || signIn.Key.ID != "policy" || signIn.Domain.Label() != "acme" {
		t.Errorf("%+v, %v", signIn, err)
	}
	if err := TrustAuthorities(dir); err != nil {
		t.Errorf("renewing tokens: %v", err)
	}
	t.Cleanup(func() { _ = oauth.TrustAlso(nil) })
	e, err := LoadPast(dir, Fields{})
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
		flags   Fields
		env     string // NAME=value, without EGNYTE_
		refused string // the locked field; "" if nothing is refused
	}{
		{`{"domain":"acme","locked":["domain"]}`, Fields{Domain: "globex"}, "", "domain"},
		{`{"domain":"acme","locked":["domain"]}`, Fields{Domain: "acme"}, "", ""},
		{`{"domain":"acme","locked":["domain"]}`, Fields{Domain: "https://ACME.egnyte.com/app"}, "", ""},
		{`{"domain":"acme","locked":["domain"]}`, Fields{}, "DOMAIN=globex", "domain"},
		{`{"domain":"acme","locked":["domain"]}`, Fields{}, "DOMAIN=acme.egnyte.com", ""},
		{`{"domain":"acme","locked":["domain"]}`, Fields{Domain: "acme"}, "DOMAIN=globex", ""}, // a flag outranks it anyway
		{`{"domain":"acme","locked":["domain"]}`, Fields{Flow: "enhanced"}, "", "domain"},
		{`{"domain":"acme","locked":["domain"]}`, Fields{Flow: "code"}, "", ""},
		{`{"domain":"acme.egnyte.com","locked":["domain"]}`, Fields{Service: "https://qa-egnyte.com"}, "", "domain"},
		{`{"locked":["domain"]}`, Fields{Domain: "globex"}, "", "domain"},
		{`{"flow":"enhanced","locked":["flow"]}`, Fields{Domain: "acme"}, "", "flow"},
		{`{"flow":"enhanced","locked":["flow"]}`, Fields{}, "DOMAIN=acme", "flow"},
		{`{"flow":"enhanced","locked":["flow"]}`, Fields{Flow: "enhanced"}, "DOMAIN=acme", ""}, // so does this one
		{`{"locked":["flow"]}`, Fields{Flow: "enhanced"}, "", ""},
		{`{"locked":["flow"]}`, Fields{Flow: "code", Domain: "acme"}, "", ""},
		{`{"locked":["flow"]}`, Fields{Flow: "password", Domain: "acme"}, "", "flow"},
		{`{"locked":["service"]}`, Fields{Service: "https://qa-egnyte.com"}, "", "service"},
		{`{"locked":["service"]}`, Fields{Service: "https://EGNYTE.com/"}, "", ""},
		{`{"service":"https://qa-egnyte.com","locked":["service"]}`, Fields{Domain: "acme.egnyte.com"}, "", "service"},
		{`{"service":"https://qa-egnyte.com","locked":["service"]}`, Fields{}, "DOMAIN=acme.egnyte.com", "service"},
		{`{"locked":["region"]}`, Fields{Region: "eu"}, "", "region"},
		{`{"locked":["scopes"]}`, Fields{}, "SCOPE=Egnyte.user", "scopes"},
		{`{"locked":["scopes"]}`, Fields{}, "SCOPE=Egnyte.filesystem", ""},
		{`{"locked":["redirect_uri"]}`, Fields{RedirectURI: "https://localhost:1/"}, "", "redirect_uri"},
		{`{"locked":["relay"]}`, Fields{Relay: saidYesNo("true")}, "", "relay"},
		{`{"locked":["client_id"]}`, Fields{ClientID: "mine"}, "", "client_id"},
		{`{"locked":["client_id"]}`, Fields{ClientID: "built-in"}, "", ""},
		{`{"client_id":"theirs","locked":["client_id"]}`, Fields{}, "CLIENT_ID=mine", "client_id"},
		{`{"client_id":"theirs","client_secret":"hush","locked":["client_id"]}`, Fields{}, "CLIENT_SECRET=hush-hush", "client_secret"},
		{`{"client_id":"theirs","client_secret":"hush","locked":["client_id"]}`, Fields{}, "CLIENT_SECRET=hush", ""},
		{`{"client_id":"theirs","locked":["client_secret"]}`, Fields{ClientID: "mine"}, "CLIENT_SECRET=hush-hush", "client_secret"},
		{`{"domain":"acme","region":"eu"}`, Fields{Domain: "globex"}, "REGION=us", ""},
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
	if e := mustLoad(t, dir, Fields{}); e.Domain.Label() != "acme" || e.Region != oauth.RegionAuto {
		t.Errorf("%+v", e)
	}
}

// Given a locked service, when an account of another service is signed in again,
// then the lock is named.
func TestAnAccountOfAnotherServiceThanTheLockedOneIsRefused(t *testing.T) {
	dir := machine(t)
	write(t, policyPath(), `{"service":"https://qa-egnyte.com","locked":["service"]}`)
	_, err := SignInAgain(t.Context(), dir, secrets{}, Existing{Service: "https://egnyte.com", Domain: "acme.egnyte.com", Key: oauth.Key{ID: "id"}})
	if lock := (*LockedError)(nil); !errors.As(err, &lock) || lock.Field != "service" {
		t.Errorf("%v", err)
	}
}
