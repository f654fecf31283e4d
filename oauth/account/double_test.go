package account

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/wholefile"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/keyringtest"
)

func newStore(t *testing.T) (*Store, *keyringtest.Keyring) {
	t.Helper()
	secrets := &keyringtest.Keyring{Dir: filepath.Join(t.TempDir(), "keyring")}
	return Open(filepath.Join(t.TempDir(), "config", "egnyte-accounts"), secrets), secrets
}

// testDisk calls before at each step, which fails with its error.
type testDisk struct {
	realDisk
	before func(step string) error
}

func (d testDisk) step(step, path string) error {
	if err := d.before(step); err != nil {
		return &fs.PathError{Op: step, Path: path, Err: err}
	}
	return nil
}

func (d testDisk) MakeFolder(path string) error {
	if err := d.step("make folder", path); err != nil {
		return err
	}
	return d.realDisk.MakeFolder(path)
}

func (d testDisk) Open(path string) (wholefile.File, error) {
	if err := d.step("read", path); err != nil {
		return nil, err
	}
	return d.realDisk.Open(path)
}

func (d testDisk) Create(path string) (wholefile.File, error) {
	if err := d.step("create", path); err != nil {
		return nil, err
	}
	file, err := d.realDisk.Create(path)
	return testFile{file, d, path}, err
}

func (d testDisk) Rename(from, to string) error {
	if err := d.step("rename", to); err != nil {
		return err
	}
	return d.realDisk.Rename(from, to)
}

func (d testDisk) Lock(file *flock.Flock, wait bool) (bool, error) {
	if wait {
		_ = d.before(stepWaits)
	} else if err := d.step("lock", file.Path()); err != nil {
		return false, err
	}
	return d.realDisk.Lock(file, wait)
}

// stepWaits is the step of waiting for another process.
const stepWaits = "waits for a lock"

type testFile struct {
	wholefile.File
	disk testDisk
	path string
}

// Write writes in two steps.
func (f testFile) Write(data []byte) (n int, err error) {
	half := len(data) / 2
	for _, part := range [][]byte{data[:half], data[half:]} {
		more, err := f.File.Write(part)
		if err = errors.Join(err, f.disk.step("write", f.path)); err != nil {
			return n, err
		}
		n += more
	}
	return n, nil
}

func (f testFile) Sync() error { return errors.Join(f.disk.step("sync", f.path), f.File.Sync()) }

// changes reports a step that changes something, as crashes at others leave nothing
// new behind.
func changes(step string) bool { return step != "read" && step != "lock" && step != stepWaits }

// watchSteps has point called before each step of a store, in its files, in its
// keyring and at Egnyte, and after the last two.
func watchSteps(s *Store, secrets *keyringtest.Keyring, point func(step string)) {
	s.disk = testDisk{before: func(step string) error { point(step); return nil }}
	secrets.Intercept(func(c keyringtest.Call) error {
		switch {
		case c.Op != keyringtest.Set && c.Op != keyringtest.Delete:
		case c.Done:
			point("keyring did " + string(c.Op))
		default:
			point("keyring will " + string(c.Op))
		}
		return nil
	})
	s.HTTP = &http.Client{Transport: watchedNetwork{s.HTTP.Transport, point}}
}

type watchedNetwork struct {
	http.RoundTripper
	point func(string)
}

func (w watchedNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	w.point("request")
	defer w.point("request answered")
	return w.RoundTripper.RoundTrip(r)
}

func trouble(kind keyring.Kind) error {
	return &keyring.Error{Kind: kind, Err: errors.New("as the test wants it")}
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

// grantOf is a sign-in at acme, whose token says which one it was.
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
	a, err := s.Save(t.Context(), "", grant)
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

// stored is the token in the keyring.
func stored(ctx context.Context, s *Store, a Account) (oauth.Token, error) {
	return s.Token(ctx, a, TokenOptions{NoRenewal: true})
}

func accessOf(t *testing.T, s *Store, a Account) string {
	t.Helper()
	token, err := stored(t.Context(), s, a)
	if err != nil {
		t.Fatal("token of", a.Name, err)
	}
	return token.Access.Reveal()
}

func tokenOf(t *testing.T, s *Store, a Account) oauth.Secret {
	t.Helper()
	return oauth.NewSecret(accessOf(t, s, a))
}

// roundsOf a test are few under the race detector; ACCOUNT_TEST_ROUNDS=full, as in
// a step of .ci/test, makes them all.
func roundsOf(few, full int) int {
	if os.Getenv("ACCOUNT_TEST_ROUNDS") == "full" {
		return full
	}
	return few
}
