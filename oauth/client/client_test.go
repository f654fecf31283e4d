package client_test

import (
	"context"
	"errors"
	"testing"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/client"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/keyringtest"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
)

var (
	atAcme = client.Request{Settings: settings.Values{"domain": "acme"}}
	locked = &keyring.Error{Kind: keyring.Locked, Err: errors.New("as the test wants it")}
)

// fixture is a client whose settings name the practice service and its key.
type fixture struct {
	*client.Client
	egnyte  *practice.Server
	keyring *keyringtest.Keyring
}

func newFixture(t *testing.T, options practice.Options) *fixture {
	t.Helper()
	options.NoLimits = true
	egnyte, err := practice.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = egnyte.Close() })
	dir, keys := t.TempDir(), &keyringtest.Keyring{}
	edit := settings.Edit{Set: settings.Values{"service": egnyte.URL(), "client_id": egnyte.Key().ID}, Secret: oauth.NewSecret(egnyte.Key().Secret)}
	if options.Key.RedirectURI != "" {
		edit.Set["redirect_uri"] = options.Key.RedirectURI
	}
	if _, err := settings.Apply(t.Context(), dir, keys, edit); err != nil {
		t.Fatal(err)
	}
	return &fixture{&client.Client{Dir: dir, Keyring: keys, Accounts: account.Open(dir, keys)}, egnyte, keys}
}

// live is how many token pairs Egnyte knows of Jane.
func (f *fixture) live() int { return len(f.egnyte.Tokens("acme", "jsmith")) }

// Given an account, when its user signs in again, then it is the same account with
// another token, the settings are those of the account, and other processes know that
// the user is at the browser.
func TestAnAccountSignsInAgain(t *testing.T) {
	f := newFixture(t, practice.Options{})
	first, err := f.SignIn(t.Context(), atAcme, user{egnyte: f.egnyte})
	if err != nil {
		t.Fatal(err)
	}
	seen := false
	again, err := f.SignIn(t.Context(), client.Request{Again: &first}, user{egnyte: f.egnyte, opens: func() error {
		seen = f.Accounts.SomebodySignsIn()
		return nil
	}})
	if err != nil || again.Name != first.Name || !seen {
		t.Errorf("%+v, %v; others know: %v", again, err, seen)
	}
	if f.Accounts.SomebodySignsIn() {
		t.Error("others still think that the user is at the browser")
	}
}

// Given a keyring that is locked, when the user signs in, then no browser opens.
func TestALockedKeyringOpensNoBrowser(t *testing.T) {
	f := newFixture(t, practice.Options{})
	f.keyring.Fail(locked, keyringtest.Unlock)
	_, err := f.SignIn(t.Context(), atAcme, user{egnyte: f.egnyte, opens: func() error {
		t.Error("a browser opened")
		return nil
	}})
	if trouble := (*keyring.Error)(nil); !errors.As(err, &trouble) || trouble.Kind != keyring.Locked || f.live() != 0 {
		t.Errorf("%v, %d tokens live", err, f.live())
	}
}

// Given a keyring that refuses the tokens, when the user has signed in, then the token
// is revoked.
func TestAnAccountThatIsNotSavedIsRevoked(t *testing.T) {
	f := newFixture(t, practice.Options{})
	f.keyring.Fail(locked, keyringtest.Set)
	_, err := f.SignIn(t.Context(), atAcme, user{egnyte: f.egnyte})
	if !errors.As(err, new(*keyring.Error)) || errors.As(err, new(*client.UnsavedError)) || f.live() != 0 {
		t.Errorf("%v, %d tokens live", err, f.live())
	}
}

// Given the same with KeepUnsaved, then the token lives until it is saved or discarded.
func TestAnUnsavedAccountCanBeSavedOrDiscarded(t *testing.T) {
	f := newFixture(t, practice.Options{})
	r := atAcme
	r.KeepUnsaved = true
	unsaved := func() (u *client.UnsavedError) {
		t.Helper()
		f.keyring.Fail(locked, keyringtest.Set)
		before := f.live()
		if _, err := f.SignIn(t.Context(), r, user{egnyte: f.egnyte}); !errors.As(err, &u) || f.live() != before+1 {
			t.Fatalf("%v, %d tokens live", err, f.live())
		}
		return u
	}
	u := unsaved()
	if _, err := f.Save(t.Context(), r, u); !errors.As(err, &u) || f.live() != 1 {
		t.Errorf("saving again: %v, %d tokens live", err, f.live())
	}
	f.keyring.Fail(nil)
	if a, err := f.Save(t.Context(), r, u); err != nil || a.Username != "jsmith" {
		t.Errorf("saving at last: %+v, %v", a, err)
	}
	f.Discard(t.Context(), u) // too late: the account holds it
	if f.live() != 1 {
		t.Error("the account's token was revoked")
	}
	u = unsaved()
	f.Discard(t.Context(), u)
	if f.live() != 1 {
		t.Errorf("%d tokens live", f.live())
	}
}

// Given a user who cancels while the account is being saved, then the token is revoked,
// also with KeepUnsaved.
func TestACancelWhileSavingRevokesTheToken(t *testing.T) {
	f := newFixture(t, practice.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	f.keyring.Intercept(func(c keyringtest.Call) error {
		if c.Op != keyringtest.Set || c.Done {
			return nil
		}
		cancel()
		return ctx.Err()
	})
	r := atAcme
	r.KeepUnsaved = true
	_, err := f.SignIn(ctx, r, user{egnyte: f.egnyte})
	if !errors.Is(err, context.Canceled) || errors.As(err, new(*client.UnsavedError)) || f.live() != 0 {
		t.Errorf("%v, %d tokens live", err, f.live())
	}
}

// Given a key whose redirect address is elsewhere, and a UI that can't take a pasted
// address, then the sign-in says so before a browser opens.
func TestNobodyCanPaste(t *testing.T) {
	f := newFixture(t, practice.Options{Key: practice.Key{ID: "elsewhere", Secret: "s", RedirectURI: "https://signin.acme.example/back"}})
	r := atAcme
	r.NoPaste = true
	_, err := f.SignIn(t.Context(), r, user{egnyte: f.egnyte, opens: func() error { t.Error("a browser opened"); return nil }})
	if !errors.As(err, new(*redirect.ElsewhereError)) {
		t.Error(err)
	}
}
