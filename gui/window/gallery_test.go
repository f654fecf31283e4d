package window

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/doctor"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
)

// shot is one view as a person can meet it. It is reached without reading what
// the window says, so that it can be in any language.
type shot struct {
	name    string
	options Options
	change  func(*scene) // before the window opens; may be nil
	show    func(*scene) // after all was read; may be nil
}

// gallery is every view.
func gallery() []shot {
	var all []shot
	for _, part := range [][]shot{listShots(), signInShots(), waysShots(), problemShots(), settingsShots(), recordShots()} {
		all = append(all, part...)
	}
	return all
}

// visit shows a shot in a window of the usual size.
func visit(t *testing.T, s shot) *scene {
	t.Helper()
	sc := newScene(t, s.options, s.change)
	sc.stays = time.Hour
	sc.untilRead()
	if s.show != nil {
		s.show(sc)
	}
	sc.until("what was asked meanwhile", func() bool { return sc.settings == nil || !sc.settings.probe.button.Disabled() || poke(sc) })
	sc.settle()
	return sc
}

func listShots() []shot {
	soon, before := noon.Add(29*24*time.Hour), noon.Add(-50*time.Hour)
	later := noon.Add(90 * time.Minute)
	states := func(sc *scene) {
		for i, change := range []func(*account.Account){
			func(a *account.Account) { a.Default, a.Checked = true, &before },
			func(a *account.Account) { a.Expires, a.Checked, a.Renewed = &soon, &before, before },
			func(a *account.Account) { a.State, a.Reason = account.Reconnect, oauth.RefusedUnauthorized },
			func(a *account.Account) { a.State = account.Reconnect },
			func(a *account.Account) { a.State = account.Pending },
			func(a *account.Account) { a.Trouble, a.Since = account.Offline, &before },
			func(a *account.Account) { a.Trouble, a.Until = account.Throttled, &later },
			func(a *account.Account) { a.Trouble = account.Unwell },
			func(a *account.Account) { a.Flow, a.Expires = oauth.FlowImplicit, &soon },
			func(a *account.Account) { a.Expires = &before },
		} {
			a := accountOf(jane)
			change(&a)
			a.Name = strings.Repeat("x", i) + a.Name
			a.Added = noon.Add(-100 * 24 * time.Hour)
			sc.shelf.list = append(sc.shelf.list, a)
		}
	}
	practice := func(sc *scene) {
		sc.desk.now.Service, sc.desk.now.Key.ID = service("http://egnyte.localhost:4321"), PracticeKeyID
	}
	accounts := Options{View: "accounts"}
	return []shot{
		{"accounts", accounts, states, func(sc *scene) { sc.known.noTray = true; sc.redraw() }},
		{"accounts behind a lock", accounts, func(sc *scene) {
			a := accountOf(jane)
			a.Trouble, a.Since = account.Locked, &before
			sc.shelf.list = []account.Account{a}
		}, nil},
		{"accounts menu", accounts, states, func(sc *scene) {
			r := rowsOf(sc.known.accounts, noon)[1]
			sc.showMenu(r, findButton(sc.view.body, "more/"+r.account.Name))
		}},
		{"no account", accounts, nil, func(sc *scene) { sc.known.noTray = true; sc.redraw() }},
		{"no account in practice", accounts, practice, nil},
		{"no key", accounts, func(sc *scene) { sc.desk.now.Key.ID = "" }, nil},
		{"help menu", accounts, nil, func(sc *scene) { sc.showHelp(findButton(sc.view.body, "help")) }},
		{"sign out", accounts, nil, func(sc *scene) { sc.askSignOut(accountOf(jane)) }},
		{"signed out", accounts, nil, func(sc *scene) { sc.signedOut("", accountOf(jane))(nil) }},
		{"leave practice", accounts, practice, func(sc *scene) { sc.askLeavePractice() }},
		{"API key", accounts, func(sc *scene) { sc.desk.now.Key.ID = "" }, func(sc *scene) { sc.showKey() }},
		{"details", accounts, states, func(sc *scene) { sc.showDetails(sc.known.accounts[1]) }},
		{"details of one who is needed", accounts, states, func(sc *scene) { sc.showDetails(sc.known.accounts[2]) }},
		{"keyboard", accounts, nil, func(sc *scene) { sc.showKeyboard() }},
		{"diagnosis", accounts, nil, func(sc *scene) {
			sc.showChecks([]doctor.Check{{Name: "keyring", Detail: "7"}, {Name: "key preflight", OK: true, Detail: "7"}, {Name: "redirect", OK: true, Detail: "7"}})
		}},
		{"diagnosis of what is well", accounts, nil, func(sc *scene) { sc.showChecks([]doctor.Check{{Name: "loopback IPv4", OK: true}}) }},
	}
}

func signInShots() []shot {
	signIn := Options{View: "signin"}
	again := accountOf(jane)
	waiting := func(sc *scene) *waiting {
		w := sc.showWaiting(request{account: &again})
		w.update(oauth.WaitingForBrowser{URL: "https://acme.egnyte.com/puboauth/authorize?state=7", Until: noon.Add(5 * time.Minute)})
		return w
	}
	implicit := accountOf(jane)
	implicit.Flow, implicit.Expires = oauth.FlowImplicit, &time.Time{}
	*implicit.Expires = noon.Add(3 * time.Hour)
	fixed := func(sc *scene) {
		sc.desk.now.Domain, sc.desk.now.From = jane.Domain, map[string]settings.Source{"domain": settings.LockedPolicy}
	}
	return []shot{
		{"start", signIn, nil, nil},
		{"start, a wrong domain", signIn, nil, func(sc *scene) { findEntry(sc.view.body).(*entry).SetText("a_b") }},
		{"start, a company's name", signIn, nil, func(sc *scene) { findEntry(sc.view.body).(*entry).SetText("files.acme.com") }},
		{"start at a domain", signIn, fixed, nil},
		{"start by the implicit grant", signIn, withFlow(oauth.FlowImplicit), nil},
		{"password", signIn, withFlow(oauth.FlowPassword), func(sc *scene) { sc.press(fyne.KeyReturn) }},
		{"password of an account", signIn, nil, func(sc *scene) { sc.showPassword(request{account: &again}); sc.press(fyne.KeyReturn) }},
		{"waiting", signIn, nil, func(sc *scene) { waiting(sc) }},
		{"waiting, a first time", signIn, nil, func(sc *scene) { sc.showWaiting(request{}) }},
		{"waiting without a browser", signIn, nil, func(sc *scene) { waiting(sc).offerLink() }},
		{"working", signIn, nil, func(sc *scene) { sc.showWorking() }},
		{"question", signIn, nil, func(sc *scene) { sc.showQuestion(oauth.AskDomain{}) }},
		{"confirm", signIn, nil, func(sc *scene) { sc.showConfirmUser(oauth.ConfirmUser{User: jane.User, Domain: jane.Domain}) }},
		{"question, a name found", signIn, nil, func(sc *scene) { sc.askWhich(true, "files.acme.com") }},
		{"start, a name found", signIn, nil, func(sc *scene) { sc.askWhich(false, "files.acme.com") }},
		{"start, a name not found", signIn, nil, func(sc *scene) { sc.domainField("", "7", nil).lost("files.acme.com") }},
		{"done", signIn, nil, func(sc *scene) { sc.showDone(again) }},
		{"done by the implicit grant", signIn, nil, func(sc *scene) { sc.showDone(implicit) }},
	}
}

// askWhich shows the question that follows a company's own name.
func (sc *scene) askWhich(past bool, name string) {
	f := sc.domainField("", "7", nil)
	f.past = past
	sc.show(view{body: page(nil, heading(""), say(""), f.objects())})
	f.ask(name, jane.Domain)
}

func waysShots() []shot {
	signIn := Options{View: "signin"}
	stores := localcert.Report{{Name: "Chromium", Outcome: localcert.Trusted}, {Name: "Firefox", Outcome: localcert.Untrusted}}
	nowhere := localcert.Report{{Name: "Firefox", Outcome: localcert.Failed, Err: &localcert.ToolMissingError{Tool: "certutil", Package: "libnss3-tools"}}}
	pasting := func(uri string, pasted ...string) func(*scene) {
		return func(sc *scene) {
			var p *redirect.Paste
			listener := redirect.Listener{PasteOnly: true, Paste: func(paste *redirect.Paste) { p = paste }}
			receiver, err := listener.Listen(sc.t.Context(), uri, "state")
			if err != nil {
				sc.t.Fatal(err)
			}
			sc.t.Cleanup(func() { receiver.Close() })
			sc.showWaiting(request{}).expectPaste(p)
			for _, text := range pasted {
				sc.typed().SetText(text)
				sc.press(fyne.KeyReturn)
			}
		}
	}
	return []shot{
		{"certificate", signIn, nil, func(sc *scene) { sc.showConsent(request{}) }},
		{"certificate in some", signIn, nil, func(sc *scene) { sc.showPlaces(request{}, stores) }},
		{"certificate nowhere", signIn, nil, func(sc *scene) { sc.showPlaces(request{}, nowhere[:0]) }},
		{"paste, elsewhere", signIn, nil, pasting("https://login.acme.com/back")},
		{"paste, here", signIn, nil, pasting("https://localhost:8443/callback", "https://example.com/")},
		{"paste, a code alone", signIn, nil, pasting("https://login.acme.com/back", "abc")},
		{"paste, nothing", signIn, nil, pasting("https://login.acme.com/back", "")},
	}
}

// problemShots are those whose sentences come from all over the advice; what
// each says is advice's own test.
func problemShots() []shot {
	again := accountOf(jane)
	var all []shot
	for name, err := range map[string]error{
		"denied":        oauth.ErrDenied,
		"offline":       &oauth.Unreachable{Host: "acme.egnyte.com", Err: errors.New("no route")},
		"kind of key":   &oauth.Refusal{Kind: oauth.RefusedKeyKind},
		"rate":          &oauth.Refusal{Kind: oauth.RefusedOverRate, RetryAfter: 14 * time.Hour},
		"port":          &redirect.PortTakenError{Port: 8080, Holder: redirect.Holder{Name: "python3", PID: 4711}},
		"port of ours":  &redirect.PortTakenError{Port: 8080, Holder: redirect.Holder{Name: "egnyte-auth", PID: 4711, Ours: true}},
		"domain":        &oauth.DomainError{Typed: "a b", Reason: "a name has at most 63 characters"},
		"certificate":   &localcert.UnusableError{Reason: "there is none yet"},
		"keyring":       &keyring.Error{Kind: keyring.Absent, Err: errors.New("no bus")},
		"not told":      &account.NotRevokedError{Account: again.Name, Err: errors.New("no route")},
		"another came":  &account.OtherPersonError{Want: again, Grant: ann},
		"no sentence":   errors.New("no route"),
		"redirect":      &oauth.Refusal{Kind: oauth.RefusedRedirectURI},
		"settings file": &settings.FileError{Path: "/etc/policy.json", Reason: "no JSON"},
	} {
		all = append(all, shot{"problem: " + name, Options{View: "signin"}, nil, func(sc *scene) { sc.showFailed(request{account: &again}, err) }})
	}
	return all
}

func settingsShots() []shot {
	own := func(change func(*scene)) func(*scene) {
		return func(sc *scene) {
			sc.desk.now = settings.Effective{
				Key: oauth.Key{ID: "a-key", RedirectURI: oauth.DefaultRedirectURI}, Region: oauth.RegionAuto,
				Scopes: []string{"Egnyte.filesystem"}, From: map[string]settings.Source{"client_id": settings.Settings},
			}
			change(sc)
		}
	}
	form := func(act func(*settingsForm)) func(*scene) {
		return func(sc *scene) {
			sc.until("the settings", func() bool { return sc.settings != nil || poke(sc) })
			sc.until("the login", func() bool { return !sc.settings.login.Disabled() || poke(sc) })
			sc.until("the certificate", func() bool { return sc.settings.certificate.known || poke(sc) })
			act(sc.settings)
		}
	}
	nothing := func(*settingsForm) {}
	s := Options{View: "settings"}
	return []shot{
		{"settings", s, own(func(*scene) {}), form(func(f *settingsForm) { f.scopes.fold() })},
		{"settings, managed", s, own(func(sc *scene) {
			sc.desk.now.From["client_id"], sc.desk.now.From["domain"] = settings.LockedPolicy, settings.Environment
			sc.desk.now.Locked = map[string]bool{"client_id": true}
		}), form(nothing)},
		{"settings, https here", s, own(func(sc *scene) { sc.desk.now.Key.RedirectURI = "https://localhost:8443/" }), form(nothing)},
		{"settings, elsewhere", s, own(func(sc *scene) {
			sc.desk.now.Key.RedirectURI, sc.desk.now.Flow = "https://login.acme.com/", oauth.FlowImplicit
			sc.desk.now.Service = service("https://qa-egnyte.com")
		}), form(func(f *settingsForm) { f.setLogin(true) })},
		{"settings, wrong", s, own(func(*scene) {}), form(func(f *settingsForm) {
			f.redirect.SetText("http://acme.com/")
			f.kind.SetSelected(kinds()[1].name)
			f.service.SetSelected(otherService())
			f.refuse(errors.Join(&settings.FieldError{Field: "client_id", Err: errors.New("the API key is missing")}))
		})},
		{"settings, tested", s, own(func(*scene) {}), form(func(f *settingsForm) {
			f.probe.ask()
		})},
		{"settings, left", s, own(func(*scene) {}), form(func(f *settingsForm) { f.id.SetText("b-key"); f.leave() })},
	}
}
