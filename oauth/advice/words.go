package advice

import (
	"strings"

	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/settings"
)

// entry is what a code means: sentences with {facts} in them, and the
// terminal's exit code.
type entry struct {
	what, do string
	action   Action
	button   string
	exit     int
}

const (
	again        = "Try again"
	pasteInstead = "Paste the address instead"
)

// entryOf finds a code's entry; a code that nobody knows is no reason to be silent.
func entryOf(code string) entry {
	if e, ok := entries[code]; ok {
		return e
	}
	for _, family := range []string{codeKeyring, codeReconnect} {
		if strings.HasPrefix(code, family+"-") {
			return entries[family]
		}
	}
	return entries[codeUnknown]
}

var entries = merge(personEntries, policyEntries, setupEntries, pasteEntries, refusalEntries, keepingEntries, reconnectEntries)

// personEntries: what the person did or has to do.
var personEntries = map[string]entry{
	codeDenied: {
		"You chose not to allow access, so nothing was stored.",
		"Sign in again if you change your mind.",
		TryAgain, again, 5,
	},
	codeNotConfirmed: {
		"You did not confirm that it was you who signed in, so nothing was stored.",
		"Sign in again. If somebody else's name comes back again, tell your administrator.",
		TryAgain, again, 5,
	},
	codeTimeout: {
		"Nobody came back from the browser in time.",
		"Start again and finish signing in in the browser.",
		TryAgain, again, 4,
	},
	codeCancelled: {"The sign-in was cancelled.", "Nothing was stored.", TryAgain, again, 130},
	codeOtherPerson: {
		"{who} came back from the browser instead of {want}.",
		"Nothing was changed. Add {add} as an account of their own, or sign in again as {want}.",
		AddInstead, "Add {add}", 5,
	},
	codeNoAccount: {"There is no such account here.", "Sign in to add it.", TryAgain, "Sign in", 3},
	codeAmbiguous: {"More than one account fits: {names}.", "Give the whole name of one.", None, "", 2},
	codeDomain: {
		"That can't be an Egnyte domain: {reason}.",
		"Type the name before .egnyte.com, or let the browser ask for it.",
		TypeDomain, "Change the domain", 2,
	},
}

// policyEntries: what the administrator's policy keeps from starting.
var policyEntries = map[string]entry{
	codePolicy + "-" + string(settings.PolicyUnknownField): {
		"The policy of this computer has a field that this version does not know ({name}), so new sign-ins are stopped.",
		"Your administrator must fix {policy}. Accounts that are already here keep working.",
		TryAgain, again, 5,
	},
	codePolicy + "-" + string(settings.PolicyUnknownLock): {
		"The policy of this computer locks a setting that this version does not know ({name}), so new sign-ins are stopped.",
		"Your administrator must fix {policy}. Accounts that are already here keep working.",
		TryAgain, again, 5,
	},
	codePolicy + "-" + string(settings.PolicyUntrusted): {
		"Someone other than the administrator could have changed {name}, so the policy of this computer is not trusted and new sign-ins are stopped.",
		"Your administrator must fix {policy}: only root or an administrator may own or change the file and its folders. Accounts that are already here keep working.",
		TryAgain, again, 5,
	},
	codePolicy + "-" + string(settings.PolicyWrong): {
		"The policy of this computer can't be used, so new sign-ins are stopped.",
		"Your administrator must fix {policy}; the details say where. Accounts that are already here keep working.",
		TryAgain, again, 5,
	},
	codeLocked: {
		"The policy of this computer locks {name}, so {asked} can't be used.",
		"Leave it out, or ask your administrator to change {policy}.",
		None, "", 5,
	},
	codeLockedByEnv: {
		"The policy of this computer locks {name}, and the variable {variable} asks for something else.",
		"Unset the variable, or ask your administrator to change {policy}.",
		None, "", 5,
	},
}

// setupEntries: what keeps a sign-in from starting or coming back.
var setupEntries = map[string]entry{
	codeNoKey: {
		"This copy has no Egnyte API key.",
		"Enter the key that your administrator or Egnyte's developer portal gave you.",
		OpenSettings, "Enter a key", 5,
	},
	codeNeedsDomain: {
		"This sign-in needs to know your Egnyte domain first.",
		"Type the domain instead of being asked in the browser.",
		TypeDomain, "Type the domain", 5,
	},
	codeConfig: {
		"Signing in can't work as it is set up here.",
		"Check the API key and its address in the settings.",
		OpenSettings, "Open settings", 5,
	},
	codeSetDomain: {
		"The domain that EGNYTE_DOMAIN names can't be one: {reason}.",
		"Set it to the name before .egnyte.com, or unset it and let the browser ask.",
		None, "", 5,
	},
	codeForeign: {
		"The browser came back with an address that is not part of {host}, so the sign-in was stopped.",
		"Nothing was sent there. If you did sign in to Egnyte, type your domain and try again.",
		TypeDomain, "Type the domain", 5,
	},
	codePortTaken: {
		"{holder} uses port {port}, where your browser should come back.",
		"Close that program and try again, or paste the address that your browser ends at.",
		Paste, pasteInstead, 1,
	},
	codePortOurs: {
		"Another sign-in is waiting already, at port {port}.",
		"Finish or cancel that one, then try again.",
		TryAgain, again, 1,
	},
	codeElsewhere: {
		"Egnyte sends your browser to {address}, which is not on this computer.",
		"Paste the address that your browser ends at.",
		Paste, pasteInstead, 5,
	},
	codeCertificate: {
		"Your browsers do not trust this computer's own address yet, so they would warn of it.",
		"The certificate is made here, for this computer alone, and can be removed at any time.",
		InstallCert, "Trust this machine's certificate", 5,
	},
	codeTool: {
		"{tool} is missing, without which your browsers can't be told to trust this computer's own address.",
		"Install {package} and try again, or paste the address that your browser ends at.",
		Paste, pasteInstead, 5,
	},
	codeFlow: {
		"The way of signing in that is set does not go with the rest of the settings.",
		"Check the kind of key and its address.",
		OpenSettings, "Open settings", 5,
	},
	codePassword: {
		"This API key signs in with your Egnyte user name and password.",
		"Both go to Egnyte once and are not kept.",
		TypePassword, "Type them", 5,
	},
	codeRedirect: {
		"Your browser can't come back to {address}.",
		"Set the address that is registered with your API key; {default} works for many.",
		OpenSettings, "Open settings", 5,
	},
	codeNoBrowser: {
		"No browser could be started.",
		"Copy the link and open it in a browser on this computer.",
		TryAgain, again, 1,
	},
	codeSettingsFile: {
		"{file} can't be read.",
		"The details say where it went wrong. Correct it there, or ask whoever set this computer up.",
		TryAgain, again, 5,
	},
}

// keepingEntries: keeping what a sign-in brought.
var keepingEntries = map[string]entry{
	codeKeyring: {
		"The system's password store could not keep the sign-in.",
		"Open your password manager, see that it works, then try again.",
		TryAgain, again, 1,
	},
	codeKeyring + "-" + string(keyring.Absent): {
		"There is no password store on this computer to keep the sign-in safe.",
		"Install {store}, start your session again, then try once more.",
		TryAgain, again, 1,
	},
	codeKeyring + "-" + string(keyring.Missing): {
		"This computer's password store has no keyring yet, so the sign-in can't be kept.",
		"Sign in again, and choose a password for a new one in the window that asks for it.",
		TryAgain, again, 1,
	},
	codeKeyring + "-" + string(keyring.Locked): {
		"The system's password store is locked.",
		"Unlock it with your login password, then try again.",
		TryAgain, again, 1,
	},
	codeKeyring + "-" + string(keyring.Silent): {
		"The system's password store did not answer.",
		"It may be waiting for its password in another window. Answer it there, then try again.",
		TryAgain, again, 1,
	},
	codeNotRevoked: {
		"Egnyte could not be told that {want} signs out, so nothing was removed.",
		"Try again later, or remove it from this computer only: it then stays signed in at Egnyte until that ends by itself.",
		RemoveAnyway, "Remove anyway", 4,
	},
	codeNoToken: {
		"The sign-in of {want} could not be ended at Egnyte: it is missing from this computer's password store, damaged, or from a newer version of this app.",
		"You can remove the account from this computer only: it then stays signed in at Egnyte until that ends by itself.",
		RemoveAnyway, "Remove anyway", 1,
	},
	codeIndex: {
		"{file} can't be read, so the accounts can't be shown.",
		"Correct the file, or move it away and sign in again.",
		TryAgain, again, 1,
	},
	codeFile: {
		"A file of this app could not be read or written.",
		"See that the disk has room and that the folder is yours, then try again.",
		TryAgain, again, 1,
	},
	codeNoHome: {
		"The environment does not say where your files are, so this app can't find its settings.",
		"Set HOME to your home folder, or XDG_CONFIG_HOME to a whole path, and start the app again.",
		None, "", 1,
	},
	codeNewer: {
		"A newer version of this app wrote the account or the list of accounts, so this one leaves it as it is.",
		"Update this app, then try again.",
		None, "", 1,
	},
	codeOwner: {
		"{file} belongs to another user of this computer.",
		"Run the app as that user. What you write there would lock them out.",
		None, "", 1,
	},
	codeNoLocks: {
		"Files can't be locked in this app's folder, so two programs could spoil each other's accounts.",
		"Move the folder to a disk of this computer, or set XDG_CONFIG_HOME to a folder on one.",
		TryAgain, again, 1,
	},
	codeSlow:    {"This took longer than it should.", "Try again in a minute.", TryAgain, again, 4},
	codeUnknown: {"Something did not work.", "Try again. If it stays, the details help whoever looks into it.", TryAgain, again, 1},
}

func merge(tables ...map[string]entry) map[string]entry {
	all := map[string]entry{}
	for _, table := range tables {
		for code, e := range table {
			all[code] = e
		}
	}
	return all
}
