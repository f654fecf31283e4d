// Package client signs a user in to Egnyte and saves the account. The window, the
// tray and the terminal all use it:
//
//	c := &client.Client{Dir: dir, Keyring: keyring, Accounts: account.Open(dir, keyring)}
//	a, err := c.SignIn(ctx, client.Request{Settings: settings.Values{"domain": "acme"}}, ui)
//
// To get a token of an account that is saved, see package account.
package client

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"egnyte-accounts/assets"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
)

// BrowserLimit is how long a user has in the browser unless a Request says otherwise.
const BrowserLimit = 5 * time.Minute

// keyringLimit limits each use of the keyring: the system may ask the user to unlock it.
const keyringLimit = 2 * time.Minute

// Client signs users in. A program creates one and keeps it; calls to Egnyte go
// through the HTTP client of Accounts.
type Client struct {
	Dir      string           // of the settings: settings.Dir
	Keyring  settings.Secrets // has the API keys' secrets
	Accounts *account.Store   // where accounts are saved
	Pages    *assets.Pages    // what the browser shows at the end; nil: English
}

// Request is the sign-in that the user asked for.
type Request struct {
	Again    *account.Account // sign in as this account again; nil: as Settings say
	Settings settings.Values  // what the user chose, over what is set up
	Flow     oauth.Flow       // with Again: instead of the flow that the account remembers, unless empty

	Username string        // for the password flow
	Paste    bool          // the user pastes the address at which the browser ends, wherever that is
	NoPaste  bool          // the user can't paste: if they had to, the error is a *redirect.ElsewhereError
	Timeout  time.Duration // for the user in the browser; zero: BrowserLimit

	// KeepUnsaved: if saving fails, the error is an *UnsavedError and the token stays
	// valid. The caller must Save or Discard it. Otherwise SignIn revokes the token.
	KeepUnsaved bool
}

// name is the account that the sign-in is for; "" if the user decides in the browser.
func (r Request) name() string {
	if r.Again == nil {
		return ""
	}
	return r.Again.Name
}

// UI is the user's side of a sign-in. Its methods are called from any goroutine.
type UI interface {
	// Check is called once the settings are resolved, and before the keyring is asked
	// for the key's secret. An error ends the sign-in.
	Check(oauth.SignIn) error
	// Password returns the password of a user, for the password flow.
	Password(ctx context.Context, username string, domain oauth.Domain) (oauth.Secret, error)
	// Open opens the browser. If it fails, a Step says so, and the sign-in goes on
	// waiting.
	Open(ctx context.Context, url string) error
	// Step is called for each step. AskDomain and ConfirmUser wait for an answer.
	Step(oauth.Step)
}

// UnsavedError: the user signed in, but the account could not be saved. The token
// stays valid until it is passed to Client.Save or Client.Discard.
type UnsavedError struct {
	Grant oauth.Grant
	Err   error
}

func (e *UnsavedError) Error() string { return e.Err.Error() }
func (e *UnsavedError) Unwrap() error { return e.Err }

// SignIn signs the user in and saves the account:
//
//  1. resolve the settings: which key, which redirect address, which service
//  2. check the keyring, in parallel with 3
//  3. start the receiver, build the authorize URL, and ask Egnyte once whether it
//     would refuse
//  4. open the browser and wait for the callback
//  5. find the domain, exchange the code for a token, read whose it is
//  6. save the account, or revoke the token if that fails
//
// With the password flow, the password takes the place of 3 and 4. When ctx ends, the
// sign-in ends and leaves nothing behind.
func (c *Client) SignIn(ctx context.Context, r Request, ui UI) (account.Account, error) {
	known, err := c.resolve(ctx, r, ui)
	if err != nil {
		return account.Account{}, err
	}
	signIn := known.SignIn()
	signIn.Check = c.unlock
	if signIn.Flow == oauth.FlowPassword { // don't ask for a password that can't be used
		if err := c.unlock(ctx); err != nil {
			return account.Account{}, err
		}
		signIn.Check, signIn.Username = nil, r.Username
		if signIn.Password, err = ui.Password(ctx, r.Username, signIn.Domain); err != nil {
			return account.Account{}, err
		}
	}
	listener := redirect.For(c.Dir, known.Relay, !r.NoPaste)
	listener.PasteOnly, listener.Pages = r.Paste, c.Pages
	signIn.Listen, signIn.Browser, signIn.Report = listener.Listen, ui, ui.Step
	signIn.HTTP, signIn.Timeout = c.Accounts.HTTP, cmp.Or(r.Timeout, BrowserLimit)
	done := c.Accounts.SigningIn()
	grant, err := signIn.Run(ctx)
	done()
	if err != nil {
		return account.Account{}, err
	}
	return c.save(ctx, r, grant)
}

// Save tries again to save what SignIn with r could not. With another r, it saves the
// user who signed in as what that asks for. Its errors are those of SignIn.
func (c *Client) Save(ctx context.Context, r Request, u *UnsavedError) (account.Account, error) {
	return c.save(ctx, r, u.Grant)
}

// Discard revokes the token of a sign-in that was not saved.
func (c *Client) Discard(ctx context.Context, u *UnsavedError) {
	_ = c.Accounts.Discard(ctx, u.Grant) // if it fails, the token expires by itself
}

// resolve reads the settings once. They are those in force now, and for an account its
// own key, unless that has been replaced since.
func (c *Client) resolve(ctx context.Context, r Request, ui UI) (settings.Effective, error) {
	ctx, cancel := context.WithTimeout(ctx, keyringLimit)
	defer cancel()
	if r.Again == nil {
		known, err := settings.Load(c.Dir, r.Settings)
		if err == nil {
			err = ui.Check(known.SignIn())
		}
		if err != nil {
			return settings.Effective{}, err
		}
		if known, err = known.WithSecret(ctx, c.Keyring); err != nil {
			err = fmt.Errorf("fetching the key's secret: %w", err)
		}
		return known, err
	}
	a := *r.Again
	key, err := c.Accounts.Key(ctx, a)
	if err != nil {
		return settings.Effective{}, err
	}
	known, err := settings.LoadAgain(ctx, c.Dir, c.Keyring, settings.Existing{Service: a.Service, Domain: a.Domain, Key: key, Flow: cmp.Or(r.Flow, a.Flow), Scopes: a.Scopes})
	if err != nil {
		return settings.Effective{}, err
	}
	known.Flow = cmp.Or(r.Flow, known.Flow)
	return known, ui.Check(known.SignIn())
}

func (c *Client) unlock(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, keyringLimit)
	defer cancel()
	return c.Accounts.Unlock(ctx)
}

// save saves a grant, or revokes its token unless KeepUnsaved and the caller is still there.
func (c *Client) save(ctx context.Context, r Request, grant oauth.Grant) (account.Account, error) {
	limited, cancel := context.WithTimeout(ctx, keyringLimit)
	defer cancel()
	a, err := c.Accounts.Save(limited, r.name(), grant)
	if err == nil {
		return a, nil
	}
	unsaved := &UnsavedError{grant, fmt.Errorf("keeping the account: %w", err)}
	if r.KeepUnsaved && ctx.Err() == nil {
		return account.Account{}, unsaved
	}
	c.Discard(ctx, unsaved)
	return account.Account{}, unsaved.Err
}
