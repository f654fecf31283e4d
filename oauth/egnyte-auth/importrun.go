package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/internal/wholefile"
)

// importer carries credentials over, in an order that a crash can't spoil: the
// keyring is written and read back before a file loses anything.
type importer struct {
	home    string
	store   *account.Store
	service oauth.Service // of a domain that is a name alone
	only    bool          // credentials of other services are passed over
	locked  oauth.Domain  // the only one that the policy allows; zero: any
	lock    string        // path of the lock that keeps two imports apart
	http    *http.Client
	other   func(service, user string) oauth.Secret // another tool's keyring item; nil: not looked at
	out     io.Writer
	apply   bool
	remove  bool

	commandLine string // see commandLine

	kept     map[string]oauth.Secret // by account, what a dry run would have kept
	failures []error
}

func (i *importer) run(ctx context.Context, chosen []format) error {
	i.kept = map[string]oauth.Secret{}
	before, err := i.store.List(ctx)
	if err != nil {
		return err
	}
	if i.apply {
		if err := i.store.Unlock(ctx); err != nil {
			return err
		}
		release, err := i.alone()
		if err != nil {
			return err
		}
		defer release()
	}
	total := 0
	for _, f := range chosen {
		total += i.tool(ctx, f, len(before) == 0)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return i.conclude(total)
}

// alone keeps a second import away, which would rewrite the same files.
func (i *importer) alone() (release func(), err error) {
	if err := wholefile.MakeFolder(filepath.Dir(i.lock)); err != nil {
		return nil, fmt.Errorf("making the folder of accounts: %w", err)
	}
	file := flock.New(i.lock, flock.SetPermissions(0o600))
	taken, err := file.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking: %w", err)
	}
	if !taken {
		return nil, &toldError{"Another import is running. Wait for its end, then try again.", 4, nil}
	}
	return func() { _ = file.Unlock() }, nil
}

// tool carries over what one tool has, and says how many credentials that were.
func (i *importer) tool(ctx context.Context, f format, first bool) int {
	found, err := i.read(f)
	if err != nil {
		i.say("%s", f.title)
		i.fail(err)
		return 1
	}
	for _, c := range found {
		i.say("%s%s", f.title, profileWords(c.label))
		if err := i.one(ctx, f, c, first); err != nil {
			i.fail(err)
		}
		if c.warning != "" {
			i.say("  %s", c.warning)
		}
	}
	return len(found)
}

func profileWords(label string) string {
	if label == "" {
		return ""
	}
	return ", profile " + plain(label)
}

// read gives the credentials that a tool has, those with a refresh token first:
// of two for one account the better one is kept.
func (i *importer) read(f format) ([]credential, error) {
	files := make([]object, len(f.files))
	some := false
	for n := range f.files {
		data, err := wholefile.Read(i.path(f, n))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			files[n], err = readObject(data)
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", i.shown(f, n), err)
		}
		some = true
	}
	if !some {
		return nil, nil
	}
	found := slices.DeleteFunc(f.read(files), func(c credential) bool { return len(c.secrets) == 0 && !c.hasPassword || !i.wanted(c) })
	slices.SortStableFunc(found, func(a, b credential) int {
		switch {
		case a.refresh.IsZero() == b.refresh.IsZero():
			return 0
		case b.refresh.IsZero():
			return -1
		}
		return 1
	})
	for n := range found {
		if f.keyring != "" && i.apply && i.other != nil {
			found[n] = i.complete(f, found[n])
		}
	}
	return found, nil
}

func (i *importer) wanted(c credential) bool {
	domain, err := domainOf(c.domain, i.service)
	return !i.only || err != nil || domain.Service().Equal(i.service)
}

// complete adds what the tool itself keeps in the keyring.
func (i *importer) complete(f format, c credential) credential {
	if c.refresh.IsZero() {
		if c.refresh = i.other(f.keyring, "refresh_token"); !c.refresh.IsZero() {
			c.warning = f.title + " keeps its refresh token in the keyring as well. Sign out there: the first of both programs that renews it ends it for the other."
		}
	}
	if c.key.Secret.IsZero() {
		c.key.Secret = i.other(f.keyring, "client_secret")
	}
	return c
}

// one carries one credential over.
func (i *importer) one(ctx context.Context, f format, c credential, first bool) error {
	grant, err := i.check(ctx, f, &c)
	if err != nil {
		return err
	}
	name, has, err := i.has(ctx, grant)
	if err != nil {
		return err
	}
	switch {
	case has.Equal(grant.Token.Access):
		i.say("  %s: its token is in the keyring.", name)
	case !has.IsZero():
		i.say("  %s: egnyte-auth has a token of its own that works; this other one stays where it is.", name)
		if i.remove {
			return errOtherToken
		}
		return nil
	case !i.apply:
		i.say("  %s: would go into the keyring.", name)
		i.kept[name] = grant.Token.Access
	default:
		if err := i.keep(ctx, grant, first && c.isDefault); err != nil {
			return err
		}
		i.say("  %s: kept in the keyring.", name)
	}
	if i.remove {
		return i.takeOut(ctx, f, c, grant)
	}
	return nil
}

var (
	errNoToken   = errors.New("it has secrets, but no token that could be imported: delete them from the file if nothing needs them")
	errRenewable = errors.New("its token has expired, and its refresh token may still work: --apply --remove renews it")
)

// check asks Egnyte whose token it is.
func (i *importer) check(ctx context.Context, f format, c *credential) (oauth.Grant, error) {
	domain, err := domainOf(c.domain, i.service)
	if err != nil {
		return oauth.Grant{}, err
	}
	if !i.locked.IsZero() && i.locked.URL() != domain.URL() {
		return oauth.Grant{}, fmt.Errorf("the policy of this computer allows only %s, not %s", i.locked, domain)
	}
	err = errNoToken
	var user oauth.User
	if !c.access.IsZero() {
		user, err = oauth.UserInfo(ctx, i.http, domain, c.access)
	}
	if c.isRenewable() && (c.access.IsZero() || oauth.TokenRefused(err)) {
		if err = i.renew(ctx, f, c, domain); err == nil {
			user, err = oauth.UserInfo(ctx, i.http, domain, c.access)
		}
	}
	if err != nil {
		return oauth.Grant{}, fmt.Errorf("checking the token at %s: %w", domain, err)
	}
	now := time.Now()
	token := oauth.Token{Access: c.access, Refresh: c.refresh, Type: "bearer", Issued: c.issued, Expiry: c.expiry, Scopes: c.scopes}
	if token.Issued.IsZero() || token.Issued.After(now) {
		token.Issued = now
	}
	if !token.Expiry.After(now) {
		token.Expiry = time.Time{} // Egnyte has just taken it: the file is wrong
	}
	return oauth.Grant{Domain: domain, User: user, Token: token, Key: c.key, Flow: oauth.FlowCode}, nil
}

// isRenewable reports a refresh token in the first file, with the key that it needs.
func (c *credential) isRenewable() bool {
	return c.key.ID != "" && c.placeOf("refresh_token") != nil
}

// placeOf is the path of a secret in the first file; nil if it isn't there.
func (c *credential) placeOf(name string) []string {
	for _, s := range c.secrets {
		if s.file == 0 && s.path[len(s.path)-1] == name {
			return s.path
		}
	}
	return nil
}

// renew renews the token of a file that is about to lose it. The new pair goes into the
// file first, since the old one has ended: so a crash loses nothing.
func (i *importer) renew(ctx context.Context, f format, c *credential, domain oauth.Domain) error {
	if !i.apply || !i.remove {
		return errRenewable
	}
	token, err := oauth.Refresh(ctx, i.http, domain, c.key, c.refresh, c.scopes)
	if err != nil {
		return err
	}
	refresh := placedSecret{0, c.placeOf("refresh_token"), token.Refresh}
	access := placedSecret{0, append(slices.Clone(refresh.path[:len(refresh.path)-1]), "access_token"), token.Access}
	c.secrets = slices.DeleteFunc(c.secrets, func(s placedSecret) bool {
		return s.file == 0 && (slices.Equal(s.path, refresh.path) || slices.Equal(s.path, access.path))
	})
	c.secrets = append(c.secrets, access, refresh)
	c.access, c.refresh, c.issued, c.expiry = token.Access, token.Refresh, token.Issued, token.Expiry
	return edit(i.path(f, 0), func(data []byte) ([]byte, error) { return setSecrets(data, access, refresh) })
}

// has gives the account's name and the token that is kept for it; none where
// there is no account, or one that has to sign in again.
func (i *importer) has(ctx context.Context, grant oauth.Grant) (string, oauth.Secret, error) {
	name := grant.User.Username + "@" + grant.Domain.Host()
	accounts, err := i.store.List(ctx)
	if err != nil {
		return "", oauth.Secret{}, err
	}
	for _, a := range accounts {
		if !a.IsOf(grant) {
			continue
		}
		token, err := i.store.Token(ctx, a, account.TokenOptions{NoRenewal: true})
		if err != nil && !errors.Is(err, account.ErrReconnect) {
			return "", oauth.Secret{}, err
		}
		return a.Name, token.Access, nil
	}
	return plain(name), i.kept[plain(name)], nil
}

var errOtherToken = errors.New("its secrets are still in plain text: sign out in the tool that they belong to, then delete them from the file")

func (i *importer) keep(ctx context.Context, grant oauth.Grant, asDefault bool) error {
	kept, err := i.store.Save(ctx, "", grant)
	if err != nil {
		return fmt.Errorf("keeping the account: %w", err)
	}
	if asDefault {
		if err := i.store.SetDefault(ctx, kept.Name); err != nil {
			return fmt.Errorf("making %s the default: %w", kept.Name, err)
		}
	}
	return nil
}

// takeOut rewrites the tool's files without the secrets, once the keyring has
// shown that it holds every one of them.
func (i *importer) takeOut(ctx context.Context, f format, c credential, grant oauth.Grant) error {
	if i.apply {
		if err := i.readBack(ctx, grant); err != nil {
			return err
		}
	}
	for n := range slices.Backward(f.files) { // the access token's last: it is found by that
		var here []placedSecret
		var names []string
		for _, s := range c.secrets {
			if s.file == n {
				here = append(here, s)
				names = append(names, plain(strings.Join(s.path, ".")))
			}
		}
		if len(here) == 0 {
			continue
		}
		if !i.apply {
			i.say("  Would remove from %s: %s.", i.shown(f, n), strings.Join(names, ", "))
			continue
		}
		if err := edit(i.path(f, n), func(data []byte) ([]byte, error) { return cutSecrets(data, here) }); err != nil {
			return fmt.Errorf("taking the secrets out of %s: %w", i.shown(f, n), err)
		}
		i.say("  Removed from %s: %s.", i.shown(f, n), strings.Join(names, ", "))
	}
	return nil
}

var errNotReadBack = errors.New("the keyring does not give back what it was given, so the file keeps its secrets")

// readBack compares what the keyring holds with everything that the file is
// about to lose.
func (i *importer) readBack(ctx context.Context, grant oauth.Grant) error {
	accounts, err := i.store.List(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(accounts, func(a account.Account) bool {
		return a.IsOf(grant)
	})
	if at < 0 {
		return errNotReadBack
	}
	token, err := i.store.Token(ctx, accounts[at], account.TokenOptions{NoRenewal: true})
	if err != nil {
		return fmt.Errorf("reading the keyring back: %w", err)
	}
	key, err := i.store.Key(ctx, accounts[at])
	if err != nil {
		return fmt.Errorf("reading the keyring back: %w", err)
	}
	for _, s := range []struct{ given, held oauth.Secret }{
		{grant.Token.Access, token.Access}, {grant.Token.Refresh, token.Refresh}, {grant.Key.Secret, key.Secret},
	} {
		if !s.given.IsZero() && !s.held.Equal(s.given) {
			return errNotReadBack
		}
	}
	return nil
}

// edit changes a file, which keeps its mode, and its place if it is a link.
func edit(path string, change func(data []byte) ([]byte, error)) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if hasOtherLinks(info) { // under its other name the old file would stay
		return errors.New("the file has a second name (a hard link), under which its secrets would stay: delete one of both first")
	}
	data, err := wholefile.Read(path)
	if err != nil {
		return err
	}
	if data, err = change(data); err != nil {
		return err
	}
	if err := wholefile.Write(path, data); err != nil {
		return err
	}
	_ = os.Chmod(path, info.Mode().Perm()) // if it fails, only its owner can read it
	return nil
}

func (i *importer) path(f format, n int) string {
	return filepath.Join(i.home, filepath.FromSlash(f.files[n]))
}

func (i *importer) shown(f format, n int) string { return filepath.FromSlash("~/" + f.files[n]) }

func (i *importer) say(text string, values ...any) { fmt.Fprintf(i.out, text+"\n", values...) }

func (i *importer) fail(err error) {
	i.failures = append(i.failures, err)
	i.say("  Stays where it is: %v.", plain(err.Error()))
}

func (i *importer) conclude(total int) error {
	switch {
	case total == 0:
		i.say("No plain-text credentials were found.")
	case !i.apply && len(i.failures) < total:
		i.say("\nNothing was changed. To do it: %s import --apply%s", i.commandLine, map[bool]string{true: " --remove"}[i.remove])
	}
	if len(i.failures) == 0 {
		return nil
	}
	err := errors.Join(i.failures...)
	return &toldError{fmt.Sprintf("%d of %d could not be carried over whole; the lines above say why.", len(i.failures), total), advice.ExitCode(err), err}
}
