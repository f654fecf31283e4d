package advice

import (
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

// Needed is the advice for an account that has to sign in again, by its reason.
// Every role says these words of it, each with the name that it shows.
func Needed(reason oauth.RefusalKind, name string) Advice {
	return ForCode(reconnectCode(reason), name)
}

func reconnectCode(reason oauth.RefusalKind) string {
	if reason == "" {
		return codeReconnect
	}
	return codeReconnect + "-" + string(reason)
}

// signInAgain is the button of an account whose person alone is missing. Where
// the key is at fault, signing in comes after that.
const signInAgain = "Sign in again"

// reconnectEntries: why an account has to sign in again. A reason without an
// entry is told by the first.
var reconnectEntries = map[string]entry{
	codeReconnect: {
		"{want} has to sign in again.",
		"Sign in again to go on.",
		Reconnect, signInAgain, 3,
	},
	reconnectCode(oauth.RefusedUnauthorized): {
		"Egnyte no longer accepts the sign-in of {want}: a password was changed, or an administrator ended it.",
		"Sign in again to go on.",
		Reconnect, signInAgain, 3,
	},
	reconnectCode(oauth.RefusedInvalidGrant): {
		"Egnyte no longer accepts the sign-in of {want}.",
		"Sign in again to go on.",
		Reconnect, signInAgain, 3,
	},
	reconnectCode(oauth.RefusedInactive): {
		"Egnyte does not accept the sign-in of {want}, or its API key belongs to another Egnyte.",
		"Sign in again. If that fails too, check the key.",
		Reconnect, signInAgain, 3,
	},
	reconnectCode(oauth.RefusedClient): {
		"Egnyte no longer takes the API key and secret of {want} together.",
		"Enter both again as the developer portal shows them, then sign in again.",
		OpenSettings, "Check the key", 3,
	},
	reconnectCode(oauth.RefusedKey): {
		"Egnyte no longer knows the API key of {want}.",
		"Check the key in the settings, then sign in again.",
		OpenSettings, "Check the key", 3,
	},
	reconnectCode(oauth.RefusedKeyNotApproved): {
		"Egnyte no longer approves the API key of {want}.",
		"Ask your Egnyte administrator or check the key in the settings, then sign in again.",
		OpenSettings, "Check the key", 3,
	},
	reconnectCode(oauth.RefusedDenied): {
		"Egnyte no longer allows this app for {want}.",
		"Ask your Egnyte administrator, then sign in again.",
		Reconnect, signInAgain, 3,
	},
	reconnectCode(oauth.RefusedKeyKind): {
		"Egnyte no longer lets {want} sign in with this kind of API key.",
		"Check the key and its kind in the settings, then sign in again.",
		OpenSettings, "Check the key", 3,
	},
	reconnectCode(oauth.RefusedOtherDomain): {
		"The API key of {want} works with its own Egnyte domain only, until Egnyte has certified it.",
		"Have the key certified or enter another one, then sign in again.",
		OpenSettings, "Check the key", 3,
	},
	reconnectCode(account.ReasonUnsaved): {
		"Egnyte renewed the sign-in of {want}, and this computer's password store would not keep it.",
		"See that the password store works, then sign in again.",
		Reconnect, signInAgain, 3,
	},
	reconnectCode(account.ReasonGone): {
		"This computer's password store does not hold the sign-in of {want}.",
		"Sign in again to go on.",
		Reconnect, signInAgain, 3,
	},
	reconnectCode(account.ReasonOtherUser): {
		"This computer's password store holds another user's sign-in for {want}.",
		"Sign in again as {want}. The other user stays signed in.",
		Reconnect, signInAgain, 3,
	},
	reconnectCode(account.ReasonExpired): {
		"The sign-in of {want} has run out, and nothing can renew it.",
		"Sign in again to go on.",
		Reconnect, signInAgain, 3,
	},
}
