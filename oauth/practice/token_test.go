package practice_test

import (
	"net/http"
	"testing"
	"time"

	"egnyte-accounts/oauth/practice"
)

func TestACodeWorksOnce(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	code := codeFor(t, s)
	a := redeem(t, s, code)
	wantStatus(t, a, http.StatusOK)
	if a.text("access_token") == "" || a.text("refresh_token") == "" || a.text("token_type") != "bearer" || a.fields["expires_in"] != 2592000.0 {
		t.Errorf("the reply is %s", a.body)
	}
	wantStatus(t, redeem(t, s, code), http.StatusBadRequest, "invalid_grant")
	live := s.Tokens("acme", "jsmith")
	if len(live) != 1 || live[0].Access != a.text("access_token") || live[0].Refresh != a.text("refresh_token") ||
		live[0].Expires.Sub(live[0].Issued) != 30*24*time.Hour {
		t.Errorf("live tokens %+v", live)
	}
}

func TestACodeDiesAfterAMinute(t *testing.T) {
	t.Parallel()
	s := practice.Start(t, func(o *practice.Options) {
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		o.Now = func() time.Time { return start }
	})
	inTime, late := codeFor(t, s), codeFor(t, s)
	s.Advance(59 * time.Second)
	wantStatus(t, redeem(t, s, inTime), http.StatusOK)
	s.Advance(time.Second)
	wantStatus(t, redeem(t, s, late), http.StatusBadRequest, "invalid_grant")
}

func TestTheTokenEndpointRefuses(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	for _, c := range []struct {
		words string
		pairs []string
	}{
		{"invalid_grant", []string{"redirect_uri", "http://127.0.0.1:45679/callback"}}, // byte for byte, the port too
		{"invalid_client", []string{"client_secret", "wrong"}},
		{"No valid app info found for api key", []string{"client_id", "other"}},
		{"REQUIRED_PARAMS_MISSING", []string{"grant_type", ""}},
		{"REQUIRED_PARAMS_MISSING", []string{"redirect_uri", ""}},
		{"unsupported_grant_type", []string{"grant_type", "other"}},
		{"unauthorized_client", []string{"grant_type", "password"}},
	} {
		wantStatus(t, redeem(t, s, codeFor(t, s), c.pairs...), http.StatusBadRequest, c.words)
	}
	elsewhere := requestToken(t, s, "globex", "grant_type", "authorization_code", "redirect_uri", testRedirect, "code", codeFor(t, s))
	wantStatus(t, elsewhere, http.StatusBadRequest, "invalid_grant")
}

func TestRefreshRotatesBothTokens(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	first := signInDirectly(t, s)
	s.Advance(31 * 24 * time.Hour)
	wantStatus(t, userInfo(t, s, "acme", first.text("access_token")), http.StatusUnauthorized)

	second := refresh(t, s, first.text("refresh_token"))
	wantStatus(t, second, http.StatusOK)
	if second.text("access_token") == first.text("access_token") || second.text("refresh_token") == first.text("refresh_token") {
		t.Error("the pair was not replaced")
	}
	wantStatus(t, userInfo(t, s, "acme", second.text("access_token")), http.StatusOK)
	third := refresh(t, s, second.text("refresh_token"))
	wantStatus(t, third, http.StatusOK)
	wantStatus(t, userInfo(t, s, "acme", second.text("access_token")), http.StatusUnauthorized)
}

// Given a refresh token that is used twice, then all that came from its sign-in ends, and
// nothing else.
func TestARefreshTokenThatIsUsedAgainEndsItsSignIn(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	first, other := signInDirectly(t, s), signInDirectly(t, s)
	second := refresh(t, s, first.text("refresh_token"))
	wantStatus(t, refresh(t, s, first.text("refresh_token")), http.StatusBadRequest, "invalid_grant")
	wantStatus(t, userInfo(t, s, "acme", second.text("access_token")), http.StatusUnauthorized)
	wantStatus(t, refresh(t, s, second.text("refresh_token")), http.StatusBadRequest, "invalid_grant")
	wantStatus(t, userInfo(t, s, "acme", other.text("access_token")), http.StatusOK)
}

// Given keys for single domains, then each works at its own domain alone, asks for its own
// scopes alone, and renews its own tokens alone.
func TestEachKeyHasItsDomainScopesAndTokens(t *testing.T) {
	t.Parallel()
	s := practice.Start(t, func(o *practice.Options) {
		o.Key = practice.Key{ID: "for-acme", Secret: "s", Domain: "acme", Scopes: []string{"Egnyte.filesystem"}}
		o.Keys = []practice.Key{{ID: "for-globex", Secret: "t", Domain: "globex"}}
	})
	a := redeem(t, s, codeFor(t, s, "scope", "Egnyte.filesystem"), "client_id", "for-acme", "client_secret", "s")
	if a.text("scope") != "Egnyte.filesystem" {
		t.Errorf("the reply is %s", a.body)
	}
	again := func(label, id, secret string) answer {
		return requestToken(t, s, label, "grant_type", "refresh_token", "client_id", id, "client_secret", secret, "refresh_token", a.text("refresh_token"))
	}
	wantStatus(t, again("globex", "for-acme", "s"), http.StatusBadRequest, "Invalid Egnyte domain")
	wantStatus(t, again("globex", "for-globex", "t"), http.StatusBadRequest, "invalid_grant")
	wantStatus(t, again("acme", "for-acme", "t"), http.StatusBadRequest, "invalid_client")
	wantStatus(t, again("acme", "for-acme", "s"), http.StatusOK)
	wantStatus(t, requestToken(t, s, "acme", "grant_type", "refresh_token", "scope", "Egnyte.link"), http.StatusBadRequest, "invalid_scope")
}

func TestWithoutANewRefreshTokenTheOldOneStays(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	first := signInDirectly(t, s)
	s.OmitRefreshToken(true)
	for range 2 {
		a := refresh(t, s, first.text("refresh_token"))
		wantStatus(t, a, http.StatusOK)
		if _, given := a.fields["refresh_token"]; given {
			t.Error("a refresh token was given")
		}
	}
	if live := s.Tokens("acme", "jsmith"); len(live) != 1 || live[0].Refresh != first.text("refresh_token") {
		t.Errorf("live tokens %+v", live)
	}
}

func TestExpiresInIsSentAsSetAndKept(t *testing.T) {
	t.Parallel()
	s := practice.Start(t)
	for raw, want := range map[string]any{`-1`: -1.0, `"3600"`: "3600", `null`: nil, ``: nil, `60`: 60.0} {
		s.ExpiresIn(raw)
		a := signInDirectly(t, s)
		if a.fields["expires_in"] != want {
			t.Errorf("%q: the reply is %s", raw, a.body)
		}
		live := s.Tokens("acme", "jsmith")
		if newest := live[len(live)-1]; newest.Expires.IsZero() != (raw != `"3600"` && raw != `60`) {
			t.Errorf("%q: expires %v", raw, newest.Expires)
		}
	}
}

func TestPasswordGrantIsForInternalKeys(t *testing.T) {
	t.Parallel()
	s := practice.Start(t, func(o *practice.Options) { o.Key.Kind = practice.KindInternal; o.NoLimits = false })
	ask := func(domain, password string) answer {
		return requestToken(t, s, domain, "grant_type", "password", "username", "jsmith", "password", password)
	}
	wantStatus(t, ask("acme", "jane-at-acme"), http.StatusOK, "refresh_token")
	wantStatus(t, ask("acme", "wrong"), http.StatusBadRequest, "invalid_grant")
	wantStatus(t, ask("globex", "jane-at-acme"), http.StatusBadRequest, "invalid_grant")
	for range 8 {
		wantStatus(t, ask("acme", "jane-at-acme"), http.StatusOK)
	}
	a := ask("acme", "jane-at-acme")
	wantStatus(t, a, http.StatusConflict)
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	s.Advance(time.Hour)
	wantStatus(t, ask("acme", "jane-at-acme"), http.StatusOK)
}

func TestAKeyWithoutASecretNeedsNone(t *testing.T) {
	t.Parallel()
	s := practice.Start(t, func(o *practice.Options) { o.Key.ID = "from-2014" })
	wantStatus(t, redeem(t, s, codeFor(t, s)), http.StatusOK)
}
