// Package advice turns an error into what a person reads: what happened, what
// to do, and the one button that helps. It is pure; window, tray and terminal
// all speak through it.
//
// An error has a short code (Code), and a code has its sentences (codes.go), so
// a problem that one role met can be told by another: the tray hands the code
// to the window.
package advice

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/words"
)

// Action is what the one button does. The roles carry it out.
type Action string

// The actions.
const (
	None          Action = ""
	TryAgain      Action = "try-again"
	OpenSettings  Action = "open-settings" // for now: the view that asks for key, secret and redirect address
	CopyRedirect  Action = "copy-redirect"
	Reconnect     Action = "reconnect"
	AddInstead    Action = "add-instead" // add the other person who came back
	TypeDomain    Action = "type-domain"
	StartPractice Action = "start-practice"
	InstallCert   Action = "install-cert"  // have browsers trust this machine's certificate, after asking
	Paste         Action = "paste"         // the same sign-in, its way back pasted
	TypePassword  Action = "type-password" // ask for user name and password
	RemoveAnyway  Action = "remove-anyway" // forget the account here, though Egnyte does not know
)

// Advice is one error in plain words.
type Advice struct {
	What    string // what happened, one sentence
	Do      string // what to do, one or two short sentences; may be empty
	Action  Action
	Button  string // the button's words; empty with None
	Details string // for support: the technical cause, without any secret

	Until time.Time // when Egnyte said to come back: the button must not work before; zero: at once
	Copy  string    // the address that CopyRedirect copies, where it is known
}

// Sentences is what happened and what to do, after one another.
func (a Advice) Sentences() string { return strings.TrimSpace(a.What + " " + a.Do) }

// For returns the advice for err. Now is the reader's clock, for times of day.
// A nil error needs no advice: the zero Advice.
func For(err error, now time.Time) Advice {
	if err == nil {
		return Advice{}
	}
	a := fill(entryOf(Code(err)), factsOf(err, now))
	a.Details = err.Error()
	if refusal, ok := as[*oauth.Refusal](err); ok {
		a.Copy = refusal.RedirectURI
		a = a.waiting(comeBack(refusal, now), now)
	}
	return a
}

// ForCode returns the advice for a code of Code, met with the account of the
// person called name; name may be empty.
func ForCode(code, name string) Advice {
	f := facts{}
	if name != "" {
		f["want"] = name
	}
	a := fill(entryOf(code), f)
	a.Details = strings.TrimSpace(name + " " + code)
	return a
}

// ExitCode is the terminal's exit code for err: 0 done, 1 other, 2 usage,
// 3 needs sign-in or no such account, 4 passing trouble, 5 refused, 130 interrupted.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	return entryOf(Code(err)).exit
}

// facts are what an error knows, by the name that a sentence uses for it.
type facts map[string]string

// generic stands in where an error does not know.
func generic() facts {
	return facts{
		"host":    "Egnyte",
		"want":    words.Say("this account"),
		"who":     words.Say("Somebody else"),
		"add":     words.Say("them"),
		"when":    words.Say("in a minute"),
		"reason":  words.Say("that can't be an Egnyte domain"),
		"names":   words.Say("more than one account"),
		"port":    words.Say("that this app listens on"),
		"address": words.Say("the address in the settings"),
		"default": oauth.DefaultRedirectURI,

		"variable": "EGNYTE_…",
		"file":     words.Say("A settings file"),
		"policy":   words.Say("the policy file"),
		"name":     words.Say("a setting"),
		"asked":    words.Say("another value"),
		"tool":     words.Say("A program that is needed for it"),
		"package":  words.Say("what the details name"),
		"store":    keyringPackage(),
		"holder":   words.Say("Another program"),
		"words":    words.Say("it gave no reason"),
		"status":   "4xx",
	}
}

// fill puts the facts into an entry's sentences.
func fill(e entry, known facts) Advice {
	var pairs []string
	for name, text := range generic() {
		pairs = append(pairs, name, cmp.Or(known[name], text))
	}
	return Advice{
		What:   words.Say(e.what, pairs...),
		Do:     words.Say(e.do, pairs...),
		Action: e.action,
		Button: words.Say(e.button, pairs...),
	}
}

// Sentences is all that the tables of this package say, in English: the words of
// every code, reason and time. A test holds that each is translated.
func Sentences() []string {
	all := slices.Clone(reasons)
	for _, e := range entries {
		all = append(all, e.what, e.do, e.button)
	}
	for _, w := range []timeWords{at, since, until} {
		all = append(all, w.sentences()...)
	}
	all = append(all, dates[:]...)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(text string) bool { return text == "" })
}
