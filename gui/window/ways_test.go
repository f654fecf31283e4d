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
func looking(t *testing.T, change func(*scene)) (*scene, *entry) {
	t.Helper()
	sc := newScene(t, Options{View: "signin"}, change)
	sc.untilTitle("Sign in")
	sc.untilRead()
	sc.press(fyne.KeyTab)
	field := sc.typed()
	test.Type(field, "files.acme.com")
	if !sc.says("is looked up first") || sc.says(".egnyte.com") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	sc.press(fyne.KeyReturn)
	return sc, field
}

func TestACompanysOwnNameIsShownForConfirmation(t *testing.T) {
	sc, _ := looking(t, func(sc *scene) { sc.names.names = map[string]string{"files.acme.com": "acme"} })
	sc.untilTitle("Sign in at acme.egnyte.com?")
	if !sc.says("files.acme.com is acme.egnyte.com. Sign in there?") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	sc.focusIs("Sign in at acme.egnyte.com")
	if len(sc.stage.calls) > 0 {
		t.Error("the sign-in began before the person said yes")
	}
	sc.press(fyne.KeyReturn)
	if a := sc.next(); a.signIn.Flow != oauth.FlowCode || a.signIn.Domain.Host() != "acme.egnyte.com" {
		t.Errorf("got %v at %v", a.signIn.Flow, a.signIn.Domain)
	}
}

func TestAnAnswerForAnotherNameIsNotUsed(t *testing.T) {
	sc, field := looking(t, func(sc *scene) { sc.names.names = map[string]string{"files.acme.com": "acme"} })
	sc.untilTitle("Sign in at acme.egnyte.com?")
	field.SetText("globex")
	if !sc.says("[Use this domain]") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	sc.win.Canvas().Focus(field)
	sc.press(fyne.KeyReturn)
	if a := sc.next(); a.signIn.Domain.Host() != "globex.egnyte.com" {
		t.Errorf("signed in at %v", a.signIn.Domain)
	}
}

func TestANameThatLeadsNowhereIsForTheBrowser(t *testing.T) {
	sc, _ := looking(t, nil)
	sc.untilTitle("Domain not found")
	sc.focusIs("Continue in browser")
	if !sc.says("files.acme.com leads to no Egnyte domain that could be found. Continue in your browser") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	sc.press(fyne.KeyReturn)
	if a := sc.next(); a.signIn.Flow != oauth.FlowEnhanced {
		t.Errorf("got %v", a.signIn.Flow)
	}
}

func TestASearchEndsWhenItsViewIsLeft(t *testing.T) {
	sc, _ := looking(t, func(sc *scene) { sc.names.held = make(chan struct{}) })
	sc.until("the search", func() bool { return sc.says("Looking up files.acme.com…") })
	sc.press(fyne.KeyEscape)
	sc.until("the end", func() bool { return sc.quitted })
	sc.close(5 * time.Second) // would wait for a search that goes on
}

func TestWithoutEnhancedAuthTheDomainIsAskedAtOnce(t *testing.T) {
	for _, url := range []string{"https://egnytegov.com", "https://qa-egnyte.com"} {
		t.Run(url, func(t *testing.T) {
			sc := newScene(t, Options{View: "signin"}, func(sc *scene) { sc.desk.now.Service = service(url) })
			sc.untilTitle("Sign in")
			sc.untilRead()
			if sc.says("Egnyte asks who you are") {
				t.Errorf("the window says %q", textsOf(sc.win.Content()))
			}
			test.Type(sc.typed(), "acme")
			sc.press(fyne.KeyReturn)
			if a := sc.next(); a.signIn.Domain.URL() != "https://acme."+url[len("https://"):] || a.signIn.Flow != oauth.FlowCode {
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
			sc := newScene(t, Options{View: "signin"}, func(sc *scene) {
				sc.desk.now.Flow, sc.desk.now.Domain = c.flow, c.domain
				sc.desk.now.From = map[string]settings.Source{"domain": c.from}
			})
			sc.untilRead()
			field, _ := findEntry(sc.win.Content()).(*entry)
			if !sc.says(c.says) || (field != nil) != c.entry {
				t.Errorf("the window says %q", textsOf(sc.win.Content()))
			}
			if field != nil && field.Text != c.domain.Label() {
				t.Errorf("the entry says %q", field.Text)
			}
			if sc.says("Egnyte calls this way less secure") != (c.flow == oauth.FlowImplicit) {
				t.Errorf("the warning: %q", textsOf(sc.win.Content()))
			}
			if field == nil {
				sc.press(fyne.KeyReturn)
				if a := sc.next(); a.signIn.Domain != c.domain || c.flow == oauth.FlowImplicit && a.signIn.Flow != c.flow {
					t.Errorf("got %v at %v", a.signIn.Flow, a.signIn.Domain)
				}
			}
		})
	}
}

func TestTheImplicitGrantSaysWhenItEnds(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, withFlow(oauth.FlowImplicit))
	sc.untilRead()
	test.Type(sc.typed(), "acme")
	sc.press(fyne.KeyReturn)
	a := sc.next()
	if a.signIn.Flow != oauth.FlowImplicit || a.signIn.Domain.Label() != "acme" {
		t.Errorf("got %v at %v", a.signIn.Flow, a.signIn.Domain)
	}
	grant := jane
	grant.Flow, grant.Token.Expiry = oauth.FlowImplicit, noon.Add(29*24*time.Hour)
	a.end <- ending{grant: grant}
	sc.untilTitle("Signed in as Jane Smith")
	if !sc.says("This sign-in ends in 29 days.") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
}

func TestASetupThatIsReadAgainLeavesWhatIsTyped(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, withFlow(oauth.FlowPassword))
	sc.untilTitle("Sign in with a password")
	test.Type(sc.typed(), "acme")
	sc.press(fyne.KeyTab)
	test.Type(sc.typed(), "jsmith")
	sc.shelf.put(accountOf(ann))
	sc.until("the news", func() bool { return len(sc.known.accounts) == 1 || poke(sc) })
	if got := sc.typed(); got.Text != "jsmith" {
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
			sc := newScene(t, Options{View: "signin", Reconnect: "jsmith@acme.egnyte.com", Problem: problem}, withAccounts(needsYou(jane)))
			sc.untilTitle(title)
		})
	}
}

func TestACompanysOwnNameAnswersTheQuestionToo(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, func(sc *scene) { sc.names.names = map[string]string{"files.acme.com": "acme"} })
	sc.untilRead()
	sc.press(fyne.KeyReturn)
	answered := ""
	sc.next().signIn.Report(oauth.AskDomain{Answer: func(typed string) error { answered = typed; return nil }})
	sc.untilTitle("Which domain?")
	test.Type(sc.typed(), "files.acme.com")
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Signed in at acme.egnyte.com?")
	if answered != "" {
		t.Errorf("answered %q before the person said yes", answered)
	}
	sc.press(fyne.KeyReturn)
	if answered != "acme.egnyte.com" {
		t.Errorf("answered %q", answered)
	}
}

func TestASignInThatCantBeRenewedSaysSoInTheList(t *testing.T) {
	grant := jane
	grant.Flow, grant.Token.Expiry = oauth.FlowImplicit, noon.Add(29*24*time.Hour)
	if got := rowsOf([]account.Account{accountOf(grant)}, noon)[0]; got.state != stateReady || got.line != "Ends in 29 days, can't be renewed" {
		t.Errorf("%s: %s", got.state, got.line)
	}
	if got := rowsOf([]account.Account{accountOf(grant)}, noon.Add(30*24*time.Hour))[0]; got.state != stateNeeds || !got.needs {
		t.Errorf("%s: %s", got.state, got.line)
	}
}

func TestALongDomainDoesNotWidenTheWindow(t *testing.T) {
	long := strings.Repeat("a", 63)
	sc, _ := looking(t, func(sc *scene) { sc.names.names = map[string]string{"files.acme.com": long} })
	sc.untilTitle("Sign in at " + long + ".egnyte.com?")
	sc.focusIs("Sign in there")
	if width := sc.win.Content().MinSize().Width; width > 440 || !sc.says("files.acme.com is "+long) {
		t.Errorf("%v pixels wide: %q", width, textsOf(sc.win.Content()))
	}
}

func TestNoWayInIsOfferedBeforeTheSettingsAreRead(t *testing.T) {
	sc := newScene(t, Options{View: "signin"}, withFlow(oauth.FlowImplicit))
	sc.press(fyne.KeyReturn) // in a hurry
	sc.untilRead()
	sc.untilTitle("Sign in")
	if sc.session != nil || len(sc.stage.calls) > 0 {
		t.Error("a sign-in began by a way that the settings rule out")
	}
	test.Type(sc.typed(), "acme")
}
