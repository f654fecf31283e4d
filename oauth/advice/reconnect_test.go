package advice_test

import (
	"strings"
	"testing"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
)

// Whatever ended a sign-in, all roles say the same of it: the list, the
// notification and the command that needs its token. It names the account and
// says what to do.
func TestEveryRoleSaysTheSameOfAnAccountThatIsOver(t *testing.T) {
	t.Parallel()
	for _, reason := range []oauth.RefusalKind{
		"", oauth.RefusedUnauthorized, oauth.RefusedInvalidGrant, oauth.RefusedInactive, oauth.RefusedClient, oauth.RefusedKey,
		oauth.RefusedKeyKind, oauth.RefusedOtherDomain, oauth.RefusedParameters, account.ReasonUnsaved, account.ReasonGone, account.ReasonExpired,
	} {
		const name = "jsmith@acme.egnyte.com"
		listed, met := advice.Needed(reason, name), advice.For(&account.ReconnectError{Account: name, Reason: reason}, noon)
		listed.Details, met.Details = "", ""
		if listed != met {
			t.Errorf("%q: listed as %+v, met as %+v", reason, listed, met)
		}
		if !strings.Contains(met.What, name) || !strings.Contains(met.Do, "sign in again") && !strings.Contains(met.Do, "Sign in again") {
			t.Errorf("%q: %q %q", reason, met.What, met.Do)
		}
	}
}

// A renewal whose answer is lost may have cost the account its tokens.
func TestAServerInTroubleIsNoPromiseThatNothingIsLost(t *testing.T) {
	t.Parallel()
	if got := advice.For(&oauth.Refusal{Kind: oauth.RefusedServer}, noon).Sentences(); strings.Contains(got, "Nothing is lost") {
		t.Error(got)
	}
}
