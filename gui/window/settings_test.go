package window

import (
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/settings"
)

// inSettings is a window at its settings, with a key of the person's own.
func inSettings(t *testing.T, change func(*desk)) *scene {
	t.Helper()
	sc := newScene(t, Options{View: "settings"}, func(sc *scene) {
		sc.desk.now = settings.Effective{
			Key: oauth.Key{ID: "a-key", RedirectURI: oauth.DefaultRedirectURI}, Region: oauth.RegionAuto,
			Scopes: []string{"Egnyte.filesystem"}, From: map[string]settings.Source{"client_id": settings.Settings},
		}
		if change != nil {
			change(sc.desk)
		}
	})
	sc.untilTitle("Settings")
	return sc
}

func (sc *scene) saved() settings.Edit {
	sc.t.Helper()
	sc.until("the save", func() bool {
		sc.desk.mu.Lock()
		defer sc.desk.mu.Unlock()
		return len(sc.desk.edits) > 0 || poke(sc)
	})
	return sc.desk.edits[len(sc.desk.edits)-1]
}

func TestOnlyWhatWasChangedIsSaved(t *testing.T) {
	sc := inSettings(t, nil)
	f := sc.settings
	if sc.win.Canvas().Focused() != fyne.Focusable(f.id) || !f.save.Disabled() {
		t.Error("the key should have the focus, and nothing should be there to save")
	}
	f.id.SetText("another-key")
	sc.press(fyne.KeyTab)
	test.Type(sc.win.Canvas().Focused(), "hush")
	f.kind.SetSelected("Internal application")
	f.region.SetSelected("Europe")
	f.redirect.SetText("")
	f.scopes.checks["Egnyte.link"].SetChecked(true)
	sc.win.Canvas().Focus(f.secretEntry)
	sc.press(fyne.KeyReturn)

	edit := sc.saved()
	want := map[string]string{"client_id": "another-key", "flow": "password", "region": "eu", "scopes": "Egnyte.filesystem Egnyte.link"}
	if !reflect.DeepEqual(edit.Set, want) || !slices.Equal(edit.Unset, []string{"redirect_uri"}) || edit.Secret.Reveal() != "hush" {
		t.Errorf("saved %+v", edit)
	}
	sc.until("the word", func() bool { return sc.says("Saved.") })
	if f.secretEntry.Text != "" || !f.save.Disabled() {
		t.Error("the secret stands there still, or there is something to save")
	}
	sc.until("the secret's word", func() bool { return sc.says("There is one in your system's password store") })
	sc.press(fyne.KeyEscape)
	if !sc.quitted {
		t.Error("a window that was opened for the settings stays behind them")
	}
}

func TestTheLevelOfTheLogIsChosenInWords(t *testing.T) {
	sc := inSettings(t, func(d *desk) { d.now.LogLevel = slog.LevelWarn })
	f := sc.settings
	if f.log.Selected != "Quiet: what goes wrong" || !f.save.Disabled() {
		t.Errorf("%q is chosen", f.log.Selected)
	}
	f.log.SetSelected("Detailed: every step, for support")
	f.save.press()
	if edit := sc.saved(); !reflect.DeepEqual(edit.Set, map[string]string{"log_level": "debug"}) {
		t.Errorf("saved %+v", edit)
	}
}

func TestTheRedirectAddressIsExplainedWhileTyping(t *testing.T) {
	sc := inSettings(t, nil)
	f := sc.settings
	for typed, says := range map[string]string{
		"http://127.0.0.1/callback":       "any free port",
		"http://localhost:8080/cb":        "port 8080",
		"https://localhost:8443/callback": "certificate",
		"https://login.acme.com/egnyte":   "paste",
		"http://login.acme.com/egnyte":    "can't come back",
	} {
		f.redirect.SetText(typed)
		if note := f.rows["redirect_uri"].note; !note.Visible() || !strings.Contains(note.Text, says) {
			t.Errorf("%s: %q", typed, note.Text)
		}
		if elsewhere := strings.HasPrefix(typed, "https://login"); f.relay.Visible() != elsewhere {
			t.Errorf("%s: the page that forwards is offered: %v", typed, f.relay.Visible())
		}
		if secure := strings.HasPrefix(typed, "https://localhost"); f.certificate.box.Visible() != secure {
			t.Errorf("%s: the certificate is shown: %v", typed, f.certificate.box.Visible())
		}
	}
	f.redirect.SetText("https://login.acme.com/egnyte")
	f.relay.SetChecked(true)
	if !sc.says("sends it on to this computer.") {
		t.Errorf("%q", f.rows["redirect_uri"].note.Text)
	}
}

func TestWhatCannotBeIsSaidBesideItsFieldAndNothingIsLost(t *testing.T) {
	sc := inSettings(t, func(d *desk) {
		d.refuse = errors.Join(&settings.FieldError{Field: "client_id", Err: errors.New("an API key has no spaces")},
			&settings.FieldError{Field: "domain", Err: errors.New("a name has letters")})
	})
	f := sc.settings
	f.id.SetText("two words")
	f.domain.SetText("ac_me")
	f.save.press()
	sc.until("the complaint", func() bool { return sc.says("An API key has no spaces.") && sc.says("A name has letters.") })
	if f.id.Text != "two words" || f.domain.Text != "ac_me" || sc.win.Canvas().Focused() != fyne.Focusable(f.id) || f.save.Disabled() {
		t.Error("what was typed is gone, or the focus is elsewhere")
	}
	f.scopes.checks["Egnyte.filesystem"].SetChecked(false)
	before := len(sc.desk.edits)
	f.save.press()
	if !sc.says("with none, Egnyte would allow everything") || len(sc.desk.edits) != before {
		t.Error("no scope at all means every scope")
	}
}

func TestLeavingWithChangesAsks(t *testing.T) {
	sc := inSettings(t, nil)
	f := sc.settings
	f.id.SetText("another-key")
	sc.press(fyne.KeyEscape)
	sc.untilTitle("Save the changes?")
	sc.focusIs("Save")
	sc.press(fyne.KeyEscape)
	sc.untilTitle("Settings")
	if f.id.Text != "another-key" {
		t.Error("what was typed is gone")
	}
	sc.press(fyne.KeyEscape, fyne.KeyTab)
	sc.focusIs("Don't save")
	sc.press(fyne.KeyReturn)
	if !sc.quitted || len(sc.desk.edits) != 0 {
		t.Errorf("quitted %v, saved %v", sc.quitted, sc.desk.edits)
	}
}

func TestSavingWhileLeavingStaysWhereItIsRefused(t *testing.T) {
	sc := inSettings(t, func(d *desk) {
		d.refuse = errors.Join(&settings.FieldError{Field: "client_id", Err: errors.New("an API key has no spaces")})
	})
	sc.settings.id.SetText("two words")
	sc.press(fyne.KeyEscape)
	sc.press(fyne.KeyReturn) // Save
	sc.until("the complaint", func() bool { return sc.says("An API key has no spaces.") })
	if sc.quitted || !strings.HasPrefix(sc.win.Title(), "Settings: Nothing was saved yet") {
		t.Errorf("left to %q", sc.win.Title())
	}
}

func TestAManagedFieldSaysSoAndALockedOneCannotBeEdited(t *testing.T) {
	sc := inSettings(t, func(d *desk) {
		d.now.From = map[string]settings.Source{"client_id": settings.LockedPolicy, "region": settings.Policy, "scopes": settings.Environment}
		d.now.Locked = map[string]bool{"client_id": true}
	})
	f := sc.settings
	if !f.id.Disabled() || !f.secretEntry.Disabled() || f.region.Disabled() || !f.scopes.checks["Egnyte.link"].Disabled() {
		t.Errorf("key %v, secret %v, region %v", f.id.Disabled(), f.secretEntry.Disabled(), f.region.Disabled())
	}
	for name, says := range map[string]string{"client_id": "locked", settings.SecretName: "locked", "region": "You can set your own", "scopes": "EGNYTE_SCOPE"} {
		if note := f.rows[name].note; !strings.Contains(note.Text, says) || !note.Visible() {
			t.Errorf("%s: %q", name, note.Text)
		}
	}
}

func TestTheKeyIsTestedAsTypedAndTheAnswerSaidInWords(t *testing.T) {
	sc := inSettings(t, func(d *desk) { d.answer = &oauth.Refusal{Kind: oauth.RefusedKey} })
	f := sc.settings
	f.id.SetText("typed-key")
	f.domain.SetText("acme")
	f.probe.button.press()
	sc.until("the refusal", func() bool { return sc.says("Egnyte does not know this API key.") })
	probed := sc.desk.probed[0]
	if probed.Key.ID != "typed-key" || probed.Domain.Host() != "acme.egnyte.com" || !strings.HasPrefix(probed.Key.RedirectURI, "http://127.0.0.1:") || len(sc.desk.edits) != 0 {
		t.Errorf("%+v, %d saves", probed, len(sc.desk.edits))
	}
	f.id.SetText("better-key")
	if sc.says("does not know") {
		t.Error("an answer about another key stands there")
	}
	sc.desk.mu.Lock()
	sc.desk.answer = nil
	sc.desk.mu.Unlock()
	f.probe.button.press()
	sc.until("the good word", func() bool { return sc.says("acme.egnyte.com knows this key and its address.") })
	f.id.SetText("")
	f.probe.button.press()
	if !sc.says("Type the key first.") {
		t.Error("nothing is asked about nothing")
	}
}

func TestAServiceWithoutEnhancedAuthHasNoRegion(t *testing.T) {
	sc := inSettings(t, nil)
	f := sc.settings
	f.service.SetSelected("Egnyte Gov Cloud")
	if f.rows["region"].box.Visible() || f.suffix.Text != ".egnytegov.com" || f.other.Visible() {
		t.Errorf("region %v, %s", f.rows["region"].box.Visible(), f.suffix.Text)
	}
	f.service.SetSelected("Another address")
	if !f.other.Visible() {
		t.Error("no room for the address")
	}
	f.other.SetText("http://egnyte.localhost:4321")
	f.save.press()
	if edit := sc.saved(); edit.Set["service"] != "http://egnyte.localhost:4321" {
		t.Errorf("%+v", edit)
	}
}

func TestASettingsFileThatCannotBeReadIsSaidAndMendedBySaving(t *testing.T) {
	sc := inSettings(t, func(d *desk) {
		d.trouble = &settings.FileError{Path: "settings.json", Field: "region", Reason: "mars is no region"}
	})
	if !sc.says("mars is no region") || !sc.says("settings.json.bak") {
		t.Errorf("%q", textsOf(sc.win.Content()))
	}
	sc.settings.save.press()
	sc.until("where it is kept", func() bool { return sc.says("is kept as settings.json.bak") })
}

func TestTheCertificateIsTrustedAndRemovedHere(t *testing.T) {
	trusted := localcert.Report{{Name: "Chromium", Outcome: localcert.Trusted}}
	sc := newScene(t, Options{View: "settings"}, func(sc *scene) {
		sc.desk.now.Key.RedirectURI = "https://localhost:8443/callback"
		sc.office.reports = []localcert.Report{trusted}
	})
	sc.untilTitle("Settings")
	c := sc.settings.certificate
	sc.until("its state", func() bool { return c.known && sc.says("No browser trusts it yet") })
	if c.remove.Visible() {
		t.Error("there is nothing to remove")
	}
	c.trust.press()
	sc.until("the trust", func() bool { return sc.says("Your browsers trust it.") })
	if c.trust.Visible() || !c.remove.Visible() {
		t.Error("what is trusted can be removed, and nothing else")
	}
	sc.settings.redirect.SetText(oauth.DefaultRedirectURI)
	if !c.box.Visible() {
		t.Error("one that is there stays in sight")
	}
	c.remove.press()
	sc.until("the removal", func() bool { return sc.says("It is removed from your browsers.") || !c.box.Visible() })
}

// Given a store that lets nothing be removed, then it is named, and removing can
// be tried again: at once, and after the settings were left.
func TestARemovalThatFailedIsSaidAndTriedAgain(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, func(sc *scene) {
		withAccounts(accountOf(jane))(sc)
		sc.desk.trusted, sc.desk.shut = localcert.Report{inChromium, inFirefox}, true
	})
	sc.until("the list", func() bool { return sc.says("Jane Smith") })
	open := func() {
		sc.showSettings()
		sc.untilTitle("Settings")
		sc.until("its state", func() bool { return sc.settings.certificate.known })
	}
	open()
	sc.settings.certificate.remove.press()
	sc.until("what failed", func() bool { return sc.says("It could not be removed everywhere.") })
	again := func() *certificateRow {
		t.Helper()
		c := sc.settings.certificate
		if !c.box.Visible() || !c.remove.Visible() || c.remove.Disabled() || !sc.says("Firefox profile x1.default: a password is needed") {
			t.Errorf("the window says %q", textsOf(sc.win.Content()))
		}
		return c
	}
	again()
	sc.press(fyne.KeyEscape)
	sc.untilTitle("Accounts")
	open()
	c := again()
	if !sc.says("It may be left in some of your browsers.") {
		t.Errorf("the window says %q", textsOf(sc.win.Content()))
	}
	sc.desk.mu.Lock()
	sc.desk.shut = false
	sc.desk.mu.Unlock()
	c.remove.press()
	sc.until("the removal", func() bool { return !c.box.Visible() || sc.says("It is removed from your browsers.") })
}

func TestABrowserThatDoesNotTakeTheCertificateIsNamedInTheSettings(t *testing.T) {
	sc := newScene(t, Options{View: "settings"}, func(sc *scene) {
		sc.desk.now.Key.RedirectURI = localHTTPS
		sc.office.reports = []localcert.Report{{noTool}}
	})
	sc.untilTitle("Settings")
	c := sc.settings.certificate
	sc.until("its state", func() bool { return c.known })
	c.trust.press()
	sc.until("what failed", func() bool { return sc.says("No browser took it.") && sc.says("certutil is missing") })
	if !c.trust.Visible() || c.trust.Disabled() {
		t.Error("it can't be tried again")
	}
}

func TestAuthoritiesOfTheNetworkAreShownWhereThereAreSome(t *testing.T) {
	if sc := inSettings(t, nil); sc.settings.rows["ca_file"].box.Visible() {
		t.Error("a row that few need is in everybody's sight")
	}
	sc := inSettings(t, func(d *desk) {
		d.now.CAFile, d.now.From = "/etc/acme.pem", map[string]settings.Source{"ca_file": settings.Policy}
	})
	f := sc.settings
	if !f.rows["ca_file"].box.Visible() || f.authorities.Text != "/etc/acme.pem" || !sc.says("Managed by your organisation. You can set your own.") {
		t.Errorf("%q", textsOf(sc.win.Content()))
	}
	f.authorities.SetText("")
	f.save.press()
	if edit := sc.saved(); len(edit.Unset) != 1 || edit.Unset[0] != "ca_file" {
		t.Errorf("%+v", edit)
	}
}

func TestStartAtLoginCountsAtOnce(t *testing.T) {
	sc := inSettings(t, nil)
	f := sc.settings
	sc.until("the state", func() bool { return !f.login.Disabled() })
	f.login.SetChecked(true)
	sc.until("the word", func() bool { return sc.says("It starts when you log in") })
	if !sc.desk.atLogin || !f.save.Disabled() {
		t.Errorf("on: %v", sc.desk.atLogin)
	}
}

func TestTheSettingsAreReachedByKeyboardFromTheAccounts(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
	sc.until("the list", func() bool { return sc.says("Jane Smith") })
	sc.showSettings() // Fyne's test canvas takes no shortcut; the end-to-end test presses it
	sc.untilTitle("Settings")
	sc.press(fyne.KeyEscape)
	sc.untilTitle("Accounts")
	sc.press(fyne.KeyTab, fyne.KeyTab) // behind the row's menu
	sc.focusIs("Settings…")
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Settings")
	sc.raised(Options{View: "settings"}.message()) // from the tray: they are there already
	sc.untilTitle("Settings")
}

func TestPracticeAccountsAreMarkedAndGoWithThePractice(t *testing.T) {
	practising := accountOf(jane)
	practising.Service, practising.Domain, practising.Name = "http://egnyte.localhost:4321", "acme.egnyte.localhost:4321", "jsmith@acme.egnyte.localhost:4321"
	sc := newScene(t, Options{View: "accounts"}, func(sc *scene) {
		sc.shelf.list = []account.Account{practising, accountOf(ann)}
		sc.desk.now.Service, sc.desk.now.Key.ID = service("http://egnyte.localhost:4321"), PracticeKeyID
	})
	sc.until("the mark", func() bool { return sc.says("acme.egnyte.localhost:4321 · practice") })
	if sc.says("globex.egnyte.com · practice") {
		t.Error("a real account is marked")
	}
	findByText(sc.win.Content(), "Leave practice…").press()
	sc.untilTitle("Leave practice?")
	sc.press(fyne.KeyReturn)
	sc.untilTitle("Accounts")
	sc.until("the end of practice", func() bool { return !sc.says("Leave practice…") })
	if names := sc.shelf.names(); !slices.Equal(names, []string{"adoe@globex.egnyte.com"}) {
		t.Errorf("left: %q", names)
	}
	if edit := sc.saved(); !slices.Equal(edit.Unset, []string{"service", "client_id", "redirect_uri"}) {
		t.Errorf("%+v", edit)
	}
	if len(sc.practice.stopped) != 1 {
		t.Error("the practice Egnyte runs on")
	}
}

func TestAKeyTypedWhilePractisingIsForEgnyteAndSignsInThere(t *testing.T) {
	sc := newScene(t, Options{View: "accounts", Service: "http://egnyte.localhost:4321"}, func(sc *scene) {
		sc.desk.now.Service, sc.desk.now.Key.ID = service("http://egnyte.localhost:4321"), PracticeKeyID
	})
	sc.untilRead()
	sc.showKey()
	test.Type(sc.win.Canvas().Focused(), "my-key")
	sc.press(fyne.KeyReturn)
	if edit := sc.saved(); edit.Set["service"] != "https://egnyte.com" || edit.Set["client_id"] != "my-key" {
		t.Errorf("%+v", edit)
	}
	sc.until("the way in", func() bool {
		return sc.win.Title() == "No account yet — Accounts for Egnyte" && sc.known.setup.Key.ID == "my-key"
	})
	sc.press(fyne.KeyReturn, fyne.KeyReturn)
	if signIn := sc.next().signIn; signIn.Service.Host() != "egnyte.com" || signIn.Key.ID != "my-key" || sc.options.Service != "" {
		t.Errorf("signs in at %v with %s", signIn.Service, signIn.Key.ID)
	}
}

// A practice service that somebody started by hand has keys of its own, which
// its announcement asks people to type.
func TestAKeyTypedForAnotherPracticeServiceStaysWithIt(t *testing.T) {
	sc := newScene(t, Options{View: "accounts", Service: "http://egnyte.localhost:4321"}, func(sc *scene) {
		sc.desk.now.Service, sc.desk.now.Key.ID = service("http://egnyte.localhost:4321"), ""
	})
	sc.untilTitle("No account yet")
	sc.until("the offer", func() bool { return sc.says("[Enter your API key]") })
	sc.press(fyne.KeyReturn)
	sc.untilTitle("API key")
	test.Type(sc.win.Canvas().Focused(), "announced-key")
	sc.press(fyne.KeyReturn)
	if edit := sc.saved(); edit.Set["service"] != "http://egnyte.localhost:4321" {
		t.Errorf("%+v", edit)
	}
}

func TestWhatWasTypedGoesAlongToTheSettings(t *testing.T) {
	sc := newScene(t, Options{View: "accounts"}, func(sc *scene) { sc.desk.now.Key = oauth.Key{} })
	sc.until("the offer", func() bool { return sc.says("[Enter your API key]") })
	sc.press(fyne.KeyReturn)
	sc.untilTitle("API key")
	test.Type(sc.win.Canvas().Focused(), "my-key")
	findByText(sc.win.Content(), "More settings…").press()
	sc.untilTitle("Settings")
	if sc.settings.id.Text != "my-key" || sc.settings.save.Disabled() {
		t.Errorf("the settings say %q", sc.settings.id.Text)
	}
}
