package account

import (
	"errors"
	"fmt"

	"egnyte-accounts/oauth"
)

// Errors that callers tell apart. An error of the keyring is a *keyring.Error.
var (
	ErrNoAccount = errors.New("no such account")
	ErrReconnect = errors.New("the account has to sign in again")
	// ErrNotAsked is a locked keyring in a context of WithoutPrompt.
	ErrNotAsked = errors.New("it is locked, and no prompt may be shown")
	// ErrBrokenItem is a keyring item that is damaged or belongs to another account. The
	// error never quotes its tokens.
	ErrBrokenItem = errors.New("the keyring item of the account can't be read")

	errExpired     = errors.New("its token has expired")
	errOtherDomain = errors.New("its tokens are of another domain")
)

// IndexError is a list of accounts that this program can't read. It is left as it
// is: overwriting it would orphan secrets in the keyring.
type IndexError struct {
	Path   string
	Reason string
}

func (e *IndexError) Error() string {
	return fmt.Sprintf("the list of accounts in %s can't be read (%s): mend the file, or move it away and sign in again", e.Path, e.Reason)
}

// NewerError is something that a newer version of this app wrote, so that this one
// doesn't change it.
type NewerError struct {
	What string // a file, or an account
}

func (e *NewerError) Error() string { return "a newer version of this app wrote " + e.What }

// Code is the code of package advice.
func (e *NewerError) Code() string { return "newer" }

// Facts are what the sentences of package advice can name.
func (e *NewerError) Facts() map[string]string { return map[string]string{"file": e.What} }

// AmbiguousError is a query that matches more than one account.
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

// ReconnectError is an ErrReconnect that says which account, and why.
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

// LostPairError means that Egnyte has replaced the account's tokens and the keyring
// did not take the new ones, in several tries. The account's State is Reconnect.
type LostPairError struct {
	Account string
	Err     error
}

func (e *LostPairError) Error() string {
	return fmt.Sprintf("%s: %v: the renewed tokens could not be kept: %v", e.Account, ErrReconnect, e.Err)
}

// Unwrap makes it an ErrReconnect too.
func (e *LostPairError) Unwrap() []error { return []error{ErrReconnect, e.Err} }

// NotRevokedError means that the account's token could not be revoked, so nothing was
// removed. Err is keyring.ErrNotFound, ErrBrokenItem or *NewerError if the keyring has no token to
// revoke. Store.Remove removes the account from this machine anyway.
type NotRevokedError struct {
	Account string
	Err     error
}

func (e *NotRevokedError) Error() string {
	return fmt.Sprintf("%s is still signed in: its token could not be revoked: %v", e.Account, e.Err)
}
func (e *NotRevokedError) Unwrap() error { return e.Err }

// OtherPersonError means that a different user signed in than the one whose account
// Want was to be reconnected. Nothing was replaced; Grant can be saved as a new
// account.
type OtherPersonError struct {
	Want  Account
	Grant oauth.Grant
}

func (e *OtherPersonError) Error() string {
	return "another person came back from the browser: " + e.Grant.User.Username + "@" + e.Grant.Domain.Host() + " instead of " + e.Want.Name
}
