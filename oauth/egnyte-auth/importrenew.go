package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

// renewLimit bounds the token request of an import. It goes on when the person
// gives up: from Egnyte's answer on, the pair in the file is dead.
const renewLimit = 20 * time.Second

// overError: the access token in a file is over, and its refresh token may
// work. Trying that ends both for the tool, so it takes a --remove.
type overError struct{ err error }

func (e *overError) Error() string {
	return fmt.Sprintf("its access token is over (%v). --apply --remove renews it, which ends the tool's own tokens", e.err)
}
func (e *overError) Unwrap() error { return e.err }

// isOver reports that Egnyte refuses the token, and not something else.
func isOver(err error) bool {
	var refusal *oauth.Refusal
	return errors.As(err, &refusal) && (refusal.Kind == oauth.RefusedUnauthorized || refusal.Kind == oauth.RefusedInactive)
}

// revive renews a credential whose access token is over. The new pair is in the
// keyring before anything else happens, under a name of its own, since whose it
// is has yet to be asked: an import that is interrupted there is finished by the
// next one, which looks there first.
func (i *importer) revive(ctx context.Context, domain oauth.Domain, c credential, over error) (credential, error) {
	if c.refresh.IsZero() || c.key.ID == "" {
		return c, over
	}
	if !i.apply || !i.remove {
		return c, &overError{over}
	}
	name := asideOf(c.refresh)
	held, err := i.keyring.Get(ctx, name)
	if err == nil {
		c.asides = append(c.asides, name)
		return c.with(held)
	}
	if !errors.Is(err, account.ErrNoSecret) {
		return c, err
	}
	if works, err := i.worksAt(ctx, domain); works || err != nil {
		return c, errors.Join(err, over, errWorksAlready)
	}
	token, err := i.renew(ctx, domain, c)
	if err != nil {
		return c, err
	}
	if err := i.keyring.Set(context.WithoutCancel(ctx), name, packAside(token)); err != nil {
		// No reason to lose what works: the keyring may take the account yet.
		i.say("  The renewed token could not be put aside: %v.", plain(err.Error()))
		return c.renewed(token), nil
	}
	importReached("put aside")
	c.asides = append(c.asides, name)
	return c.renewed(token), nil
}

// errWorksAlready: nobody can tell whose a token is that is over, and renewing
// one of a person who is signed in here would end it for nothing.
var errWorksAlready = errors.New("egnyte-auth has an account there that works, so nothing was renewed")

// worksAt reports an account at a domain that need not sign in again.
func (i *importer) worksAt(ctx context.Context, domain oauth.Domain) (bool, error) {
	accounts, err := i.store.List(ctx)
	return slices.ContainsFunc(accounts, func(a account.Account) bool {
		return a.Service == domain.Service().String() && a.Domain == domain.Host() && a.State == account.Ready
	}), err
}

// renew asks for a new pair. Where Egnyte says that the old one is dead, so is
// all that was put aside on the way to it.
func (i *importer) renew(ctx context.Context, domain oauth.Domain, c credential) (oauth.Token, error) {
	importReached("renewing")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewLimit)
	defer cancel()
	token, err := oauth.Refresh(ctx, i.http, domain, c.key, c.refresh, c.scopes)
	if refusal := (*oauth.Refusal)(nil); errors.As(err, &refusal) && refusal.Kind == oauth.RefusedInvalidGrant {
		i.release(ctx, c)
	}
	if err != nil {
		return oauth.Token{}, fmt.Errorf("renewing the token at %s: %w", domain, err)
	}
	importReached("renewed")
	if token.Refresh.IsZero() {
		token.Refresh = c.refresh
	}
	return token, nil
}

// release ends what was put aside, once it is an account's or dead.
func (i *importer) release(ctx context.Context, c credential) {
	for _, name := range c.asides {
		_ = i.keyring.Delete(ctx, name) // else the next import finds it, and does no harm with it
	}
	importReached("released")
}

// asideOf names the pair that comes of a refresh token. No account has a name
// without a domain.
func asideOf(refresh oauth.Secret) string {
	sum := sha256.Sum256([]byte(refresh.Reveal()))
	return "import-" + hex.EncodeToString(sum[:8])
}

// aside is a renewed pair as the keyring holds it until its account does.
type aside struct {
	Access  string    `json:"access_token"`
	Refresh string    `json:"refresh_token"`
	Issued  time.Time `json:"issued"`
	Expiry  time.Time `json:"expiry,omitzero"`
	Scopes  string    `json:"scope"`
}

func packAside(token oauth.Token) oauth.Secret {
	text, _ := json.Marshal(aside{token.Access.Reveal(), token.Refresh.Reveal(), token.Issued, token.Expiry, strings.Join(token.Scopes, " ")}) // can't fail
	return oauth.NewSecret(string(text))
}

var errBrokenAside = errors.New("what an interrupted import put aside in the keyring can't be read")

func (c credential) with(held oauth.Secret) (credential, error) {
	var a aside
	if json.Unmarshal([]byte(held.Reveal()), &a) != nil || a.Access == "" {
		return c, errBrokenAside
	}
	return c.renewed(oauth.Token{
		Access: oauth.NewSecret(a.Access), Refresh: oauth.NewSecret(a.Refresh), Issued: a.Issued, Expiry: a.Expiry, Scopes: strings.Fields(a.Scopes),
	}), nil
}

// renewed is the credential with another token. Its places in the file, and what
// they hold, stay: that is what leaves the file.
func (c credential) renewed(token oauth.Token) credential {
	c.access, c.refresh = token.Access, token.Refresh
	c.issued, c.expiry, c.scopes = token.Issued, token.Expiry, token.Scopes
	return c
}
