package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"egnyte-accounts/oauth"
)

// faulty is a keyring that a test breaks.
type faulty struct {
	Keyring
	get, set, remove error
	writesFirst      bool // the write is done, and its answer got lost
}

func (k *faulty) Get(ctx context.Context, user string) (oauth.Secret, error) {
	if k.get != nil {
		return oauth.Secret{}, k.get
	}
	return k.Keyring.Get(ctx, user)
}

func (k *faulty) Set(ctx context.Context, user string, secret oauth.Secret) error {
	if k.set == nil || k.writesFirst {
		if err := k.Keyring.Set(ctx, user, secret); err != nil {
			return err
		}
	}
	return k.set
}

func (k *faulty) Delete(ctx context.Context, user string) error {
	if k.remove == nil || k.writesFirst {
		if err := k.Keyring.Delete(ctx, user); err != nil {
			return err
		}
	}
	return k.remove
}

func (k *faulty) mend() { k.get, k.set, k.remove, k.writesFirst = nil, nil, nil, false }

// keyringFaults are what a keyring does wrong, and the same for every account.
var keyringFaults = map[string]func(*egnyte, *faulty){
	"absent":                func(_ *egnyte, k *faulty) { k.all(KeyringAbsent) },
	"locked":                func(_ *egnyte, k *faulty) { k.all(KeyringLocked) },
	"prompt dismissed":      func(_ *egnyte, k *faulty) { k.set, k.remove = trouble(KeyringLocked), trouble(KeyringLocked) },
	"silent":                func(_ *egnyte, k *faulty) { k.all(KeyringSilent) },
	"dies before it writes": func(_ *egnyte, k *faulty) { k.set, k.remove = trouble(KeyringFailed), trouble(KeyringFailed) },
	"dies after it wrote": func(_ *egnyte, k *faulty) {
		k.set, k.remove, k.writesFirst = trouble(KeyringFailed), trouble(KeyringFailed), true
	},
	"silent, and has written": func(_ *egnyte, k *faulty) {
		k.set, k.remove, k.writesFirst = trouble(KeyringSilent), trouble(KeyringSilent), true
	},
	"item gone":               func(e *egnyte, k *faulty) { _ = k.Keyring.Delete(context.Background(), e.name) },
	"item of another program": replacedBy("correct horse battery staple"),
	"item of other JSON":      replacedBy(`{"password":"x"}`),
	"item that is empty JSON": replacedBy(`{}`),
	"item of a later version": replacedBy(`{"v":99,"access_token":"x","refresh_token":"y"}`),
	"item of 10 MB":           replacedBy(string(make([]byte, 10<<20))),
}

func replacedBy(text string) func(*egnyte, *faulty) {
	return func(e *egnyte, k *faulty) { _ = k.Keyring.Set(context.Background(), e.name, oauth.NewSecret(text)) }
}

func trouble(kind KeyringTrouble) error {
	return &KeyringError{kind, errors.New("as the test wants it")}
}

func (k *faulty) all(kind KeyringTrouble) {
	k.get, k.set, k.remove = trouble(kind), trouble(kind), trouble(kind)
}

// keyringUses are all that needs the keyring.
var keyringUses = map[string]func(*testing.T, *egnyte) error{
	"check": func(t *testing.T, e *egnyte) error { return e.store.CheckKeyring(t.Context()) },
	"token": func(t *testing.T, e *egnyte) error { _, err := e.store.Token(t.Context(), e.account(t)); return err },
	"fresh": func(t *testing.T, e *egnyte) error { _, err := e.fresh(t); return err },
	"due":   func(t *testing.T, e *egnyte) error { e.pass(2 * time.Hour); _, err := e.fresh(t); return err },
	"add": func(t *testing.T, e *egnyte) error {
		_, err := e.store.Add(t.Context(), grantOf("bob", 3, "bob"))
		return err
	},
	"replace": func(t *testing.T, e *egnyte) error {
		_, err := e.store.Replace(t.Context(), e.name, signIn(t, e.Server, 0))
		return err
	},
	"remove":   func(t *testing.T, e *egnyte) error { return e.store.Remove(t.Context(), e.name) },
	"sign out": func(t *testing.T, e *egnyte) error { return e.store.SignOut(t.Context(), e.client, e.name) },
	"key":      func(t *testing.T, e *egnyte) error { _, err := e.store.Key(t.Context(), e.account(t)); return err },
	"list":     func(t *testing.T, e *egnyte) error { _, err := e.store.List(t.Context()); return err },
}

// Given any fault of the keyring, whatever is done ends soon, well or with an
// error that gui/advice has words for; and once the fault is over, the account
// works, says reconnect, or is gone as it was asked to be.
func TestEveryFaultOfTheKeyringHasItsStateAndItsWords(t *testing.T) {
	was := saveRetries
	saveRetries = []time.Duration{0, time.Millisecond}
	t.Cleanup(func() { saveRetries = was })
	tried := 0
	for fault, breaks := range keyringFaults {
		for use, do := range keyringUses {
			e := atEgnyte(t, "3600")
			k := &faulty{Keyring: e.keyring}
			e.store.keyring = k
			breaks(e, k)
			begin := time.Now()
			err := do(t, e)
			when := fmt.Sprintf("%s, %s", fault, use)
			if took := time.Since(begin); took > 30*time.Second {
				t.Errorf("%s: it took %v", when, took)
			}
			var known *KeyringError
			if err != nil && !errors.As(err, &known) && !errors.Is(err, ErrReconnect) {
				t.Errorf("%s: an error that nobody has words for: %v", when, err)
			}
			k.mend()
			e.mustBeWhole(t, when, use == "remove" || use == "sign out")
			tried++
		}
	}
	held(t, tried)
}

// mustBeWhole is what has to hold after a fault.
func (e *egnyte) mustBeWhole(t *testing.T, when string, mayBeGone bool) {
	t.Helper()
	accounts := mustList(t, e.store)
	for _, user := range e.keyring.users(t) {
		if !slices.Contains(names(accounts), user) {
			t.Errorf("%s: a secret of %s without an entry", when, user)
		}
	}
	found := false
	for _, a := range accounts {
		if a.State == Pending {
			t.Errorf("%s: %s is still pending", when, a.Name)
		}
		if a.Name != e.name {
			continue
		}
		found = true
		token, err := e.fresh(t)
		if errors.Is(err, ErrReconnect) {
			continue // which is said
		}
		if err != nil {
			t.Errorf("%s: afterwards %v", when, err)
			continue
		}
		domain, _ := a.OAuthDomain()
		if _, err := oauth.UserInfo(t.Context(), e.client, domain, token.Access); err != nil {
			t.Errorf("%s: afterwards its token does not work: %v", when, err)
		}
	}
	if !found && !mayBeGone {
		t.Errorf("%s: the account is gone", when)
	}
}
