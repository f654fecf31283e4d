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
func inSettings(t *testing.T, change func(*fakeSetup)) *testWindow {
	t.Helper()
	tw := newTestWindow(t, Options{View: "settings"}, func(tw *testWindow) {
		tw.setup.now = settings.Effective{
			Key: oauth.Key{ID: "a-key", RedirectURI: oauth.DefaultRedirectURI}, Region: oauth.RegionAuto,
			Scopes: []string{"Egnyte.filesystem"}, From: map[string]settings.Source{"client_id": settings.Settings},
		}
		if change != nil {
			change(tw.setup)
		}
	})
	tw.untilTitle("Settings")
	return tw
}

func (tw *testWindow) saved() settings.Edit {
	tw.t.Helper()
	tw.until("the save", func() bool {
		tw.setup.mu.Lock()
		defer tw.setup.mu.Unlock()
		return len(tw.setup.edits) > 0
	})
	return tw.setup.edits[len(tw.setup.edits)-1]
}

func TestOnlyWhatWasChangedIsSaved(t *testing.T) {
	tw := inSettings(t, nil)
	f := tw.settings
	if tw.win.Canvas().Focused() != fyne.Focusable(f.rows["client_id"].entry) || !f.save.Disabled() {
		t.Error("the key should have the focus, and nothing should be there to save")
	}
	f.rows["client_id"].entry.SetText("another-key")
	tw.press(fyne.KeyTab)
	test.Type(tw.win.Canvas().Focused(), "hush")
	f.rows["flow"].choice.SetSelected("Internal application")
	f.rows["region"].choice.SetSelected("Europe")
	f.rows["redirect_uri"].entry.SetText("")
	f.rows["scopes"].list.checks["Egnyte.link"].SetChecked(true)
	tw.win.Canvas().Focus(f.rows[settings.SecretName].entry)
	tw.press(fyne.KeyReturn)

	edit := tw.saved()
	want := map[string]string{"client_id": "another-key", "flow": "password", "region": "eu", "scopes": "Egnyte.filesystem Egnyte.link"}
	if !reflect.DeepEqual(edit.Set, want) || !slices.Equal(edit.Unset, []string{"redirect_uri"}) || edit.Secret.Reveal() != "hush" {
		t.Errorf("saved %+v", edit)
	}
	tw.until("the word", func() bool { return tw.says("Saved.") })
	if f.rows[settings.SecretName].entry.Text != "" || !f.save.Disabled() {
		t.Error("the secret stands there still, or there is something to save")
	}
	tw.until("the secret's word", func() bool { return tw.says("There is one in your system's password store") })
	tw.press(fyne.KeyEscape)
	if !tw.hasQuit {
		t.Error("a window that was opened for the settings stays behind them")
	}
}

func TestTheLevelOfTheLogIsChosenInWords(t *testing.T) {
	tw := inSettings(t, func(d *fakeSetup) { d.now.LogLevel = slog.LevelWarn })
	f := tw.settings
	if f.rows["log_level"].choice.Selected != "Quiet: what goes wrong" || !f.save.Disabled() {
		t.Errorf("%q is chosen", f.rows["log_level"].choice.Selected)
	}
	f.rows["log_level"].choice.SetSelected("Detailed: every step, for support")
	f.save.press()
	if edit := tw.saved(); !reflect.DeepEqual(edit.Set, map[string]string{"log_level": "debug"}) {
		t.Errorf("saved %+v", edit)
	}
}

func TestTheRedirectAddressIsExplainedWhileTyping(t *testing.T) {
	tw := inSettings(t, nil)
	f := tw.settings
	for typed, says := range map[string]string{
		"http://127.0.0.1/callback":       "any free port",
		"http://localhost:8080/cb":        "port 8080",
		"https://localhost:8443/callback": "certificate",
		"https://login.acme.com/egnyte":   "paste",
		"http://login.acme.com/egnyte":    "can't come back",
	} {
		f.rows["redirect_uri"].entry.SetText(typed)
		if note := f.rows["redirect_uri"].note; !note.Visible() || !strings.Contains(note.Text, says) {
			t.Errorf("%s: %q", typed, note.Text)
		}
		if elsewhere := strings.HasPrefix(typed, "https://login"); f.rows["relay"].check.Visible() != elsewhere {
			t.Errorf("%s: the page that forwards is offered: %v", typed, f.rows["relay"].check.Visible())
		}
		if secure := strings.HasPrefix(typed, "https://localhost"); f.certificate.box.Visible() != secure {
			t.Errorf("%s: the certificate is shown: %v", typed, f.certificate.box.Visible())
		}
	}
	f.rows["redirect_uri"].entry.SetText("https://login.acme.com/egnyte")
	f.rows["relay"].check.SetChecked(true)
	if !tw.says("sends it on to this computer.") {
		t.Errorf("%q", f.rows["redirect_uri"].note.Text)
	}
}

func TestWhatCannotBeIsSaidBesideItsFieldAndNothingIsLost(t *testing.T) {
	tw := inSettings(t, func(d *fakeSetup) {
		d.refuse = errors.Join(&settings.FieldError{Field: "client_id", Err: errors.New("an API key has no spaces")},
			&settings.FieldError{Field: "domain", Err: errors.New("a name has letters")})
	})
	f := tw.settings
	f.rows["client_id"].entry.SetText("two words")
	f.rows["domain"].entry.SetText("ac_me")
	f.save.press()
	tw.until("the complaint", func() bool { return tw.says("An API key has no spaces.") && tw.says("A name has letters.") })
	if f.rows["client_id"].entry.Text != "two words" || f.rows["domain"].entry.Text != "ac_me" || tw.win.Canvas().Focused() != fyne.Focusable(f.rows["client_id"].entry) || f.save.Disabled() {
		t.Error("what was typed is gone, or the focus is elsewhere")
	}
	f.rows["scopes"].list.checks["Egnyte.filesystem"].SetChecked(false)
	before := len(tw.setup.edits)
	f.save.press()
	if !tw.says("with none, Egnyte would allow everything") || len(tw.setup.edits) != before {
		t.Error("no scope at all means every scope")
	}
}

func TestLeavingWithChangesAsks(t *testing.T) {
	tw := inSettings(t, nil)
	f := tw.settings
	f.rows["client_id"].entry.SetText("another-key")
	tw.press(fyne.KeyEscape)
	tw.untilTitle("Save the changes?")
	tw.focusIs("Save")
	tw.press(fyne.KeyEscape)
	tw.untilTitle("Settings")
	if f.rows["client_id"].entry.Text != "another-key" {
		t.Error("what was typed is gone")
	}
	tw.press(fyne.KeyEscape, fyne.KeyTab)
	tw.focusIs("Don't save")
	tw.press(fyne.KeyReturn)
	if !tw.hasQuit || len(tw.setup.edits) != 0 {
		t.Errorf("quitted %v, saved %v", tw.hasQuit, tw.setup.edits)
	}
}

func TestSavingWhileLeavingStaysWhereItIsRefused(t *testing.T) {
	tw := inSettings(t, func(d *fakeSetup) {
		d.refuse = errors.Join(&settings.FieldError{Field: "client_id", Err: errors.New("an API key has no spaces")})
	})
	tw.settings.rows["client_id"].entry.SetText("two words")
	tw.press(fyne.KeyEscape)
	tw.press(fyne.KeyReturn) // Save
	tw.until("the complaint", func() bool { return tw.says("An API key has no spaces.") })
	if tw.hasQuit || !strings.HasPrefix(tw.win.Title(), "Settings: Nothing was saved yet") {
		t.Errorf("left to %q", tw.win.Title())
	}
}

func TestAManagedFieldSaysSoAndALockedOneCannotBeEdited(t *testing.T) {
	tw := inSettings(t, func(d *fakeSetup) {
		d.now.From = map[string]settings.Source{"client_id": settings.LockedPolicy, "region": settings.Policy, "scopes": settings.Environment}
		d.now.Locked = map[string]bool{"client_id": true}
	})
	f := tw.settings
	if !f.rows["client_id"].entry.Disabled() || !f.rows[settings.SecretName].entry.Disabled() || f.rows["region"].choice.Disabled() || !f.rows["scopes"].list.checks["Egnyte.link"].Disabled() {
		t.Errorf("key %v, secret %v, region %v", f.rows["client_id"].entry.Disabled(), f.rows[settings.SecretName].entry.Disabled(), f.rows["region"].choice.Disabled())
	}
	for name, says := range map[string]string{"client_id": "locked", settings.SecretName: "locked", "region": "You can set your own", "scopes": "EGNYTE_SCOPE"} {
		if note := f.rows[name].note; !strings.Contains(note.Text, says) || !note.Visible() {
			t.Errorf("%s: %q", name, note.Text)
		}
	}
}

func TestTheKeyIsTestedAsTypedAndTheAnswerSaidInWords(t *testing.T) {
	tw := inSettings(t, func(d *fakeSetup) { d.answer = &oauth.Refusal{Kind: oauth.RefusedKey} })
	f := tw.settings
	f.rows["client_id"].entry.SetText("typed-key")
	f.rows["domain"].entry.SetText("acme")
	f.probe.button.press()
	tw.until("the refusal", func() bool { return tw.says("Egnyte does not know this API key.") })
	probed := tw.setup.probed[0]
	if probed.Key.ID != "typed-key" || probed.Domain.Host() != "acme.egnyte.com" || !strings.HasPrefix(probed.Key.RedirectURI, "http://127.0.0.1:") || len(tw.setup.edits) != 0 {
		t.Errorf("%+v, %d saves", probed, len(tw.setup.edits))
	}
	f.rows["client_id"].entry.SetText("better-key")
	if tw.says("does not know") {
		t.Error("an answer about another key stands there")
	}
	tw.setup.mu.Lock()
	tw.setup.answer = nil
	tw.setup.mu.Unlock()
	f.probe.button.press()
	tw.until("the good word", func() bool { return tw.says("acme.egnyte.com knows this key and its address.") })
	f.rows["client_id"].entry.SetText("")
	f.probe.button.press()
	if !tw.says("Type the key first.") {
		t.Error("nothing is asked about nothing")
	}
}

func TestAServiceWithoutEnhancedAuthHasNoRegion(t *testing.T) {
	tw := inSettings(t, nil)
	f := tw.settings
	f.rows["service"].choice.SetSelected("Egnyte Gov Cloud")
	if f.rows["region"].box.Visible() || f.suffix.Text != ".egnytegov.com" || f.rows["service"].entry.Visible() {
		t.Errorf("region %v, %s", f.rows["region"].box.Visible(), f.suffix.Text)
	}
	f.rows["service"].choice.SetSelected("Another address")
	if !f.rows["service"].entry.Visible() {
		t.Error("no room for the address")
	}
	f.rows["service"].entry.SetText("http://egnyte.localhost:4321")
	f.save.press()
	if edit := tw.saved(); edit.Set["service"] != "http://egnyte.localhost:4321" {
		t.Errorf("%+v", edit)
	}
}

func TestASettingsFileThatCannotBeReadIsSaidAndMendedBySaving(t *testing.T) {
	tw := inSettings(t, func(d *fakeSetup) {
		d.trouble = &settings.FileError{Path: "settings.json", Field: "region", Reason: "mars is no region"}
	})
	if !tw.says("mars is no region") || !tw.says("settings.json.bak") {
		t.Errorf("%q", textsOf(tw.win.Content()))
	}
	tw.settings.save.press()
	tw.until("where it is kept", func() bool { return tw.says("is kept as settings.json.bak") })
}

func TestTheCertificateIsTrustedAndRemovedHere(t *testing.T) {
	trusted := localcert.Report{{Name: "Chromium", Outcome: localcert.Trusted}}
	tw := newTestWindow(t, Options{View: "settings"}, func(tw *testWindow) {
		tw.setup.now.Key.RedirectURI = "https://localhost:8443/callback"
		tw.certificates.reports = []localcert.Report{trusted}
	})
	tw.untilTitle("Settings")
	c := tw.settings.certificate
	tw.until("its state", func() bool { return c.known && tw.says("No browser trusts it yet") })
	if c.remove.Visible() {
		t.Error("there is nothing to remove")
	}
	c.trust.press()
	tw.until("the trust", func() bool { return tw.says("Your browsers trust it.") })
	if c.trust.Visible() || !c.remove.Visible() {
		t.Error("what is trusted can be removed, and nothing else")
	}
	tw.settings.rows["redirect_uri"].entry.SetText(oauth.DefaultRedirectURI)
	if !c.box.Visible() {
		t.Error("one that is there stays in sight")
	}
	c.remove.press()
	tw.until("the removal", func() bool { return tw.says("It is removed from your browsers.") || !c.box.Visible() })
}

// Given a store that lets nothing be removed, then it is named, and removing can
// be tried again: at once, and after the settings were left.
func TestARemovalThatFailedIsSaidAndTriedAgain(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, func(tw *testWindow) {
		withAccounts(accountOf(jane))(tw)
		tw.setup.trusted, tw.setup.shut = localcert.Report{inChromium, inFirefox}, true
	})
	tw.until("the list", func() bool { return tw.says("Jane Smith") })
	open := func() {
		tw.showSettings()
		tw.untilTitle("Settings")
		tw.until("its state", func() bool { return tw.settings.certificate.known })
	}
	open()
	tw.settings.certificate.remove.press()
	tw.until("what failed", func() bool { return tw.says("It could not be removed everywhere.") })
	again := func() *certificateRow {
		t.Helper()
		c := tw.settings.certificate
		if !c.box.Visible() || !c.remove.Visible() || c.remove.Disabled() || !tw.says("Firefox profile x1.default: a password is needed") {
			t.Errorf("the window says %q", textsOf(tw.win.Content()))
		}
		return c
	}
	again()
	tw.press(fyne.KeyEscape)
	tw.untilTitle("Accounts")
	open()
	c := again()
	if !tw.says("It may be left in some of your browsers.") {
		t.Errorf("the window says %q", textsOf(tw.win.Content()))
	}
	tw.setup.mu.Lock()
	tw.setup.shut = false
	tw.setup.mu.Unlock()
	c.remove.press()
	tw.until("the removal", func() bool { return !c.box.Visible() || tw.says("It is removed from your browsers.") })
}

func TestABrowserThatDoesNotTakeTheCertificateIsNamedInTheSettings(t *testing.T) {
	tw := newTestWindow(t, Options{View: "settings"}, func(tw *testWindow) {
		tw.setup.now.Key.RedirectURI = localHTTPS
		tw.certificates.reports = []localcert.Report{{noTool}}
	})
	tw.untilTitle("Settings")
	c := tw.settings.certificate
	tw.until("its state", func() bool { return c.known })
	c.trust.press()
	tw.until("what failed", func() bool { return tw.says("No browser took it.") && tw.says("certutil is missing") })
	if !c.trust.Visible() || c.trust.Disabled() {
		t.Error("it can't be tried again")
	}
}

func TestAuthoritiesOfTheNetworkAreShownWhereThereAreSome(t *testing.T) {
	if tw := inSettings(t, nil); tw.settings.rows["ca_file"].box.Visible() {
		t.Error("a row that few need is in everybody's sight")
	}
	tw := inSettings(t, func(d *fakeSetup) {
		d.now.CAFile, d.now.From = "/etc/acme.pem", map[string]settings.Source{"ca_file": settings.Policy}
	})
	f := tw.settings
	if !f.rows["ca_file"].box.Visible() || f.rows["ca_file"].entry.Text != "/etc/acme.pem" || !tw.says("Managed by your organisation. You can set your own.") {
		t.Errorf("%q", textsOf(tw.win.Content()))
	}
	f.rows["ca_file"].entry.SetText("")
	f.save.press()
	if edit := tw.saved(); len(edit.Unset) != 1 || edit.Unset[0] != "ca_file" {
		t.Errorf("%+v", edit)
	}
}

func TestStartAtLoginCountsAtOnce(t *testing.T) {
	tw := inSettings(t, nil)
	f := tw.settings
	tw.until("the state", func() bool { return !f.login.Disabled() })
	f.login.SetChecked(true)
	tw.until("the word", func() bool { return tw.says("It starts when you log in") })
	if !tw.setup.atLogin || !f.save.Disabled() {
		t.Errorf("on: %v", tw.setup.atLogin)
	}
}

func TestTheSettingsAreReachedByKeyboardFromTheAccounts(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, withAccounts(accountOf(jane)))
	tw.until("the list", func() bool { return tw.says("Jane Smith") })
	tw.showSettings() // Fyne's test canvas takes no shortcut; the end-to-end test presses it
	tw.untilTitle("Settings")
	tw.press(fyne.KeyEscape)
	tw.untilTitle("Accounts")
	tw.press(fyne.KeyTab, fyne.KeyTab) // behind the row's menu
	tw.focusIs("Settings…")
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Settings")
	tw.raised(Options{View: "settings"}.message()) // from the tray: they are there already
	tw.untilTitle("Settings")
}

func TestPracticeAccountsAreMarkedAndGoWithThePractice(t *testing.T) {
	practising := accountOf(jane)
	practising.Service, practising.Domain, practising.Name = "http://egnyte.localhost:4321", "acme.egnyte.localhost:4321", "jsmith@acme.egnyte.localhost:4321"
	tw := newTestWindow(t, Options{View: "accounts"}, func(tw *testWindow) {
		tw.store.list = []account.Account{practising, accountOf(ann)}
		tw.setup.now.Service, tw.setup.now.Key.ID = service("http://egnyte.localhost:4321"), PracticeKeyID
	})
	tw.until("the mark", func() bool { return tw.says("acme.egnyte.localhost:4321 · practice") })
	if tw.says("globex.egnyte.com · practice") {
		t.Error("a real account is marked")
	}
	findByText(tw.win.Content(), "Leave practice…").press()
	tw.untilTitle("Leave practice?")
	tw.press(fyne.KeyReturn)
	tw.untilTitle("Accounts")
	tw.until("the end of practice", func() bool { return !tw.says("Leave practice…") })
	if names := tw.store.names(); !slices.Equal(names, []string{"adoe@globex.egnyte.com"}) {
		t.Errorf("left: %q", names)
	}
	if edit := tw.saved(); !slices.Equal(edit.Unset, []string{"service", "client_id", "redirect_uri"}) {
		t.Errorf("%+v", edit)
	}
	if len(tw.practice.stopped) != 1 {
		t.Error("the practice Egnyte runs on")
	}
}

func TestAKeyTypedWhilePractisingIsForEgnyteAndSignsInThere(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts", Service: "http://egnyte.localhost:4321"}, func(tw *testWindow) {
		tw.setup.now.Service, tw.setup.now.Key.ID = service("http://egnyte.localhost:4321"), PracticeKeyID
	})
	tw.untilRead()
	tw.showKey()
	test.Type(tw.win.Canvas().Focused(), "my-key")
	tw.press(fyne.KeyReturn)
	if edit := tw.saved(); edit.Set["service"] != "https://egnyte.com" || edit.Set["client_id"] != "my-key" {
		t.Errorf("%+v", edit)
	}
	tw.until("the way in", func() bool {
		return tw.win.Title() == "No account yet — Accounts for Egnyte" && tw.known.setup.Key.ID == "my-key"
	})
	tw.press(fyne.KeyReturn, fyne.KeyReturn)
	if signIn := tw.next().signIn; signIn.Service.Host() != "egnyte.com" || signIn.Key.ID != "my-key" || tw.options.Service != "" {
		t.Errorf("signs in at %v with %s", signIn.Service, signIn.Key.ID)
	}
}

// A practice service that somebody started by hand has keys of its own, which
// its announcement asks people to type.
func TestAKeyTypedForAnotherPracticeServiceStaysWithIt(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts", Service: "http://egnyte.localhost:4321"}, func(tw *testWindow) {
		tw.setup.now.Service, tw.setup.now.Key.ID = service("http://egnyte.localhost:4321"), ""
	})
	tw.untilTitle("No account yet")
	tw.until("the offer", func() bool { return tw.says("[Enter your API key]") })
	tw.press(fyne.KeyReturn)
	tw.untilTitle("API key")
	test.Type(tw.win.Canvas().Focused(), "announced-key")
	tw.press(fyne.KeyReturn)
	if edit := tw.saved(); edit.Set["service"] != "http://egnyte.localhost:4321" {
		t.Errorf("%+v", edit)
	}
}

func TestWhatWasTypedGoesAlongToTheSettings(t *testing.T) {
	tw := newTestWindow(t, Options{View: "accounts"}, func(tw *testWindow) { tw.setup.now.Key = oauth.Key{} })
	tw.until("the offer", func() bool { return tw.says("[Enter your API key]") })
	tw.press(fyne.KeyReturn)
	tw.untilTitle("API key")
	test.Type(tw.win.Canvas().Focused(), "my-key")
	findByText(tw.win.Content(), "More settings…").press()
	tw.untilTitle("Settings")
	if tw.settings.rows["client_id"].entry.Text != "my-key" || tw.settings.save.Disabled() {
		t.Errorf("the settings say %q", tw.settings.rows["client_id"].entry.Text)
	}
}
