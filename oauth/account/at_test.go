package account_test

import (
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

// Given a token that has expired, then its account needs the user only if nothing can
// renew it, and a reason that Egnyte gave stays.
func TestAnExpiredTokenThatCantBeRenewedNeedsTheUser(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 3, 12, 0, 0, 0, time.UTC)
	before, later := now.Add(-time.Hour), now.Add(time.Hour)
	for name, c := range map[string]struct {
		account account.Account
		state   account.State
		reason  oauth.RefusalKind
	}{
		"expired":             {account.Account{State: account.Ready, Flow: oauth.FlowImplicit, Expires: &before}, account.Reconnect, account.ReasonExpired},
		"expired and offline": {account.Account{State: account.Ready, Flow: oauth.FlowImplicit, Expires: &before, Trouble: account.Offline}, account.Reconnect, account.ReasonExpired},
		"not yet":             {account.Account{State: account.Ready, Flow: oauth.FlowImplicit, Expires: &later}, account.Ready, ""},
		"never":               {account.Account{State: account.Ready, Flow: oauth.FlowImplicit}, account.Ready, ""},
		"can be renewed":      {account.Account{State: account.Ready, Flow: oauth.FlowCode, Expires: &before}, account.Ready, ""},
		"refused":             {account.Account{State: account.Reconnect, Flow: oauth.FlowImplicit, Expires: &before, Reason: oauth.RefusedKey}, account.Reconnect, oauth.RefusedKey},
	} {
		if got := c.account.At(now); got.State != c.state || got.Reason != c.reason {
			t.Errorf("%s: %s, %q", name, got.State, got.Reason)
		}
	}
}
