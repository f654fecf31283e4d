package account

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/keyring/keyringtest"
)

// What version 0.1.0 wrote; see the README there.
const (
	release010 = "testdata/v0.1.0"

	janeThen = "jsmith@acme.egnyte.localhost:35581"
	balaThen = "bkumar@acme.egnyte.localhost:35581"
	annThen  = "adoe@globex.egnyte.localhost:35581"
	luzThen  = "lortiz@globex.egnyte.localhost:35581"
)

// stateOf010 is a copy of what version 0.1.0 left, on the day after. Items are the
// keyring's values by user name.
func stateOf010(t *testing.T) (store *Store, secrets *keyringtest.Keyring, items map[string]string) {
	t.Helper()
	store, secrets = newStore(t)
	store.Now = func() time.Time { return time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC) }
	if err := os.CopyFS(store.dir, os.DirFS(release010)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(release010, "keyring.json"))
	if err != nil {
		t.Fatal(err)
	}
	var kept []struct{ Service, User, Value string }
	if err := json.Unmarshal(data, &kept); err != nil {
		t.Fatal(err)
	}
	items = map[string]string{}
	for _, i := range kept {
		if i.Service != "egnyte-accounts" {
			t.Fatalf("%s is kept under %s", i.User, i.Service)
		}
		items[i.User] = i.Value
		if err := secrets.Set(t.Context(), i.User, oauth.NewSecret(i.Value)); err != nil {
			t.Fatal(err)
		}
	}
	return store, secrets, items
}

// Given the files and keyring items of version 0.1.0, then every account has its
// state and tokens, and the sign-in that was killed is completed.
func TestTheAccountsOfVersion010AreRead(t *testing.T) {
	t.Parallel()
	store, _, items := stateOf010(t)
	accounts := mustList(t, store)
	flows := map[string]oauth.Flow{janeThen: oauth.FlowEnhanced, annThen: oauth.FlowImplicit, balaThen: oauth.FlowCode, luzThen: oauth.FlowCode}
	if len(accounts) != len(flows) {
		t.Fatalf("accounts %q", names(accounts))
	}
	for _, a := range accounts {
		want := Ready
		if a.Name == balaThen {
			want = Reconnect
		}
		if a.State != want || a.Flow != flows[a.Name] || a.Default != (a.Name == janeThen) || a.Expires == nil {
			t.Errorf("%+v", a)
		}
		if _, err := a.OAuthDomain(); err != nil {
			t.Error(err)
		}
		kept, err := unpack(oauth.NewSecret(items[a.Name]))
		if err != nil {
			t.Fatal(a.Name, err)
		}
		if key, err := store.Key(t.Context(), a); err != nil || key.Secret.Reveal() != kept.ClientSecret || key.ID != a.KeyID {
			t.Errorf("the key of %s is another, or %v", a.Name, err)
		}
		token, err := stored(t.Context(), store, a)
		if a.Name == balaThen {
			var refused *ReconnectError
			if !errors.As(err, &refused) || refused.Reason != oauth.RefusedKey {
				t.Errorf("%s: %v", a.Name, err)
			}
			continue
		}
		renewable := !token.Refresh.IsZero()
		if err != nil || token.Access.Reveal() != kept.AccessToken || renewable != (a.Flow != oauth.FlowImplicit) || token.Expiry.IsZero() {
			t.Errorf("%s has another token, or %v", a.Name, err)
		}
	}
}

// Given a sign-in of version 0.1.0 that was killed before the keyring had its item,
// then its account has to sign in again, and the others are as they were.
func TestAPendingAccountOfVersion010WithoutItsItemHasToSignInAgain(t *testing.T) {
	t.Parallel()
	store, secrets, _ := stateOf010(t)
	if err := secrets.Delete(t.Context(), luzThen); err != nil {
		t.Fatal(err)
	}
	for _, a := range mustList(t, store) {
		if needs := a.Name == balaThen || a.Name == luzThen; (a.State == Reconnect) != needs {
			t.Errorf("%s is %s", a.Name, a.State)
		}
	}
}

// Given the accounts of version 0.1.0, when one of them signs in again or is
// removed, then the others and all other items stay as they were.
func TestAWriteKeepsTheOtherAccountsOfVersion010(t *testing.T) {
	t.Parallel()
	for what, write := range map[string]func(*Store) error{
		"signed in again": func(s *Store) error {
			_, err := s.Save(t.Context(), "", grantAt("acme", "http://egnyte.localhost:35581", "bkumar", 122, "new"))
			return err
		},
		"removed": func(s *Store) error { return s.Remove(t.Context(), balaThen) },
	} {
		store, secrets, items := stateOf010(t)
		before := byName(mustList(t, store))
		if err := write(store); err != nil {
			t.Fatal(what, err)
		}
		after := byName(mustList(t, store))
		if a, there := after[balaThen]; there != (what == "signed in again") || there && (a.State != Ready || accessOf(t, store, a) != "access-new") {
			t.Errorf("%s: %+v", what, a)
		}
		delete(before, balaThen)
		delete(after, balaThen)
		if !maps.EqualFunc(before, after, sameJSON) {
			t.Errorf("%s: the others are %+v, were %+v", what, after, before)
		}
		delete(items, balaThen)
		for user, value := range items {
			if got, err := secrets.Get(t.Context(), user); err != nil || got.Reveal() != value {
				t.Errorf("%s: the item of %s is another, or %v", what, user, err)
			}
		}
	}
}

func byName(accounts []Account) map[string]Account {
	named := map[string]Account{}
	for _, a := range accounts {
		named[a.Name] = a
	}
	return named
}

func sameJSON(a, b Account) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
