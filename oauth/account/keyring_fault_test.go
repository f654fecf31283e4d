package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/keyringtest"
)

// What becomes of the account, once a fault is over.
const (
	works     = "works"     // with the old tokens or new ones, and the index says ready
	reconnect = "reconnect" // its person is told
	gone      = "gone"      // as it was asked for
)

// keyringFault is what a keyring does wrong, to every account alike, and what
// becomes of the account by what was being done. What is not named leaves it as
// the entry "" says.
type keyringFault struct {
	breaks func(*egnyte)
	after  map[string]string
}

var (
	// unharmed: nothing has begun, and nothing changes. A locked keyring never
	// costs an account.
	unharmed = map[string]string{"": works}
	// refusesWrites: what was rotated or revoked at Egnyte can't be taken back.
	refusesWrites = map[string]string{"": works, "due": reconnect, "sign out": reconnect}
	// uncertain: a removal that may have happened is finished.
	uncertain = map[string]string{"": works, "due": reconnect, "remove": gone, "sign out": gone}
	wrote     = map[string]string{"": works, "remove": gone, "sign out": gone}
	lost      = map[string]string{"": reconnect, "replace": works, "remove": gone}
)

var keyringFaults = map[string]keyringFault{
	"absent":                  {allFail(keyring.Absent), unharmed},
	"locked":                  {allFail(keyring.Locked), unharmed},
	"silent":                  {allFail(keyring.Silent), map[string]string{"": works, "remove": gone}},
	"prompt dismissed":        {writesMeet(keyring.Locked, false), refusesWrites},
	"dies before it writes":   {writesMeet(keyring.Failed, false), uncertain},
	"dies after it wrote":     {writesMeet(keyring.Failed, true), wrote},
	"silent, and has written": {writesMeet(keyring.Silent, true), wrote},
	"item gone":               {func(e *egnyte) { _ = e.keyring.Delete(context.Background(), e.name) }, lost},
	"item of another program": {replacedBy("correct horse battery staple"), lost},
	"item of other JSON":      {replacedBy(`{"password":"x"}`), lost},
	"item that is empty JSON": {replacedBy(`{}`), lost},
	"item of 10 MB":           {replacedBy(string(make([]byte, 10<<20))), lost},
}

// writesMeet is a keyring that can be read. Writes and deletes fail, before or after
// they were done.
func writesMeet(kind keyring.Kind, done bool) func(*egnyte) {
	return func(e *egnyte) {
		e.keyring.Intercept(func(c keyringtest.Call) error {
			if (c.Op == keyringtest.Set || c.Op == keyringtest.Delete) && c.Done == done {
				return trouble(kind)
			}
			return nil
		})
	}
}

func replacedBy(text string) func(*egnyte) {
	return func(e *egnyte) { _ = e.keyring.Put(e.name, oauth.NewSecret(text)) }
}

func allFail(kind keyring.Kind) func(*egnyte) {
	return func(e *egnyte) { e.keyring.Fail(trouble(kind)) }
}

// keyringUses are all that needs the keyring.
var keyringUses = map[string]func(*testing.T, *egnyte) error{
	"unlock": func(t *testing.T, e *egnyte) error { return e.store.Unlock(t.Context()) },
	"token": func(t *testing.T, e *egnyte) error {
		_, err := e.store.Token(t.Context(), e.account(t), TokenOptions{NoRenewal: true})
		return err
	},
	"fresh": func(t *testing.T, e *egnyte) error { _, err := e.fresh(t); return err },
	"due":   func(t *testing.T, e *egnyte) error { e.pass(2 * time.Hour); _, err := e.fresh(t); return err },
	"add": func(t *testing.T, e *egnyte) error {
		_, err := e.store.Save(t.Context(), "", grantOf("bob", 3, "bob"))
		return err
	},
	"replace": func(t *testing.T, e *egnyte) error {
		_, err := e.store.Save(t.Context(), e.name, egnytetest.SignIn(t, e.Server))
		return err
	},
	"remove":   func(t *testing.T, e *egnyte) error { return e.store.Remove(t.Context(), e.name) },
	"sign out": func(t *testing.T, e *egnyte) error { return e.store.SignOut(t.Context(), e.name) },
	"key":      func(t *testing.T, e *egnyte) error { _, err := e.store.Key(t.Context(), e.account(t)); return err },
	"list":     func(t *testing.T, e *egnyte) error { _, err := e.store.List(t.Context()); return err },
}

// Given any fault of the keyring, whatever is done ends soon, well or with an
// error that oauth/advice has words for; and once the fault is over, the account is
// in the state that this fault and this use lead to, and in no other.
func TestEveryFaultOfTheKeyringHasItsStateAndItsWords(t *testing.T) {
	was := saveRetries
	saveRetries = []time.Duration{0, time.Millisecond}
	t.Cleanup(func() { saveRetries = was })
	for name, fault := range keyringFaults {
		for use, do := range keyringUses {
			e := atEgnyte(t, "3600")
			fault.breaks(e)
			begin := time.Now()
			err := do(t, e)
			when := fmt.Sprintf("%s, %s", name, use)
			if took := time.Since(begin); took > 30*time.Second {
				t.Errorf("%s: it took %v", when, took)
			}
			var known *keyring.Error
			var notRevoked *NotRevokedError
			if err != nil && !errors.As(err, &known) && !errors.As(err, &notRevoked) && !errors.Is(err, ErrReconnect) {
				t.Errorf("%s: an error that nobody has words for: %v", when, err)
			}
			e.keyring.Fail(nil)
			want, named := fault.after[use]
			if !named {
				want = fault.after[""]
			}
			e.mustBe(t, want, when)
		}
	}
}

// mustBe is what has to hold after a fault.
func (e *egnyte) mustBe(t *testing.T, want, when string) {
	t.Helper()
	accounts := mustList(t, e.store)
	for _, user := range e.keyring.Users() {
		if !slices.Contains(names(accounts), user) {
			t.Errorf("%s: a secret of %s without an entry", when, user)
		}
	}
	got := gone
	for _, a := range accounts {
		if a.State == Pending {
			t.Errorf("%s: %s is still pending", when, a.Name)
		}
		if a.Name == e.name {
			got = e.stateNow(t, a, when)
		}
	}
	if got != want {
		t.Errorf("%s: the account is %s, want %s", when, got, want)
	}
}

// stateNow asks for a token and tries it.
func (e *egnyte) stateNow(t *testing.T, a Account, when string) string {
	t.Helper()
	token, err := e.fresh(t)
	if errors.Is(err, ErrReconnect) {
		return reconnect
	}
	if err != nil {
		t.Errorf("%s: afterwards %v", when, err)
		return ""
	}
	domain, _ := a.OAuthDomain()
	if _, err := oauth.UserInfo(t.Context(), e.store.HTTP, domain, token.Access); err != nil {
		t.Errorf("%s: afterwards its token does not work: %v", when, err)
	}
	return works
}
