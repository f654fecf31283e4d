package account

import (
	"errors"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/practice"
)

func TestSignOutEndsTheAccountAtEgnyteToo(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	if err := e.store.SignOut(t.Context(), e.name); err != nil {
		t.Fatal(err)
	}
	if live := e.Tokens("acme", "jsmith"); len(live) != 0 || len(mustList(t, e.store)) != 0 || len(e.keyring.Users()) != 0 {
		t.Errorf("left behind: %d at Egnyte, %v here", len(live), names(mustList(t, e.store)))
	}
	if err := e.store.SignOut(t.Context(), e.name); !errors.Is(err, ErrNoAccount) {
		t.Errorf("again: %v", err)
	}
}

func TestASignOutThatEgnyteDidNotHearRemovesNothing(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]practice.Fault{
		"503": practice.Fault503, "cut off": {Status: 200, Body: "ok", CloseMidBody: true}, "409": practice.FaultTokenLimit,
		"wrong secret": practice.FaultInvalidClient, "not found": {Status: 404},
	} {
		e := atEgnyte(t, "3600")
		e.Fault("revoke", fault)
		err := e.store.SignOut(t.Context(), e.name)
		var notRevoked *NotRevokedError
		if !errors.As(err, &notRevoked) || e.account(t).State != Ready {
			t.Errorf("%s: %v", name, err)
		}
		e.mustHoldNewest(t)
		if err := e.store.Remove(t.Context(), e.name); err != nil || len(e.keyring.Users()) != 0 {
			t.Errorf("%s: removing it anyway: %v", name, err)
		}
	}
}

func TestADeadAccountSignsOut(t *testing.T) {
	t.Parallel()
	for name, kill := range map[string]func(*egnyte){
		"401":             func(e *egnyte) { e.Fault("revoke", practice.FaultUnauthorized) },
		"inactive":        func(e *egnyte) { e.Fault("revoke", practice.FaultInactive.XML()) },
		"says reconnect":  func(e *egnyte) { _ = e.store.markReconnect(t.Context(), e.name, oauth.RefusedInvalidGrant) },
		"password change": func(e *egnyte) { e.ChangePassword("acme", "jsmith", "another") },
	} {
		e := atEgnyte(t, "3600")
		kill(e)
		if err := e.store.SignOut(t.Context(), e.name); err != nil || len(mustList(t, e.store)) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Given a keyring item that is gone, damaged or from a newer version, when the
// account signs out, then the error says that its token was not revoked, nothing
// is removed, and Remove still removes the account here.
func TestASignOutWithoutATokenToRevokeRemovesNothing(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"gone": "", "damaged": "{", "newer": `{"v":2,"access_token":"x"}`} {
		e := atEgnyte(t, "3600")
		if text == "" {
			_ = e.keyring.Delete(t.Context(), e.name)
		} else {
			_ = e.keyring.Set(t.Context(), e.name, oauth.NewSecret(text))
		}
		err := e.store.SignOut(t.Context(), e.name)
		var notRevoked *NotRevokedError
		if !errors.As(err, &notRevoked) || len(mustList(t, e.store)) != 1 || len(e.Tokens("acme", "jsmith")) != 1 {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (name == "newer") != strings.Contains(err.Error(), "newer version") {
			t.Errorf("%s: %v", name, err)
		}
		if err := e.store.Remove(t.Context(), e.name); err != nil || len(mustList(t, e.store)) != 0 || len(e.keyring.Users()) != 0 {
			t.Errorf("%s: removing it anyway: %v", name, err)
		}
	}
}

// Given an access token that is over and a refresh token that is not, when the
// account signs out, then neither works any more.
func TestASignOutEndsTheRefreshTokenOfAnAccessTokenThatIsOver(t *testing.T) {
	t.Parallel()
	for name, over := range map[string]func(*egnyte){
		"by the clock":          func(e *egnyte) { e.pass(2 * time.Hour) },
		"by Egnyte's clock":     func(e *egnyte) { e.Advance(2 * time.Hour) },
		"and it says reconnect": func(e *egnyte) { e.pass(2 * time.Hour); _ = e.store.markReconnect(t.Context(), e.name, "") },
		"gateway's answer":      func(e *egnyte) { e.Fault("revoke", practice.FaultInactive.For(1)) },
	} {
		e := atEgnyte(t, "3600")
		over(e)
		if err := e.store.SignOut(t.Context(), e.name); err != nil || len(mustList(t, e.store)) != 0 {
			t.Errorf("%s: %v", name, err)
		}
		if live := e.Tokens("acme", "jsmith"); len(live) != 0 {
			t.Errorf("%s: %d pairs live on", name, len(live))
		}
	}
}

// Given an access token that is over, when Egnyte does not renew it just now, then
// nothing is removed, and the pair in the keyring is the one that lives.
func TestASignOutThatCannotRenewFirstRemovesNothing(t *testing.T) {
	t.Parallel()
	for endpoint, fault := range map[string]practice.Fault{"token": practice.Fault503, "revoke": practice.Fault503} {
		e := atEgnyte(t, "3600")
		e.pass(2 * time.Hour)
		e.Fault(endpoint, fault)
		err := e.store.SignOut(t.Context(), e.name)
		var notRevoked *NotRevokedError
		if !errors.As(err, &notRevoked) || e.account(t).State != Ready {
			t.Errorf("%s: %v", endpoint, err)
		}
		e.mustHoldNewest(t)
	}
}

// Nobody knows how far Egnyte's revoke reaches, so that a reconnect ends nothing.
func TestAReconnectLeavesTheReplacedTokenAlone(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	old, _ := e.store.Token(t.Context(), e.account(t), TokenOptions{NoRenewal: true})
	if _, err := e.store.Save(t.Context(), e.name, egnytetest.SignIn(t, e.Server)); err != nil {
		t.Fatal(err)
	}
	e.mustWork(t, old, nil)
	if n := e.Requests("revoke"); n != 0 || len(e.Tokens("acme", "jsmith")) != 2 {
		t.Errorf("%d revocations, %d pairs live", n, len(e.Tokens("acme", "jsmith")))
	}
}
