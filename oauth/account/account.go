// Package account keeps the accounts that the user has signed in to: a list
// without secrets, one keyring item per account, and a lock for each.
//
// A program that calls Egnyte needs only [TokenSource]:
//
//	client := oauth2.NewClient(ctx, account.TokenSource(ctx, "acme"))
//	reply, err := client.Get("https://acme.egnyte.com/pubapi/v1/fs/Shared")
//
// The user signs in once, with the app or with `egnyte-auth signin acme`. From then
// on all programs of that user share the account: the first that finds the token
// about to expire renews it for all.
//
// [Store] is for programs that manage accounts. [Store.List] and [Store.Find] say
// which accounts there are, [Store.Token] returns a token and renews it if needed,
// [Store.Save] keeps a sign-in and [Store.SignOut] ends it.
package account

import (
	"fmt"
	"strings"
	"time"

	"egnyte-accounts/oauth"
)

// State is what the user needs to know about an account.
type State string

// The states.
const (
	Ready     State = "ready"
	Reconnect State = "reconnect" // the user has to sign in again
	Pending   State = "pending"   // being written right now
)

// Account is one entry of the list. It contains no secret.
type Account struct {
	Name        string            `json:"account"` // jsmith@acme.egnyte.com, with the service's port
	Service     string            `json:"service"` // URL
	Domain      string            `json:"domain"`  // host
	Username    string            `json:"username"`
	UserID      int64             `json:"user_id"`
	DisplayName string            `json:"name"`
	State       State             `json:"state"`
	Reason      oauth.RefusalKind `json:"reason,omitempty"` // why State is Reconnect, if known
	Notified    bool              `json:"told,omitempty"`   // the user has seen a notification that State is Reconnect
	Expires     *time.Time        `json:"expires"`          // nil: does not expire
	Scopes      []string          `json:"scopes"`
	Default     bool              `json:"default"`
	KeyID       string            `json:"client_id"`
	RedirectURI string            `json:"redirect_uri"`
	Flow        oauth.Flow        `json:"flow"`
	Added       time.Time         `json:"added"`
	Renewed     time.Time         `json:"renewed"`

	// What the last check found. With Trouble the account stays Ready, and package
	// refresher tries again.
	Checked *time.Time `json:"checked,omitempty"` // when Egnyte last accepted the token
	Trouble Trouble    `json:"trouble,omitempty"`
	Since   *time.Time `json:"since,omitempty"` // when Trouble began
	Until   *time.Time `json:"until,omitempty"` // when Egnyte asked to come back; nil: it did not say
}

// Known returns a *NewerError if this version doesn't know the account's State.
func (a Account) Known() error {
	switch a.State {
	case Ready, Reconnect, Pending:
		return nil
	}
	return &NewerError{fmt.Sprintf("the account %s (%s)", a.Name, a.State)}
}

// At returns the account as it is at that time: Reconnect if its token has expired by
// then and can't be renewed. Every program that shows an account shows this.
func (a Account) At(now time.Time) Account {
	if a.State == Ready && a.Flow == oauth.FlowImplicit && a.Expires != nil && !a.Expires.After(now) {
		a.State, a.Reason = Reconnect, ReasonExpired
	}
	return a
}

// Trouble is a temporary problem. All clear by themselves except Locked. Each is a
// code of package advice.
type Trouble string

// The troubles of an account.
const (
	Offline   Trouble = "offline"        // no answer
	Throttled Trouble = "throttled"      // Egnyte asked to wait
	Unwell    Trouble = "server-trouble" // answers that can't be understood
	Locked    Trouble = "keyring-locked" // see Store.Unlock
)

// IsLocked reports an account that can't be renewed until the user unlocks the
// keyring.
func (a Account) IsLocked() bool { return a.State == Ready && a.Trouble == Locked }

// Reasons for Reconnect that don't come from Egnyte.
const (
	// ReasonUnsaved: Egnyte replaced the account's tokens, and the keyring didn't
	// take the new ones.
	ReasonUnsaved oauth.RefusalKind = "unsaved"
	// ReasonGone: the keyring has no tokens for the account.
	ReasonGone oauth.RefusalKind = "secret-gone"
	// ReasonOtherUser: the keyring has another user's tokens for the account.
	ReasonOtherUser oauth.RefusalKind = "other-user"
	// ReasonExpired: the token has expired and can't be renewed.
	ReasonExpired oauth.RefusalKind = "expired"
)

// OAuthDomain is the domain as package oauth knows it. It must match the account's
// name, under which the keyring has the tokens: a manipulated list must not decide
// where they are sent.
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
