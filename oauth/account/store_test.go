package account

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/keyringtest"
)

func TestAnAddedAccountIsListedWithItsTokenInTheKeyring(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	grant := grantOf("jsmith", 1, "one")

	added := mustAdd(t, store, grant)

	if added.Name != "jsmith@acme.egnyte.com" || added.State != Ready || !added.Default || added.Service != oauth.DefaultService {
		t.Errorf("added %+v", added)
	}
	listed := mustList(t, store)
	if len(listed) != 1 || listed[0].Name != added.Name || !listed[0].Default {
		t.Fatalf("listed %+v", listed)
	}
	token, err := stored(t.Context(), store, listed[0])
	if err != nil {
		t.Fatal(err)
	}
	if !token.Access.Equal(grant.Token.Access) || !token.Refresh.Equal(grant.Token.Refresh) || !slices.Equal(token.Scopes, grant.Token.Scopes) {
		t.Error("the token in the keyring is not the one that was granted")
	}
	if token.Expiry.Sub(grant.Token.Expiry).Abs() > time.Second || !listed[0].Expires.Equal(token.Expiry) {
		t.Errorf("expiry %v and %v, want %v", token.Expiry, listed[0].Expires, grant.Token.Expiry)
	}
	key, err := store.Key(t.Context(), listed[0])
	if err != nil || !key.Secret.Equal(grant.Key.Secret) || key.ID != grant.Key.ID || key.RedirectURI != grant.Key.RedirectURI {
		t.Errorf("the key for a later refresh is %+v, %v", key, err)
	}
	domain, err := listed[0].OAuthDomain()
	if err != nil || domain != grant.Domain {
		t.Errorf("domain %v, %v", domain, err)
	}
}

// Given an account, then no file of the store contains a secret.
func TestNoFileHoldsASecret(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	mustAdd(t, store, grantOf("jsmith", 1, "one"))
	mustAdd(t, store, grantOf("jsmith", 1, "two"))

	files := 0
	err := filepath.WalkDir(filepath.Dir(store.dir), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		for _, secret := range []string{"access-", "refresh-", "client-secret-"} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s holds a secret", path)
			}
		}
		return err
	})
	if err != nil || files < 2 {
		t.Errorf("%v, looked at %d files", err, files)
	}
}

func TestAddingAKnownPersonReplacesTheirTokens(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	first := mustAdd(t, store, grantOf("jsmith", 1, "one"))

	for name, again := range map[string]oauth.Grant{
		"same":         grantOf("jsmith", 1, "two"),
		"other case":   grantOf("JSmith", 0, "three"),
		"renamed user": grantOf("jane.smith", 1, "four"),
	} {
		added := mustAdd(t, store, again)
		listed := mustList(t, store)
		if len(listed) != 1 || added.Name != first.Name || !added.Added.Equal(first.Added) {
			t.Errorf("%s: %v", name, names(listed))
		}
		if got := accessOf(t, store, added); got != again.Token.Access.Reveal() {
			t.Errorf("%s: the keyring holds %s", name, got)
		}
	}
}

func TestASecondPersonOnTheSameDomainIsASecondAccount(t *testing.T) {
	t.Parallel()
	store, secrets := newStore(t)
	mustAdd(t, store, grantOf("jsmith", 1, "one"))
	mustAdd(t, store, grantOf("adoe", 2, "two"))

	if got := names(mustList(t, store)); !slices.Equal(got, []string{"jsmith@acme.egnyte.com", "adoe@acme.egnyte.com"}) {
		t.Errorf("the default first, then by name: %v", got)
	}
	if got := secrets.Users(); len(got) != 2 {
		t.Errorf("items of %v", got)
	}
}

func TestAUserNameThatWasPassedOnOverwritesNobody(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	renamed := mustAdd(t, store, grantOf("jsmith", 1, "one"))
	mustAdd(t, store, grantOf("jane.smith", 1, "two"))

	heir := mustAdd(t, store, grantOf("jsmith", 9, "three"))

	renamed, err := store.Find(t.Context(), renamed.Name, nil)
	if err != nil || heir.Name == renamed.Name {
		t.Fatalf("%s and %s, %v", heir.Name, renamed.Name, err)
	}
	if accessOf(t, store, renamed) != "access-two" || accessOf(t, store, heir) != "access-three" {
		t.Error("one has the other's token")
	}
}

func TestAReconnectReplacesOnlyTheSamePerson(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	a := mustAdd(t, store, grantOf("jsmith", 1, "one"))
	if err := store.markReconnect(t.Context(), a.Name, oauth.RefusedUnauthorized); err != nil {
		t.Fatal(err)
	}
	if marked := mustList(t, store)[0]; marked.State != Reconnect || marked.Reason != oauth.RefusedUnauthorized {
		t.Fatalf("marked %+v", marked)
	}

	_, err := store.Save(t.Context(), a.Name, grantOf("adoe", 2, "two"))
	var other *OtherPersonError
	if !errors.As(err, &other) || other.Want.Name != a.Name || other.Grant.User.Username != "adoe" {
		t.Fatalf("another person: %v", err)
	}
	if got := mustList(t, store); len(got) != 1 || got[0].State != Reconnect {
		t.Errorf("something was replaced: %+v", got)
	}
	_, err = store.Save(t.Context(), a.Name, grantAt("globex", oauth.DefaultService, "jsmith", 1, "two"))
	if !errors.As(err, &other) {
		t.Errorf("the same id on another domain is another person: %v", err)
	}

	back, err := store.Save(t.Context(), a.Name, grantOf("jsmith", 1, "three"))
	if err != nil || back.State != Ready || back.Reason != "" {
		t.Fatalf("%+v, %v", back, err)
	}
	if got := accessOf(t, store, back); got != "access-three" {
		t.Errorf("the keyring holds %s", got)
	}
}

func TestSignOutLeavesNothing(t *testing.T) {
	t.Parallel()
	store, secrets := newStore(t)
	mustAdd(t, store, grantOf("adoe", 2, "one"))
	a := mustAdd(t, store, grantOf("jsmith", 1, "two"))

	if err := store.Remove(t.Context(), strings.ToUpper(a.Name)); err != nil {
		t.Fatal(err)
	}

	if got := names(mustList(t, store)); !slices.Equal(got, []string{"adoe@acme.egnyte.com"}) {
		t.Errorf("listed %v", got)
	}
	if got := secrets.Users(); !slices.Equal(got, []string{"adoe@acme.egnyte.com"}) {
		t.Errorf("items of %v", got)
	}
	if _, err := os.Stat(store.lockPath(a.Name)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its lock file: %v", err)
	}
	for name, err := range map[string]error{
		"remove":         store.Remove(t.Context(), a.Name),
		"mark reconnect": store.markReconnect(t.Context(), a.Name, ""),
		"set default":    store.SetDefault(t.Context(), a.Name),
	} {
		if !errors.Is(err, ErrNoAccount) {
			t.Errorf("%s again: %v", name, err)
		}
	}
}

// Given any accounts, then exactly one is the default.
func TestThereIsAlwaysOneDefault(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	for i, name := range []string{"cleo", "adoe", "bob"} {
		mustAdd(t, store, grantOf(name, int64(i+1), name))
	}
	if got := mustList(t, store)[0].Username; got != "cleo" {
		t.Errorf("the first account is not the default: %s", got)
	}
	if err := store.SetDefault(t.Context(), "bob@acme.egnyte.com"); err != nil {
		t.Fatal(err)
	}
	mustAdd(t, store, grantOf("bob", 3, "again"))
	if got := names(mustList(t, store)); got[0] != "bob@acme.egnyte.com" {
		t.Errorf("the chosen default is not first: %v", got)
	}
	if err := store.Remove(t.Context(), "bob@acme.egnyte.com"); err != nil {
		t.Fatal(err)
	}
	left := mustList(t, store)
	if len(left) != 2 || !left[0].Default || left[0].Username != "adoe" || left[1].Default {
		t.Errorf("after the default went: %+v", left)
	}
}

func TestFindMeansWhatPeopleWrite(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	const practice = "http://egnyte.localhost:8765"
	mustAdd(t, store, grantOf("jsmith", 1, "one"))
	mustAdd(t, store, grantOf("adoe", 2, "two"))
	mustAdd(t, store, grantAt("globex", oauth.DefaultService, "jsmith", 1, "three"))
	mustAdd(t, store, grantAt("initech", practice, "Peter", 7, "four"))
	service, _ := oauth.ParseService(practice)
	gov, _ := oauth.ParseService("https://egnytegov.com")

	for _, c := range []struct {
		query   string
		service *oauth.Service
		want    string
	}{
		{"", nil, "jsmith@acme.egnyte.com"},
		{"", &service, "Peter@initech.egnyte.localhost:8765"},
		{"ADOE@acme.egnyte.com", nil, "adoe@acme.egnyte.com"},
		{"globex", nil, "jsmith@globex.egnyte.com"},
		{" Globex.egnyte.com ", nil, "jsmith@globex.egnyte.com"},
		{"Adoe", nil, "adoe@acme.egnyte.com"},
		{"initech", nil, "Peter@initech.egnyte.localhost:8765"},
		{"initech.egnyte.localhost", nil, "Peter@initech.egnyte.localhost:8765"},
		{"initech.egnyte.localhost:8765", &service, "Peter@initech.egnyte.localhost:8765"},
		{"peter@initech.egnyte.localhost:8765", nil, "Peter@initech.egnyte.localhost:8765"},
	} {
		got, err := store.Find(t.Context(), c.query, c.service)
		if err != nil || got.Name != c.want {
			t.Errorf("%q means %s, %v, want %s", c.query, got.Name, err, c.want)
		}
	}
	for query, service := range map[string]*oauth.Service{"nobody": nil, "adoe": &service, "globex": &service, "": &gov} {
		if _, err := store.Find(t.Context(), query, service); !errors.Is(err, ErrNoAccount) {
			t.Errorf("%q: %v, want no such account", query, err)
		}
	}
	var ambiguous *AmbiguousError
	for _, query := range []string{"acme", "jsmith"} {
		_, err := store.Find(t.Context(), query, nil)
		if !errors.As(err, &ambiguous) || len(ambiguous.Names) != 2 {
			t.Errorf("%s: %v", query, err)
		}
	}
}

func TestReadingNeedsNoFolderAndMakesNone(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	if got := mustList(t, store); got == nil || len(got) != 0 {
		t.Errorf("listed %v", got)
	}
	if _, err := store.Find(t.Context(), "", nil); !errors.Is(err, ErrNoAccount) {
		t.Error(err)
	}
	if err := store.Remove(t.Context(), "jsmith@acme.egnyte.com"); !errors.Is(err, ErrNoAccount) {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Dir(store.dir)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder was made: %v", err)
	}
}

func TestAnIndexThatCannotBeReadIsReportedAndKept(t *testing.T) {
	t.Parallel()
	for what, content := range map[string]string{
		"half":    `{"version":1,"accounts":[{"acc`,
		"empty":   ``,
		"a later": `{"version":2,"accounts":{}}`,
		"foreign": `[]`,
	} {
		store, secrets := newStore(t)
		mustAdd(t, store, grantOf("jsmith", 1, "one"))
		path := filepath.Join(store.dir, indexName)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, listErr := store.List(t.Context())
		_, addErr := store.Save(t.Context(), "", grantOf("adoe", 2, "two"))
		for _, err := range []error{listErr, addErr, store.Remove(t.Context(), "jsmith@acme.egnyte.com")} {
			var broken *IndexError
			if !errors.As(err, &broken) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if got, _ := os.ReadFile(path); string(got) != content {
			t.Errorf("%s: the index was overwritten", what)
		}
		if got := secrets.Users(); len(got) != 1 {
			t.Errorf("%s: the keyring has %v", what, got)
		}
	}
}

// Given an index with fields of a newer version, then it is read.
func TestFieldsOfALaterVersionDoNoHarm(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	mustAdd(t, store, grantOf("jsmith", 1, "one"))
	path := filepath.Join(store.dir, indexName)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.Replace(data, []byte(`"version"`), []byte(`"colour": "teal", "version"`), 1)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	mustAdd(t, store, grantOf("adoe", 2, "two"))
	if got := mustList(t, store); len(got) != 2 {
		t.Errorf("listed %v", names(got))
	}
}

// Given a keyring that refuses, then a new account is not kept and an old one stays.
func TestAWriteThatTheKeyringRefusesKeepsNothingNew(t *testing.T) {
	t.Parallel()
	for _, kind := range []keyring.Kind{keyring.Absent, keyring.Locked, keyring.Failed, keyring.Silent} {
		store, secrets := newStore(t)
		old := mustAdd(t, store, grantOf("jsmith", 1, "one"))
		refusal := &keyring.Error{Kind: kind, Err: errors.New("as the test wants it")}
		secrets.Fail(refusal, keyringtest.Set, keyringtest.Delete)

		_, addErr := store.Save(t.Context(), "", grantOf("adoe", 2, "two"))
		_, replaceErr := store.Save(t.Context(), old.Name, grantOf("jsmith", 1, "three"))
		removeErr := error(nil)
		if kind == keyring.Absent || kind == keyring.Locked {
			removeErr = store.Remove(t.Context(), old.Name)
		} else {
			removeErr = refusal
		}

		for _, err := range []error{addErr, replaceErr, removeErr} {
			var got *keyring.Error
			if !errors.As(err, &got) || got.Kind != kind {
				t.Errorf("%s: %v", kind, err)
			}
		}
		secrets.Fail(nil)
		for _, a := range mustList(t, store) {
			switch {
			case a.Name == old.Name && a.State == Ready && accessOf(t, store, a) == "access-one":
			case a.Name != old.Name && a.State == Reconnect && kind != keyring.Absent && kind != keyring.Locked:
				// It is not certain that nothing was written, and no delete was possible.
			default:
				t.Errorf("%s: left behind %+v", kind, a)
			}
		}
	}
}

// Given a keyring that does not answer a removal, then the next list completes it.
func TestARemovalThatGotNoAnswerIsFinishedLater(t *testing.T) {
	t.Parallel()
	store, secrets := newStore(t)
	a := mustAdd(t, store, grantOf("jsmith", 1, "one"))
	secrets.Fail(&keyring.Error{Kind: keyring.Silent, Err: errors.New("no answer")}, keyringtest.Set, keyringtest.Delete)
	if err := store.Remove(t.Context(), a.Name); err == nil {
		t.Fatal("no error")
	}
	if got := mustList(t, store); len(got) != 1 || got[0].State != Pending {
		t.Fatalf("meanwhile %+v", got)
	}
	secrets.Fail(nil)
	if got := mustList(t, store); len(got) != 0 || len(secrets.Users()) != 0 {
		t.Errorf("left behind %v, items of %v", names(got), secrets.Users())
	}
	if _, err := os.Stat(store.lockPath(a.Name)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its lock file: %v", err)
	}
}

// Given an account without a token that works, then asking for one says ErrReconnect.
func TestATokenThatCannotWorkAsksForASignIn(t *testing.T) {
	t.Parallel()
	store, secrets := newStore(t)
	expired := grantOf("adoe", 2, "expired")
	expired.Token.Expiry = time.Now().Add(-time.Minute)
	refreshable := mustAdd(t, store, expired)
	if _, err := store.Token(t.Context(), refreshable, TokenOptions{NoRenewal: true}); !errors.Is(err, ErrReconnect) {
		t.Errorf("an expired token: %v", err)
	}
	expired.Token.Refresh = oauth.Secret{}
	dead := mustAdd(t, store, expired)
	lost := mustAdd(t, store, grantOf("bob", 3, "lost"))
	garbled := mustAdd(t, store, grantOf("cleo", 4, "garbled"))
	marked := mustAdd(t, store, grantOf("dora", 5, "marked"))
	_ = secrets.Delete(t.Context(), lost.Name)
	_ = secrets.Set(t.Context(), garbled.Name, oauth.NewSecret(`{"access_token":"access-`))
	if err := store.markReconnect(t.Context(), marked.Name, oauth.RefusedInvalidGrant); err != nil {
		t.Fatal(err)
	}
	marked, _ = store.Find(t.Context(), marked.Name, nil)

	for _, a := range []Account{dead, lost, garbled, marked} {
		_, err := store.Token(t.Context(), a, TokenOptions{NoRenewal: true})
		if !errors.Is(err, ErrReconnect) || strings.Contains(err.Error(), "access-") {
			t.Errorf("%s: %v", a.Name, err)
		}
	}
	secrets.Fail(trouble(keyring.Silent))
	if _, err := store.Token(t.Context(), refreshable, TokenOptions{NoRenewal: true}); errors.Is(err, ErrReconnect) || err == nil {
		t.Errorf("a silent keyring is no reason to sign in again: %v", err)
	}
	if err := store.Unlock(t.Context()); err == nil {
		t.Error("a silent keyring passes the check")
	}
	secrets.Fail(nil)
	if err := store.Unlock(t.Context()); err != nil {
		t.Error(err)
	}
}

// Given tokens of any length, then they are kept: no keyring's limit is ours.
func TestALongTokenIsKept(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	grant := grantOf("jsmith", 1, strings.Repeat("x", 8000))
	a := mustAdd(t, store, grant)
	token, err := store.Token(t.Context(), a, TokenOptions{NoRenewal: true})
	if err != nil || !token.Access.Equal(grant.Token.Access) {
		t.Errorf("%d bytes, %v", len(token.Access.Reveal()), err)
	}
}

func TestTokensWithoutAnEndHaveNoExpiry(t *testing.T) {
	t.Parallel()
	store, _ := newStore(t)
	grant := grantOf("jsmith", 1, "one")
	grant.Token.Expiry, grant.Token.Refresh = time.Time{}, oauth.Secret{}
	a := mustAdd(t, store, grant)
	token, err := store.Token(t.Context(), a, TokenOptions{NoRenewal: true})
	if err != nil || a.Expires != nil || !token.Expiry.IsZero() {
		t.Errorf("%v, %v, %v", a.Expires, token.Expiry, err)
	}
}
