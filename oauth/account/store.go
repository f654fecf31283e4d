package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/wholefile"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/settings"
)

// Store is where the accounts of one user are kept. Its methods are safe for
// concurrent use, by goroutines and by processes.
type Store struct {
	// HTTP is for renewals and sign-outs, Now reads the wall clock. Open sets both;
	// change them before the first call only.
	HTTP *http.Client
	Now  func() time.Time

	dir     string
	keyring keyring.Keyring
	disk    disk
	flights singleflight.Group

	renewWaits []time.Duration // see lockToRenew
	polling    sync.Once       // the log says that the index is polled

	mu     sync.Mutex
	queues map[string]*queue // by the path of the lock
}

// Open returns the store in dir (see settings.Dir), which need not exist yet. It
// reads and writes nothing. Its calls to Egnyte trust the authorities that the
// settings in dir name.
func Open(dir string, keyring keyring.Keyring) *Store {
	return &Store{
		HTTP: settings.HTTPClient(dir), Now: wallNow,
		dir: dir, keyring: keyring, disk: realDisk{}, queues: map[string]*queue{}, renewWaits: []time.Duration{renewWait, refreshLimit},
	}
}

// wallNow is the time without the monotonic clock, which stands still while the
// machine sleeps: by that one, a check of last night would have been just now.
func wallNow() time.Time { return time.Now().Round(0) }

// Unlock makes sure that accounts can be saved: it unlocks the keyring, which may
// show a prompt, and tries to write to the store's folder. Call it before a browser
// opens. The refreshers of all processes hear of the unlocked keyring.
func (s *Store) Unlock(ctx context.Context) error {
	folder := make(chan error, 1)
	go func() { folder <- s.CheckFolder() }()
	err := s.keyring.Unlock(ctx)
	if err != nil {
		err = fmt.Errorf("checking the keyring: %w", err)
	}
	if err = cmp.Or(err, <-folder); err != nil {
		return err
	}
	x, err := s.readIndex()
	if err != nil || !x.saysLocked() {
		return err
	}
	return s.updateIndex(ctx, func(x *index) error {
		for n := range x.Accounts {
			if x.Accounts[n].Trouble == Locked {
				x.Accounts[n].clearTrouble()
			}
		}
		return nil
	})
}

// CheckFolder reports a folder in which files can't be written or locked, or that
// belongs to another user. It makes the folder, and leaves nothing in there.
func (s *Store) CheckFolder() (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("checking the folder of accounts: %w", err)
		}
	}()
	if err := wholefile.MakeFolder(s.dir); err != nil {
		return err
	}
	file, err := os.CreateTemp(s.dir, ".check-*")
	if err != nil {
		return err
	}
	_, err = file.WriteString("x")
	err = errors.Join(err, file.Close())
	if err == nil {
		var held *fileLock
		if held, err = s.takeLock(file.Name(), false); err == nil && held != nil {
			held.release()
		}
	}
	return errors.Join(err, os.Remove(file.Name()))
}

// List returns all accounts by name, the default first. Changes that a crash left
// half done are completed or undone first. Otherwise it only reads one file.
func (s *Store) List(ctx context.Context) ([]Account, error) {
	x, err := s.readIndex()
	if err != nil {
		return nil, err
	}
	if s.settleAll(ctx, x) {
		if x, err = s.readIndex(); err != nil {
			return nil, err
		}
	}
	return x.list(), nil
}

// Find returns the account with the name query. If only one account matches, query
// can also be a domain, with or without a port, its first label, or else a user name.
// "" is the default account. With service, only accounts of that service count, and "" is the
// only one of them if the default is of another. Errors: ErrNoAccount,
// *AmbiguousError.
func (s *Store) Find(ctx context.Context, query string, service *oauth.Service) (Account, error) {
	accounts, err := s.List(ctx)
	if err != nil {
		return Account{}, err
	}
	return choose(accounts, strings.ToLower(query), service)
}

// choose is Find among these accounts. Query is in lower case.
func choose(accounts []Account, query string, service *oauth.Service) (Account, error) {
	exact, query := query, strings.TrimSpace(query) // a user name may begin with a space
	var found, users []Account
	for _, a := range accounts {
		switch {
		case service != nil && a.Service != service.String():
		case strings.EqualFold(a.Name, exact), strings.EqualFold(a.Name, query), query == "" && a.Default:
			return a, nil
		case query == "", a.answersTo(query):
			found = append(found, a)
		case strings.EqualFold(a.Username, query):
			users = append(users, a)
		}
	}
	if len(found) == 0 {
		found = users
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		names := make([]string, 0, len(found))
		for _, a := range found {
			names = append(names, a.Name)
		}
		return Account{}, &AmbiguousError{query, names}
	case query == "":
		return Account{}, ErrNoAccount
	}
	return Account{}, fmt.Errorf("%w: %s", ErrNoAccount, query)
}

// answersTo reports whether query is the account's host, with or without its port,
// or the host's first label.
func (a Account) answersTo(query string) bool {
	host := strings.ToLower(a.Domain)
	name := host
	if bare, _, err := net.SplitHostPort(host); err == nil {
		name = bare
	}
	label, _, _ := strings.Cut(name, ".")
	return query == host || query == name || query == label
}

// Key returns the API key that the account signed in with. Its secret is zero if the
// key has none, or if the keyring has lost it.
func (s *Store) Key(ctx context.Context, account Account) (oauth.Key, error) {
	key := oauth.Key{ID: account.KeyID, RedirectURI: account.RedirectURI}
	stored, err := s.readItem(ctx, account.Name)
	if err != nil && !errors.Is(err, keyring.ErrNotFound) && !errors.Is(err, ErrBrokenItem) {
		return oauth.Key{}, err
	}
	key.Secret = oauth.NewSecret(stored.ClientSecret)
	return key, nil
}

// Status is what a check found out about an account.
type Status struct {
	At        time.Time
	Checked   bool              // Egnyte accepted the token
	Trouble   Trouble           // what prevented the check; "": nothing does any more
	Until     *time.Time        // with Throttled: when Egnyte asked to come back
	Reconnect oauth.RefusalKind // why the user has to sign in again; "": they don't
}

// Record writes what checks found, by account name. An account that is no longer
// Ready is left alone.
func (s *Store) Record(ctx context.Context, found map[string]Status) error {
	return s.updateIndex(ctx, func(x *index) error {
		for n := range x.Accounts {
			if status, ok := found[x.Accounts[n].Name]; ok && x.Accounts[n].State == Ready {
				x.Accounts[n].apply(status)
			}
		}
		return nil
	})
}

// Judge decides what Egnyte's answer to a call for its user means for an account whose
// token was just renewed, or can't be. If the token was refused, or if it belongs to
// another user, the account turns to Reconnect. Otherwise it returns err. A bare 401
// without a code may come from a proxy, and the refresh token works: it is temporary.
func (s *Store) Judge(ctx context.Context, a Account, user oauth.User, err error) error {
	cause := &ReconnectError{a.Name, ReasonOtherUser, err}
	switch refusal := (*oauth.Refusal)(nil); {
	case oauth.TokenRefused(err) && errors.As(err, &refusal):
		if refusal.Code == "" {
			bare := *refusal
			bare.Kind = oauth.RefusedUnreadable
			return &bare
		}
		cause.Reason = refusal.Kind
	case err != nil || a.isUser(user):
		return err
	}
	return s.SignedOut(ctx, cause)
}

// SignedOut turns an account to Reconnect, and returns the cause.
func (s *Store) SignedOut(ctx context.Context, cause *ReconnectError) error {
	status := Status{At: s.Now(), Reconnect: cause.Reason}
	return errors.Join(cause, s.Record(ctx, map[string]Status{cause.Account: status}))
}

func (e *entry) apply(s Status) {
	at := s.At.UTC().Truncate(time.Second)
	switch {
	case s.Reconnect != "":
		e.reconnect(s.Reconnect)
	case s.Checked:
		e.Checked = &at
		e.clearTrouble()
	case s.Trouble == "":
		e.clearTrouble()
	default:
		if e.Trouble != s.Trouble || e.Since == nil {
			e.Since = &at
		}
		e.Trouble, e.Until = s.Trouble, s.Until
	}
}

// MarkNotified records that the user was notified that these accounts have to sign
// in again. It is reset when an account turns to Reconnect the next time.
func (s *Store) MarkNotified(ctx context.Context, names ...string) error {
	return s.updateIndex(ctx, func(x *index) error {
		for _, name := range names {
			if e := x.find(name); e != nil && e.State == Reconnect {
				e.Notified = true
			}
		}
		return nil
	})
}

// SetDefault makes name the default account.
func (s *Store) SetDefault(ctx context.Context, name string) error {
	return s.updateEntry(ctx, name, func(x *index, chosen *entry) {
		for n := range x.Accounts {
			x.Accounts[n].Default = &x.Accounts[n] == chosen
		}
	})
}

// markReconnect records that the user has to sign in again. The caller must hold the
// account lock.
func (s *Store) markReconnect(ctx context.Context, name string, reason oauth.RefusalKind) error {
	return s.updateEntry(ctx, name, func(_ *index, e *entry) { e.reconnect(reason) })
}

func (e *entry) reconnect(reason oauth.RefusalKind) {
	if e.State != Reconnect {
		e.Notified = false
	}
	e.State, e.Reason, e.Pause = Reconnect, reason, nil
	e.clearTrouble()
}

func (e *entry) clearTrouble() { e.Trouble, e.Since, e.Until = "", nil, nil }
