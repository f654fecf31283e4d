package advice

import "egnyte-accounts/oauth/redirect"

// pasteEntries: what is wrong with a pasted address, in the order of
// redirect.PasteFault. Nothing is over: another paste may follow.
var pasteEntries = map[string]entry{
	codePaste + "-" + string(redirect.PasteEmpty): {
		"There is no address in what was pasted.",
		"Copy all of the browser's address bar, from https to the end.",
		Paste, pasteAgain, 2,
	},
	codePaste + "-" + string(redirect.PasteOtherPlace): {
		"That is the address of another page.",
		"Wait until the browser has got to the end, then copy all of its address bar.",
		Paste, pasteAgain, 2,
	},
	codePaste + "-" + string(redirect.PasteNoAnswer): {
		"That address holds no answer from Egnyte.",
		"Finish signing in, then copy all of the browser's address bar.",
		Paste, pasteAgain, 2,
	},
	codePaste + "-" + string(redirect.PasteOtherSignIn): {
		"That address belongs to another sign-in.",
		"Use the newest link, then paste where the browser ends.",
		Paste, pasteAgain, 2,
	},
	codePaste + "-" + string(redirect.PasteNoState): {
		"That is a code alone, and nothing tells which sign-in it belongs to.",
		"Paste the whole address. Use the code only if you copied it from your own browser just now.",
		Paste, pasteAgain, 2,
	},
}

const pasteAgain = "Paste again"
