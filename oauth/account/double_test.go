package account

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/wholefile"
)

// fileKeyring stands in for the system keyring where several processes need the
// same one: a file per item, each replaced as a whole, as a daemon would.
type fileKeyring struct {
	dir string

	mu      sync.Mutex
	refusal error // of writes and deletes
	silent  bool  // reads fail too
}

func (k *fileKeyring) path(user string) string {
	return filepath.Join(k.dir, hex.EncodeToString([]byte(user)))
}

func (k *fileKeyring) refuse(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.refusal = err
}

func (k *fileKeyring) refused() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.refusal
}

func (k *fileKeyring) beSilent(silent bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.silent = silent
}

func (k *fileKeyring) Get(ctx context.Context, user string) (oauth.Secret, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.silent {
		return oauth.Secret{}, &KeyringError{KeyringSilent, errors.New("no answer")}
	}
	data, err := os.ReadFile(k.path(user))
	if errors.Is(err, fs.ErrNotExist) {
		return oauth.Secret{}, ErrNoSecret
	}
	return oauth.NewSecret(string(data)), err
}

func (k *fileKeyring) Set(ctx context.Context, user string, secret oauth.Secret) error {
	if err := k.refused(); err != nil {
		return err
	}
	return wholefile.Write(k.path(user), []byte(secret.Reveal()), func(point string) { reached("keyring: " + point) })
}

func (k *fileKeyring) Delete(ctx context.Context, user string) error {
	if err := k.refused(); err != nil {
		return err
	}
	reached("keyring: asked to delete")
	err := os.Remove(k.path(user))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// users lists whose items there are.
func (k *fileKeyring) users(t *testing.T) []string {
	t.Helper()
	files, err := os.ReadDir(k.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var users []string
	for _, f := range files {
		name, err := hex.DecodeString(f.Name())
		if err == nil { // else a write that a crash cut off
			users = append(users, string(name))
		}
	}
	return users
}

func newStore(t *testing.T) (*Store, *fileKeyring) {
	t.Helper()
	keyring := &fileKeyring{dir: filepath.Join(t.TempDir(), "keyring")}
	return Open(filepath.Join(t.TempDir(), "config", "egnyte-accounts"), keyring), keyring
}

func mustDomain(label, service string) oauth.Domain {
	s, err := oauth.ParseService(service)
	if err != nil {
		panic(err)
	}
	domain, err := s.ParseDomain(label)
	if err != nil {
		panic(err)
	}
	return domain
}

// grantOf is a sign-in of a person at acme, whose token says which one it was.
func grantOf(username string, id int64, token string) oauth.Grant {
	return grantAt("acme", oauth.DefaultService, username, id, token)
}

func grantAt(label, service, username string, id int64, token string) oauth.Grant {
	now := time.Now()
	return oauth.Grant{
		Domain: mustDomain(label, service),
		User:   oauth.User{ID: id, Username: username, FirstName: "Jane", LastName: "Smith"},
		Token: oauth.Token{
			Access:  oauth.NewSecret("access-" + token),
			Refresh: oauth.NewSecret("refresh-" + token),
			Type:    "bearer",
			Issued:  now,
			Expiry:  now.Add(720 * time.Hour),
			Scopes:  []string{"Egnyte.filesystem", "Egnyte.link"},
		},
		Key:  oauth.Key{ID: "key-id", Secret: oauth.NewSecret("client-secret-" + token), RedirectURI: oauth.DefaultRedirectURI},
		Flow: oauth.FlowEnhanced,
	}
}

func mustAdd(t *testing.T, s *Store, grant oauth.Grant) Account {
	t.Helper()
	a, err := s.Add(t.Context(), grant)
	if err != nil {
		t.Fatal("adding", grant.User.Username, err)
	}
	return a
}

func mustList(t *testing.T, s *Store) []Account {
	t.Helper()
	accounts, err := s.List(t.Context())
	if err != nil {
		t.Fatal("listing", err)
	}
	return accounts
}

func names(accounts []Account) []string {
	list := []string{}
	for _, a := range accounts {
		list = append(list, a.Name)
	}
	return list
}

func accessOf(t *testing.T, s *Store, a Account) string {
	t.Helper()
	token, err := s.Token(t.Context(), a)
	if err != nil {
		t.Fatal("token of", a.Name, err)
	}
	return token.Access.Reveal()
}

// roundsOf a test are few under the race detector; ACCOUNT_TEST_ROUNDS=full, as in
// a step of .ci/test, makes them all.
func roundsOf(few, full int) int {
	if os.Getenv("ACCOUNT_TEST_ROUNDS") == "full" {
		return full
	}
	return few
}
