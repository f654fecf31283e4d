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

// shot is one state of a view. Getting there does not depend on the language.
type shot struct {
	name    string
	options Options
	change  func(*testWindow) // before the window opens; may be nil
	show    func(*testWindow) // after all was read; may be nil
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
func visit(t *testing.T, s shot) *testWindow {
	t.Helper()
	tw := newTestWindow(t, s.options, s.change)
	tw.doneTime = time.Hour
	tw.untilRead()
	if s.show != nil {
		s.show(tw)
	}
	tw.until("what was asked meanwhile", func() bool { return tw.settings == nil || !tw.settings.probe.button.Disabled() })
	tw.settle()
	return tw
}

func listShots() []shot {
	soon, before := noon.Add(29*24*time.Hour), noon.Add(-50*time.Hour)
	later := noon.Add(90 * time.Minute)
	states := func(tw *testWindow) {
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
			tw.store.list = append(tw.store.list, a)
		}
	}
	practice := func(tw *testWindow) {
		tw.setup.now.Service, tw.setup.now.Key.ID = service("http://egnyte.localhost:4321"), PracticeKeyID
	}
	accounts := Options{View: "accounts"}
	return []shot{
		{"accounts", accounts, states, func(tw *testWindow) { tw.known.noTray = true; tw.refresh() }},
		{"accounts behind a lock", accounts, func(tw *testWindow) {
			a := accountOf(jane)
			a.Trouble, a.Since = account.Locked, &before
			tw.store.list = []account.Account{a}
		}, nil},
		{"accounts menu", accounts, states, func(tw *testWindow) { tw.pressID("more/" + tw.known.accounts[1].Name) }},
		{"no account", accounts, nil, func(tw *testWindow) { tw.known.noTray = true; tw.refresh() }},
		{"no account in practice", accounts, practice, nil},
		{"no key", accounts, func(tw *testWindow) { tw.setup.now.Key.ID = "" }, nil},
		{"help menu", accounts, nil, func(tw *testWindow) { tw.pressID("help") }},
		{"sign out", accounts, nil, func(tw *testWindow) { tw.show(newSignOutView(tw.window, accountOf(jane))) }},
		{"signed out", accounts, nil, func(tw *testWindow) { signedOut(tw.window, "", accountOf(jane))(nil) }},
		{"leave practice", accounts, practice, func(tw *testWindow) { tw.show(newLeavePracticeView(tw.window)) }},
		{"API key", accounts, func(tw *testWindow) { tw.setup.now.Key.ID = "" }, func(tw *testWindow) { tw.showKey() }},
		{"details", accounts, states, func(tw *testWindow) { tw.show(newDetailsView(tw.window, tw.known.accounts[1])) }},
		{"details of one who is needed", accounts, states, func(tw *testWindow) { tw.show(newDetailsView(tw.window, tw.known.accounts[2])) }},
		{"keyboard", accounts, nil, func(tw *testWindow) { tw.show(newKeyboardView(tw.window)) }},
		{"diagnosis", accounts, nil, func(tw *testWindow) {
			tw.show(newChecksView(tw.window, []doctor.Check{{Name: "keyring", Detail: "7"}, {Name: "key preflight", OK: true, Detail: "7"}, {Name: "redirect", OK: true, Detail: "7"}}))
		}},
		{"diagnosis of what is well", accounts, nil, func(tw *testWindow) {
			tw.show(newChecksView(tw.window, []doctor.Check{{Name: "loopback IPv4", OK: true}}))
		}},
	}
}

func signInShots() []shot {
	signIn := Options{View: "signin"}
	again := accountOf(jane)
	waiting := func(tw *testWindow) *waitingView {
		w := tw.showWaiting(request{account: &again})
		w.update(oauth.WaitingForBrowser{URL: "https://acme.egnyte.com/puboauth/authorize?state=7", Until: noon.Add(5 * time.Minute)})
		return w
	}
	implicit := accountOf(jane)
	implicit.Flow, implicit.Expires = oauth.FlowImplicit, &time.Time{}
	*implicit.Expires = noon.Add(3 * time.Hour)
	fixed := func(tw *testWindow) {
		tw.setup.now.Domain, tw.setup.now.From = jane.Domain, map[string]settings.Source{"domain": settings.LockedPolicy}
	}
	return []shot{
		{"start", signIn, nil, nil},
		{"start, a wrong domain", signIn, nil, func(tw *testWindow) { tw.view.(*startView).domain.entry.SetText("a_b") }},
		{"start, a company's name", signIn, nil, func(tw *testWindow) { tw.view.(*startView).domain.entry.SetText("files.acme.com") }},
		{"start at a domain", signIn, fixed, nil},
		{"start by the implicit grant", signIn, withFlow(oauth.FlowImplicit), nil},
		{"password", signIn, withFlow(oauth.FlowPassword), func(tw *testWindow) { tw.press(fyne.KeyReturn) }},
		{"password of an account", signIn, nil, func(tw *testWindow) { tw.showPassword(request{account: &again}); tw.press(fyne.KeyReturn) }},
		{"waiting", signIn, nil, func(tw *testWindow) { waiting(tw) }},
		{"waiting, a first time", signIn, nil, func(tw *testWindow) { tw.showWaiting(request{}) }},
		{"waiting without a browser", signIn, nil, func(tw *testWindow) { waiting(tw).offerLink() }},
		{"working", signIn, nil, func(tw *testWindow) { tw.show(newWorkingView(tw.window)) }},
		{"question", signIn, nil, func(tw *testWindow) { tw.show(newQuestionView(tw.window, oauth.AskDomain{})) }},
		{"confirm", signIn, nil, func(tw *testWindow) {
			tw.show(newConfirmView(tw.window, oauth.ConfirmUser{User: jane.User, Domain: jane.Domain}, nil))
		}},
		{"question, a name found", signIn, nil, func(tw *testWindow) { tw.askWhich(true, "files.acme.com") }},
		{"start, a name found", signIn, nil, func(tw *testWindow) { tw.askWhich(false, "files.acme.com") }},
		{"start, a name not found", signIn, nil, func(tw *testWindow) { tw.view.(*startView).domain.notFound("files.acme.com") }},
		{"done", signIn, nil, func(tw *testWindow) { tw.show(newDoneView(tw.window, again)) }},
		{"done by the implicit grant", signIn, nil, func(tw *testWindow) { tw.show(newDoneView(tw.window, implicit)) }},
	}
}

// askWhich shows the question that follows a company's own name.
func (tw *testWindow) askWhich(past bool, name string) {
	v := &baseView{w: tw.window}
	f := v.domainField("", "7", nil)
	f.past = past
	v.content = page(nil, heading(""), paragraph(""), f.objects())
	tw.show(v)
	f.ask(name, jane.Domain)
}

func waysShots() []shot {
	signIn := Options{View: "signin"}
	stores := localcert.Report{{Name: "Chromium", Outcome: localcert.Trusted}, {Name: "Firefox", Outcome: localcert.Untrusted}}
	nowhere := localcert.Report{{Name: "Firefox", Outcome: localcert.Failed, Err: &localcert.ToolMissingError{Tool: "certutil", Package: "libnss3-tools"}}}
	pasting := func(uri string, pasted ...string) func(*testWindow) {
		return func(tw *testWindow) {
			receiver, err := redirect.Listener{PasteOnly: true, Paste: true}.Listen(tw.t.Context(), uri, "state")
			if err != nil {
				tw.t.Fatal(err)
			}
			tw.t.Cleanup(func() { receiver.Close() })
			tw.showWaiting(request{}).expectPaste(receiver)
			for _, text := range pasted {
				tw.typed().SetText(text)
				tw.press(fyne.KeyReturn)
			}
		}
	}
	return []shot{
		{"certificate", signIn, nil, func(tw *testWindow) { tw.showConsent(request{}) }},
		{"certificate in some", signIn, nil, func(tw *testWindow) { tw.show(newPlacesView(tw.window, request{}, stores)) }},
		{"certificate nowhere", signIn, nil, func(tw *testWindow) { tw.show(newPlacesView(tw.window, request{}, nowhere[:0])) }},
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
		all = append(all, shot{"problem: " + name, Options{View: "signin"}, nil, func(tw *testWindow) { tw.showFailed(request{account: &again}, err) }})
	}
	return all
}

func settingsShots() []shot {
	own := func(change func(*testWindow)) func(*testWindow) {
		return func(tw *testWindow) {
			tw.setup.now = settings.Effective{
				Key: oauth.Key{ID: "a-key", RedirectURI: oauth.DefaultRedirectURI}, Region: oauth.RegionAuto,
				Scopes: []string{"Egnyte.filesystem"}, From: map[string]settings.Source{"client_id": settings.Settings},
			}
			change(tw)
		}
	}
	form := func(act func(*settingsView)) func(*testWindow) {
		return func(tw *testWindow) {
			tw.until("the settings", func() bool { return tw.settings != nil })
			tw.until("the login", func() bool { return !tw.settings.login.Disabled() })
			tw.until("the certificate", func() bool { return tw.settings.certificate.known })
			act(tw.settings)
		}
	}
	nothing := func(*settingsView) {}
	s := Options{View: "settings"}
	return []shot{
		{"settings", s, own(func(*testWindow) {}), form(func(f *settingsView) { f.rows["scopes"].list.fold() })},
		{"settings, managed", s, own(func(tw *testWindow) {
			tw.setup.now.From["client_id"], tw.setup.now.From["domain"] = settings.LockedPolicy, settings.Environment
			tw.setup.now.Locked = map[string]bool{"client_id": true}
		}), form(nothing)},
		{"settings, https here", s, own(func(tw *testWindow) { tw.setup.now.Key.RedirectURI = "https://localhost:8443/" }), form(nothing)},
		{"settings, elsewhere", s, own(func(tw *testWindow) {
			tw.setup.now.Key.RedirectURI, tw.setup.now.Flow = "https://login.acme.com/", oauth.FlowImplicit
			tw.setup.now.Service = service("https://qa-egnyte.com")
		}), form(func(f *settingsView) { f.onLogin(true) })},
		{"settings, wrong", s, own(func(*testWindow) {}), form(func(f *settingsView) {
			f.rows["redirect_uri"].entry.SetText("http://acme.com/")
			f.rows["flow"].choice.SetSelectedIndex(1)    // internal application
			f.rows["service"].choice.SetSelectedIndex(3) // another address
			f.refuse(errors.Join(&settings.FieldError{Field: "client_id", Err: errors.New("the API key is missing")}))
		})},
		{"settings, tested", s, own(func(*testWindow) {}), form(func(f *settingsView) {
			f.probe.ask()
		})},
		{"settings, left", s, own(func(*testWindow) {}), form(func(f *settingsView) { f.rows["client_id"].entry.SetText("b-key"); f.onClose() })},
	}
}
