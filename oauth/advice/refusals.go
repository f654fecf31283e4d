package advice

import "egnyte-accounts/oauth"

// refusalEntries: Egnyte's refusals, in the order of oauth.RefusalKind.
var refusalEntries = map[string]entry{
	codeOffline: {
		"{host} can't be reached.",
		"Check the network connection, then try again.",
		TryAgain, again, 4,
	},
	codeThrottled: {
		"Egnyte is asking us to wait.",
		"Nothing is lost. It goes on by itself.",
		TryAgain, again, 4,
	},
	string(oauth.RefusedRedirectURI): {
		"Egnyte does not know {address} as the place where your browser comes back.",
		"Register this very address with the API key on Egnyte's developer portal, or change it in the settings.",
		CopyRedirect, "Copy the address", 5,
	},
	string(oauth.RefusedKeyKind): {
		"This API key is for internal applications, and those can't sign in through the browser.",
		"Sign in with your Egnyte user name and password, or enter the key of a publicly available application.",
		TypePassword, "Sign in with a password", 5,
	},
	string(oauth.RefusedKey): {
		"Egnyte does not know this API key.",
		"Check that it is copied whole and belongs to this Egnyte.",
		OpenSettings, "Check the key", 5,
	},
	string(oauth.RefusedParameters): {
		"Egnyte found something missing in what this app sent.",
		"That is a fault of the app. The details help whoever mends it.",
		TryAgain, again, 5,
	},
	string(oauth.RefusedOtherDomain): {
		"This API key works with its own Egnyte domain only, until Egnyte has certified it.",
		"Sign in to the key's own domain, or have the key certified.",
		TypeDomain, "Type the domain", 5,
	},
	string(oauth.RefusedInactive): {
		"Egnyte does not accept this sign-in, or the API key belongs to another Egnyte.",
		"Sign in again. If that fails too, check the key.",
		Reconnect, "Sign in again", 5,
	},
	string(oauth.RefusedOverQPS): {
		"Egnyte is asking us to wait.",
		"Try again {when}.",
		TryAgain, again, 4,
	},
	string(oauth.RefusedOverRate): {
		"The calls that Egnyte allows for a day are used up.",
		"Nothing is lost. Try again {when}.",
		TryAgain, again, 4,
	},
	string(oauth.RefusedTokenLimit): {
		"Egnyte is asking us to wait: too many sign-ins in a short time.",
		"Nothing is lost. Try again {when}.",
		TryAgain, again, 4,
	},
	string(oauth.RefusedInvalidGrant): {
		"Egnyte no longer accepts this sign-in.",
		"Sign in again; it takes one visit to the browser.",
		Reconnect, "Sign in again", 5,
	},
	string(oauth.RefusedPassword): {
		"Egnyte does not take this user name with this password.",
		"Who signs in through their company's own page (SSO) has no Egnyte password: they need a key for the browser. Others have 10 tries an hour.",
		TypePassword, again, 5,
	},
	string(oauth.RefusedPasswords): {
		"Egnyte takes 10 sign-ins with a password an hour from each person, and these are used up.",
		"Nothing is lost. Try again {when}.",
		TryAgain, again, 4,
	},
	string(oauth.RefusedPasswordKey): {
		"This API key is for signing in through the browser, not with a password.",
		"Enter the key of an internal application, or say in the settings that this one is for the browser.",
		OpenSettings, "Check the key", 5,
	},
	string(oauth.RefusedClient): {
		"The API key and its secret do not belong together.",
		"Enter both again as the developer portal shows them.",
		OpenSettings, "Check the key", 5,
	},
	string(oauth.RefusedUnauthorized): {
		"Egnyte no longer accepts this sign-in.",
		"It ends when a password changes or an administrator asks for it. Sign in again.",
		Reconnect, "Sign in again", 5,
	},
	string(oauth.RefusedServer): {
		"{host} has trouble at the moment.",
		"Try again {when}.",
		TryAgain, again, 4,
	},
	string(oauth.RefusedRedirected): {
		"{host} sent us to another address, and a sign-in must not follow.",
		"Check the domain, or let the browser ask for it.",
		TypeDomain, "Type the domain", 4,
	},
	string(oauth.RefusedUnreadable): {
		"{host} gave an answer that makes no sense.",
		"A network that asks for its own login first can cause this. Try again {when}.",
		TryAgain, again, 4,
	},
	string(oauth.RefusedKeyNotApproved): {
		"Egnyte has not approved this API key for what this app does.",
		"Ask your Egnyte administrator. Signing in again does not help.",
		OpenSettings, "Check the key", 5,
	},
	string(oauth.RefusedScope): {
		"Egnyte does not allow what this app asks for: {words}.",
		"Choose less in the settings, or ask who made the API key.",
		OpenSettings, "Check the key", 5,
	},
	string(oauth.RefusedDenied): {
		"Egnyte did not allow access: {words}.",
		"Nothing was stored. Your Egnyte administrator can tell you more.",
		TryAgain, again, 5,
	},
	string(oauth.RefusedUnknown): {
		"Egnyte answered HTTP {status} to this sign-in: {words}.",
		"If your browser shows an error too, check the API key, the domain, and the address that your browser comes back to.",
		OpenSettings, "Check the key", 5,
	},
	string(oauth.RefusedOther): {
		"Egnyte refused the sign-in: {words}.",
		"Try again. If it stays, the details help whoever looks into it.",
		TryAgain, again, 5,
	},
}
