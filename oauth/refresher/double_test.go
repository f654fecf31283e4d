package refresher

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/keyring/keyringtest"
	"egnyte-accounts/oauth/practice"
)

// machine is a store on a machine with a clock of its own.
type machine struct {
	dir     string
	store   *account.Store
	keyring *keyringtest.Keyring
	clock   *egnytetest.Clock
	net     *egnytetest.Network // once it is in a bubble
	wake    chan struct{}
	changed chan struct{}
	log     bytes.Buffer // read it when the bubble is at rest
}

func newMachine(t *testing.T, dir string) *machine {
	m := &machine{dir: dir, keyring: &keyringtest.Keyring{}, clock: &egnytetest.Clock{}}
	m.store = account.Open(m.dir, m.keyring)
	m.store.Now = m.clock.Now
	return m
}

// run starts a refresher. It is stopped by what run returns.
func (m *machine) run(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		log := slog.New(slog.NewTextHandler(&m.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		Refresher{Store: m.store, Wake: m.wake, Changed: m.changed, Log: log}.Run(ctx)
	}()
	return func() { cancel(); <-ended }
}

// wait lets time pass for everybody, in a bubble.
func (m *machine) wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// mustList returns all accounts.
func (m *machine) mustList(t *testing.T) []account.Account {
	t.Helper()
	accounts, err := m.store.List(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return accounts
}

// put writes accounts that no refresher has checked, quicker than Store.Save.
func (m *machine) put(t *testing.T, renewed time.Time, grants ...oauth.Grant) {
	t.Helper()
	var list struct {
		Version  int               `json:"version"`
		Accounts []account.Account `json:"accounts"`
	}
	list.Version = 1
	for n, g := range grants {
		expires := g.Token.Expiry.UTC().Truncate(time.Second)
		a := account.Account{
			Name: g.User.Username + "@" + g.Domain.Host(), Service: g.Domain.Service().String(), Domain: g.Domain.Host(),
			Username: g.User.Username, UserID: g.User.ID, State: account.Ready, Expires: &expires, Scopes: g.Token.Scopes, Default: n == 0,
			KeyID: g.Key.ID, RedirectURI: g.Key.RedirectURI, Flow: g.Flow, Added: renewed, Renewed: renewed,
		}
		list.Accounts = append(list.Accounts, a)
		m.putItem(t, a.Name, map[string]any{
			"v": 1, "stamp": "s", "access_token": g.Token.Access.Reveal(), "refresh_token": g.Token.Refresh.Reveal(),
			"token_type": g.Token.Type, "issued": g.Token.Issued.UTC(), "expiry": expires, "client_secret": g.Key.Secret.Reveal(),
		})
	}
	data, err := json.Marshal(list)
	if err == nil {
		err = errors.Join(os.MkdirAll(m.dir, 0o700), os.WriteFile(filepath.Join(m.dir, "accounts.json"), data, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// item is what the keyring has for an account.
func (m *machine) item(t *testing.T, name string) map[string]any {
	t.Helper()
	secret, err := m.keyring.Get(t.Context(), name)
	fields := map[string]any{}
	if err == nil {
		err = json.Unmarshal([]byte(secret.Reveal()), &fields)
	}
	if err != nil {
		t.Fatal(err)
	}
	return fields
}

func (m *machine) putItem(t *testing.T, name string, fields map[string]any) {
	t.Helper()
	data, err := json.Marshal(fields)
	if err == nil {
		err = m.keyring.Put(name, oauth.NewSecret(string(data)))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// people are many users with the token of one.
func people(grant oauth.Grant, many int) []oauth.Grant {
	grants := make([]oauth.Grant, many)
	for n := range grants {
		grants[n] = grant
		grants[n].User.Username = fmt.Sprintf("person%d", n)
	}
	return grants
}

// kept is a machine whose one account lives at a practice service.
type kept struct {
	*practice.Server
	*machine
	name string
}

func atEgnyte(t *testing.T, expiresIn string) *kept {
	t.Helper()
	at := practice.Start(t)
	at.ExpiresIn(expiresIn)
	grant := egnytetest.SignIn(t, at)
	k := &kept{at, newMachine(t, t.TempDir()), grant.User.Username + "@" + grant.Domain.Host()}
	k.put(t, grant.Token.Issued, grant)
	return k
}

// inBubble runs test in a synctest bubble, whose clock begins in 2000. The clocks of the
// machine and of Egnyte go on as they were.
func (m *machine) inBubble(t *testing.T, at *practice.Server, test func(*testing.T)) {
	t.Helper()
	now := time.Now()
	synctest.Test(t, func(t *testing.T) {
		m.clock.Move(time.Until(now))
		at.Advance(time.Until(now))
		m.wake, m.changed = make(chan struct{}, 1), make(chan struct{}, 1)
		m.net = &egnytetest.Network{Handler: at.Handler()}
		m.store.HTTP = &http.Client{Transport: m.net}
		test(t)
	})
}

// keeping runs test in a bubble, with a refresher at work. The sign-in is outside of it,
// as it needs a network.
func keeping(t *testing.T, expiresIn string, test func(*testing.T, *kept)) {
	t.Helper()
	keepingPrepared(t, expiresIn, func(*kept) {}, test)
}

func keepingPrepared(t *testing.T, expiresIn string, prepare func(*kept), test func(*testing.T, *kept)) {
	t.Helper()
	k := atEgnyte(t, expiresIn)
	prepare(k)
	k.inBubble(t, k.Server, func(t *testing.T) {
		defer k.run(t)()
		test(t, k)
	})
}

func (k *kept) account(t *testing.T) account.Account {
	t.Helper()
	return k.mustList(t)[0]
}

// dropRefreshToken makes the account one of an older key.
func (k *kept) dropRefreshToken(t *testing.T) {
	t.Helper()
	fields := k.item(t, k.name)
	delete(fields, "refresh_token")
	k.putItem(t, k.name, fields)
}

// mustHoldNewest fails unless the keyring's pair is the one that lives at Egnyte.
func (k *kept) mustHoldNewest(t *testing.T) {
	t.Helper()
	live := k.Tokens("acme", "jsmith")
	if len(live) != 1 || live[0].Refresh != k.item(t, k.name)["refresh_token"] {
		t.Fatalf("the keyring's pair is not the newest of %d that live", len(live))
	}
}
