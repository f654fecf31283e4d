package account

import (
	"errors"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
)

func TestSignOutEndsTheAccountAtEgnyteToo(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	if err := e.store.SignOut(t.Context(), e.client, e.name); err != nil {
		t.Fatal(err)
	}
	if live := e.Tokens("acme", "jsmith"); len(live) != 0 || len(mustList(t, e.store)) != 0 || len(e.keyring.users(t)) != 0 {
		t.Errorf("left behind: %d at Egnyte, %v here", len(live), names(mustList(t, e.store)))
	}
	if err := e.store.SignOut(t.Context(), e.client, e.name); !errors.Is(err, ErrNoAccount) {
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
		err := e.store.SignOut(t.Context(), e.client, e.name)
		var notRevoked *NotRevokedError
		if !errors.As(err, &notRevoked) || e.account(t).State != Ready {
			t.Errorf("%s: %v", name, err)
		}
		e.mustHoldNewest(t)
		if err := e.store.Remove(t.Context(), e.name); err != nil || len(e.keyring.users(t)) != 0 {
			t.Errorf("%s: removing it anyway: %v", name, err)
		}
	}
}

func TestADeadAccountSignsOut(t *testing.T) {
	t.Parallel()
	for name, kill := range map[string]func(*egnyte){
		"401":             func(e *egnyte) { e.Fault("revoke", practice.FaultUnauthorized) },
		"inactive":        func(e *egnyte) { e.Fault("revoke", practice.FaultInactive.XML()) },
		"secret is gone":  func(e *egnyte) { _ = e.keyring.Delete(t.Context(), e.name) },
		"says reconnect":  func(e *egnyte) { _ = e.store.MarkReconnect(t.Context(), e.name, oauth.RefusedInvalidGrant) },
		"broken item":     func(e *egnyte) { _ = e.keyring.Set(t.Context(), e.name, oauth.NewSecret("{")) },
		"password change": func(e *egnyte) { e.ChangePassword("acme", "jsmith", "another") },
	} {
		e := atEgnyte(t, "3600")
		kill(e)
		if err := e.store.SignOut(t.Context(), e.client, e.name); err != nil || len(mustList(t, e.store)) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnExpiredTokensRefreshTokenIsRevokedToo(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	e.pass(2 * time.Hour)
	e.Fault("revoke", practice.FaultUnauthorized.For(1)) // of the dead access token
	if err := e.store.SignOut(t.Context(), e.client, e.name); err != nil || len(e.Tokens("acme", "jsmith")) != 0 {
		t.Errorf("%v, %d pairs live on", err, len(e.Tokens("acme", "jsmith")))
	}
}
