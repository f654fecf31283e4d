package window

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
)

// looking is a start in which a company's own name was typed and sent.
func looking(t *testing.T, change func(*testWindow)) (*testWindow, *entry) {
	t.Helper()
	tw := newTestWindow(t, Options{View: "signin"}, change)
	tw.untilTitle("Sign in")
	tw.untilRead()
	tw.press(fyne.KeyTab)
	field := tw.typed()
	test.Type(field, "files.acme.com")
	if !tw.says("is looked up first") || tw.says(".egnyte.com") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	tw.press(fyne.KeyReturn)
	return tw, field
}

func TestACompanysOwnNameIsShownForConfirmation(t *testing.T) {
	tw, _ := looking(t, func(tw *testWindow) { tw.names.names = map[string]string{"files.acme.com": "acme"} })
	tw.untilTitle("Sign in at acme.egnyte.com?")
	if !tw.says("files.acme.com is acme.egnyte.com. Sign in there?") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	tw.focusIs("Sign in at acme.egnyte.com")
	if len(tw.client.calls) > 0 {
		t.Error("the sign-in began before the person said yes")
	}
	tw.press(fyne.KeyReturn)
	if a := tw.next(); a.signIn.Flow != oauth.FlowCode || a.signIn.Domain.Host() != "acme.egnyte.com" {
		t.Errorf("got %v at %v", a.signIn.Flow, a.signIn.Domain)
	}
}

func TestAnAnswerForAnotherNameIsNotUsed(t *testing.T) {
	tw, field := looking(t, func(tw *testWindow) { tw.names.names = map[string]string{"files.acme.com": "acme"} })
	tw.untilTitle("Sign in at acme.egnyte.com?")
	field.SetText("globex")
	if !tw.says("[Use this domain]") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	tw.win.Canvas().Focus(field)
	tw.press(fyne.KeyReturn)
	if a := tw.next(); a.signIn.Domain.Host() != "globex.egnyte.com" {
		t.Errorf("signed in at %v", a.signIn.Domain)
	}
}

func TestANameThatLeadsNowhereIsForTheBrowser(t *testing.T) {
	tw, _ := looking(t, nil)
	tw.untilTitle("Domain not found")
	tw.focusIs("Let Egnyte ask")
	if !tw.says("files.acme.com leads to no Egnyte domain that could be found. Egnyte can ask for it in your browser.") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	tw.press(fyne.KeyReturn)
	if a := tw.next(); a.signIn.Flow != oauth.FlowEnhanced {
		t.Errorf("got %v", a.signIn.Flow)
	}
}

func TestASearchEndsWhenItsViewIsLeft(t *testing.T) {
	tw, _ := looking(t, func(tw *testWindow) { tw.names.held = make(chan struct{}) })
	tw.until("the search", func() bool { return tw.says("Looking up files.acme.com…") })
	tw.press(fyne.KeyEscape)
	tw.until("the end", func() bool { return tw.hasQuit })
	tw.close(5 * time.Second) // would wait for a search that goes on
}

func TestWithoutEnhancedAuthTheDomainIsAskedAtOnce(t *testing.T) {
	for _, url := range []string{"https://egnytegov.com", "https://qa-egnyte.com"} {
		t.Run(url, func(t *testing.T) {
			tw := newTestWindow(t, Options{View: "signin"}, func(tw *testWindow) { tw.setup.now.Service = service(url) })
			tw.untilTitle("Sign in")
			tw.untilRead()
			if tw.says("Egnyte asks who you are") {
				t.Errorf("the window says %q", textsOf(tw.win.Content()))
			}
			test.Type(tw.typed(), "acme")
			tw.press(fyne.KeyReturn)
			if a := tw.next(); a.signIn.Domain.URL() != "https://acme."+url[len("https://"):] || a.signIn.Flow != oauth.FlowCode {
				t.Errorf("got %v at %v", a.signIn.Flow, a.signIn.Domain)
			}
		})
	}
}

func TestTheChoiceFollowsTheSettings(t *testing.T) {
	acme := jane.Domain
	const asks, types, fixed = "Egnyte asks who you are", "Type your Egnyte domain", "opens to sign in at acme.egnyte.com"
	for name, c := range map[string]struct {
		flow   oauth.Flow
		domain oauth.Domain
		from   settings.Source
		says   string
		entry  bool
	}{
		"nothing set":                {"", oauth.Domain{}, "", asks, true},
		"Enhanced Auth alone":        {oauth.FlowEnhanced, oauth.Domain{}, "", asks, false},
		"the domain alone":           {oauth.FlowCode, oauth.Domain{}, "", types, true},
		"a domain to start with":     {"", acme, settings.Environment, asks, true},
		"a domain that is locked":    {"", acme, settings.LockedPolicy, fixed, false},
		"the implicit grant":         {oauth.FlowImplicit, oauth.Domain{}, "", types, true},
		"implicit at a fixed domain": {oauth.FlowImplicit, acme, settings.LockedPolicy, fixed, false},
	} {
		t.Run(name, func(t *testing.T) {
			tw := newTestWindow(t, Options{View: "signin"}, func(tw *testWindow) {
				tw.setup.now.Flow, tw.setup.now.Domain = c.flow, c.domain
				tw.setup.now.From = map[string]settings.Source{"domain": c.from}
			})
			tw.untilRead()
			field := firstOf[*entry](tw.win.Content())
			if !tw.says(c.says) || (field != nil) != c.entry {
				t.Errorf("the window says %q", textsOf(tw.win.Content()))
			}
			if field != nil && field.Text != c.domain.Label() {
				t.Errorf("the entry says %q", field.Text)
			}
			if tw.says("Egnyte calls this way less secure") != (c.flow == oauth.FlowImplicit) {
				t.Errorf("the warning: %q", textsOf(tw.win.Content()))
			}
			if field == nil {
				tw.press(fyne.KeyReturn)
				if a := tw.next(); a.signIn.Domain != c.domain || c.flow == oauth.FlowImplicit && a.signIn.Flow != c.flow {
					t.Errorf("got %v at %v", a.signIn.Flow, a.signIn.Domain)
				}
			}
		})
	}
}

func TestTheImplicitGrantSaysWhenItEnds(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, withFlow(oauth.FlowImplicit))
	tw.untilRead()
	test.Type(tw.typed(), "acme")
	tw.press(fyne.KeyReturn)
	a := tw.next()
	if a.signIn.Flow != oauth.FlowImplicit || a.signIn.Domain.Label() != "acme" {
		t.Errorf("got %v at %v", a.signIn.Flow, a.signIn.Domain)
	}
	grant := jane
	grant.Flow, grant.Token.Expiry = oauth.FlowImplicit, noon.Add(29*24*time.Hour)
	a.end <- result{grant: grant}
	tw.untilTitle("Signed in as Jane Smith")
	if !tw.says("This sign-in ends in 29 days.") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
}

func TestASetupThatIsReadAgainLeavesWhatIsTyped(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, withFlow(oauth.FlowPassword))
	tw.untilTitle("Sign in with a password")
	test.Type(tw.typed(), "acme")
	tw.press(fyne.KeyTab)
	test.Type(tw.typed(), "jsmith")
	tw.store.put(accountOf(ann))
	tw.until("the news", func() bool { return len(tw.known.accounts) == 1 })
	if got := tw.typed(); got.Text != "jsmith" {
		t.Errorf("the entry says %q", got.Text)
	}
}

func TestTheWindowGoesOnWhereTheTrayCouldNot(t *testing.T) {
	for problem, title := range map[string]string{
		advice.Code(&redirect.ElsewhereError{}):             "Finish in your browser",
		advice.Code(&localcert.UnusableError{}):             "Add a certificate?",
		advice.Code(&oauth.ConfigError{Field: "username"}):  "Sign in with a password",
		advice.Code(&redirect.PortTakenError{Port: 8080}):   "Sign-in did not work",
		advice.Code(&oauth.Refusal{Kind: oauth.RefusedKey}): "Sign-in did not work",
	} {
		t.Run(problem, func(t *testing.T) {
			tw := newTestWindow(t, Options{View: "signin", Reconnect: "jsmith@acme.egnyte.com", Problem: problem}, withAccounts(needsYou(jane)))
			tw.untilTitle(title)
		})
	}
}

func TestACompanysOwnNameAnswersTheQuestionToo(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, func(tw *testWindow) { tw.names.names = map[string]string{"files.acme.com": "acme"} })
	tw.untilRead()
	tw.press(fyne.KeyReturn)
	answered := ""
	tw.next().signIn.Report(oauth.AskDomain{Answer: func(typed string) error { answered = typed; return nil }})
	tw.untilTitle("Which domain?")
	test.Type(tw.typed(), "files.acme.com")
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Signed in at acme.egnyte.com?")
	if answered != "" {
		t.Errorf("answered %q before the person said yes", answered)
	}
	tw.press(fyne.KeyReturn)
	if answered != "acme.egnyte.com" {
		t.Errorf("answered %q", answered)
	}
}

func TestASignInThatCantBeRenewedSaysSoInTheList(t *testing.T) {
	grant := jane
	grant.Flow, grant.Token.Expiry = oauth.FlowImplicit, noon.Add(29*24*time.Hour)
	if got := rowsOf([]account.Account{accountOf(grant)}, noon)[0]; got.Status != advice.StatusReady || got.Line != "Ends in 29 days, can't be renewed" {
		t.Errorf("%s: %s", got.Status, got.Line)
	}
	if got := rowsOf([]account.Account{accountOf(grant)}, noon.Add(30*24*time.Hour))[0]; got.Status != advice.StatusNeedsYou {
		t.Errorf("%s: %s", got.Status, got.Line)
	}
}

func TestALongDomainDoesNotWidenTheWindow(t *testing.T) {
	long := strings.Repeat("a", 63)
	tw, _ := looking(t, func(tw *testWindow) { tw.names.names = map[string]string{"files.acme.com": long} })
	tw.untilTitle("Sign in at " + long + ".egnyte.com?")
	tw.focusIs("Sign in there")
	if width := tw.win.Content().MinSize().Width; width > 440 || !tw.says("files.acme.com is "+long) {
		t.Errorf("%v pixels wide: %q", width, textsOf(tw.win.Content()))
	}
}

func TestNoWayInIsOfferedBeforeTheSettingsAreRead(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, withFlow(oauth.FlowImplicit))
	tw.press(fyne.KeyReturn) // in a hurry
	tw.untilRead()
	tw.untilTitle("Sign in")
	if tw.session != nil || len(tw.client.calls) > 0 {
		t.Error("a sign-in began by a way that the settings rule out")
	}
	test.Type(tw.typed(), "acme")
}
