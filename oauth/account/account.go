// Package account keeps the accounts that are signed in: an index without
// secrets, one keyring item per account, and a lock for each.
package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"egnyte-accounts/oauth"
)

// State is what an account's owner needs to know of it.
type State string

// The states.
const (
	Ready     State = "ready"
	Reconnect State = "reconnect" // a person has to sign in again
	Pending   State = "pending"   // being written right now
)

// Account is one entry of the index. It holds no secret.
type Account struct {
	Name        string            `json:"account"` // jsmith@acme.egnyte.com, with the service's port
	Service     string            `json:"service"` // URL
	Domain      string            `json:"domain"`  // host
	Username    string            `json:"username"`
	UserID      int64             `json:"user_id"`
	DisplayName string            `json:"name"`
	State       State             `json:"state"`
	Reason      oauth.RefusalKind `json:"reason,omitempty"` // why State is Reconnect, where known
	Told        bool              `json:"told,omitempty"`   // its person has been notified that State is Reconnect
	Expires     *time.Time        `json:"expires"`          // nil: does not expire
	Scopes      []string          `json:"scopes"`
	Default     bool              `json:"default"`
	KeyID       string            `json:"client_id"`
	RedirectURI string            `json:"redirect_uri"`
	Flow        oauth.Flow        `json:"flow"`
	Added       time.Time         `json:"added"`
	Renewed     time.Time         `json:"renewed"`

	// What the last check found, for people to read. Trouble is passing: the
	// account stays Ready, and the keeper tries again.
	Checked *time.Time `json:"checked,omitempty"` // when Egnyte last accepted the token
	Trouble Trouble    `json:"trouble,omitempty"`
	Since   *time.Time `json:"since,omitempty"` // when Trouble began
	Until   *time.Time `json:"until,omitempty"` // when Egnyte asked to come back; nil: it did not say
}

// Trouble is what passes by itself, but for Locked; each is a code of oauth/advice.
type Trouble string

// The troubles of an account.
const (
	Offline   Trouble = "offline"        // no answer
	Throttled Trouble = "throttled"      // Egnyte asked to wait
	Unwell    Trouble = "server-trouble" // answers that mean nothing
	Locked    Trouble = "keyring-locked" // nothing can be renewed until somebody opens the keyring: Store.Unlock
)

// IsLocked tells an account that waits for somebody to open the keyring.
func (a Account) IsLocked() bool { return a.State == Ready && a.Trouble == Locked }

// Reasons for Reconnect that are no refusals of Egnyte's.
const (
	// ReasonUnsaved: Egnyte had replaced the account's tokens and the keyring
	// would not keep the new ones.
	ReasonUnsaved oauth.RefusalKind = "unsaved"
	// ReasonGone: the keyring has no tokens for the account.
	ReasonGone oauth.RefusalKind = "secret-gone"
	// ReasonExpired: the token's time is over and there is nothing to renew it with.
	ReasonExpired oauth.RefusalKind = "expired"
)

// OAuthDomain is the domain as package oauth knows it. It has to be the one in
// the account's name, under which the keyring has the tokens: an index that
// somebody else could write must not say where they are sent.
func (a Account) OAuthDomain() (oauth.Domain, error) {
	if !strings.HasSuffix(strings.ToLower(a.Name), "@"+strings.ToLower(a.Domain)) {
		return oauth.Domain{}, fmt.Errorf("account %s: %w, not of %s", a.Name, errOtherDomain, a.Domain)
	}
	service, err := oauth.ParseService(a.Service)
	if err != nil {
		return oauth.Domain{}, fmt.Errorf("account %s: %w", a.Name, err)
	}
	domain, err := service.ParseDomain(a.Domain)
	if err != nil {
		return oauth.Domain{}, fmt.Errorf("account %s: %w", a.Name, err)
	}
	return domain, nil
}

// Keyring is the system keyring as this package uses it. Every call is bound
// by its context.
type Keyring interface {
	Get(ctx context.Context, user string) (oauth.Secret, error) // ErrNoSecret
	Set(ctx context.Context, user string, secret oauth.Secret) error
	Delete(ctx context.Context, user string) error // nil when there was none
}

// Errors of this package.
var (
	ErrNoSecret  = error(noSecret{}) // settings knows it by its NotFound
	ErrNoAccount = errors.New("no such account")
	ErrReconnect = errors.New("the account has to sign in again")

	errExpired = errors.New("its token has expired")
)

var errOtherDomain = errors.New("its tokens are of another domain")

type noSecret struct{}

func (noSecret) Error() string  { return "the keyring holds no such item" }
func (noSecret) NotFound() bool { return true }

// KeyringError: the keyring is absent, locked, or did not answer.
type KeyringError struct {
	Kind KeyringTrouble
	Err  error
}

// KeyringTrouble tells what to advise.
type KeyringTrouble string

// The troubles.
const (
	KeyringAbsent KeyringTrouble = "absent"
	KeyringLocked KeyringTrouble = "locked"
	KeyringSilent KeyringTrouble = "silent" // no answer in time
	KeyringFailed KeyringTrouble = "failed"
)

func (e *KeyringError) Error() string {
	return "the system keyring (" + string(e.Kind) + "): " + e.Err.Error()
}
func (e *KeyringError) Unwrap() error { return e.Err }

// AmbiguousError: a query that more than one account answers to.
type AmbiguousError struct {
	Query string
	Names []string
}

func (e *AmbiguousError) Error() string {
	if e.Query == "" {
		return "more than one account could be meant: name one"
	}
	return e.Query + " means more than one account"
}

// ReconnectError is an ErrReconnect that says whose and why.
type ReconnectError struct {
	Account string
	Reason  oauth.RefusalKind // "": not known
	Err     error             // the cause; nil: the account was marked before
}

func (e *ReconnectError) Error() string {
	text := fmt.Sprintf("%s: %v", e.Account, ErrReconnect)
	switch {
	case e.Err != nil:
		text += ": " + e.Err.Error()
	case e.Reason != "":
		text += " (" + string(e.Reason) + ")"
	}
	return text
}

// Unwrap makes it an ErrReconnect.
func (e *ReconnectError) Unwrap() []error {
	if e.Err == nil {
		return []error{ErrReconnect}
	}
	return []error{ErrReconnect, e.Err}
}

// LostPairError: Egnyte has replaced the account's tokens, and the keyring did
// not keep the new ones, however often it was asked. The account says Reconnect.
type LostPairError struct {
	Account string
	Err     error
}

func (e *LostPairError) Error() string {
	return fmt.Sprintf("%s: %v: the renewed tokens could not be kept: %v", e.Account, ErrReconnect, e.Err)
}

// Unwrap makes it an ErrReconnect too.
func (e *LostPairError) Unwrap() []error { return []error{ErrReconnect, e.Err} }

// NotRevokedError: the account's token could not be revoked, so nothing was
// removed. Err is ErrNoSecret or ErrBrokenItem if the keyring has no token to
// revoke. Store.Remove removes the account here anyway.
type NotRevokedError struct {
	Account string
	Err     error
}

func (e *NotRevokedError) Error() string {
	return fmt.Sprintf("%s is still signed in: its token could not be revoked: %v", e.Account, e.Err)
}
func (e *NotRevokedError) Unwrap() error { return e.Err }

// OtherPersonError: a reconnect of Want came back as somebody else. Nothing
// was replaced; Grant can be added as an account of its own.
type OtherPersonError struct {
	Want  Account
	Grant oauth.Grant
}

func (e *OtherPersonError) Error() string {
	return "another person came back from the browser: " + e.Grant.User.Username + "@" + e.Grant.Domain.Host() + " instead of " + e.Want.Name
}
