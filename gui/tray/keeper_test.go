package tray

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/keyring"
)

var (
	jane = person("jsmith", "acme.egnyte.com", account.Ready)
	ann  = toldBefore(person("adoe", "globex.egnyte.com", account.Reconnect))
)

// toldBefore is an account whose person knows, from an earlier tray.
func toldBefore(a account.Account) account.Account {
	a.Notified = true
	return a
}

func TestTheMenuFollowsTheIndex(t *testing.T) {
	t.Parallel()
	d := newDesk(t, jane, ann)
	d.shows(t, "▲ Name of adoe — globex: sign in again", "● Name of jsmith — acme")
	d.store.change(func() { d.store.accounts[1].State = account.Ready })
	d.shows(t, "● Name of adoe — globex", "● Name of jsmith — acme")
	d.store.change(func() { d.store.accounts = d.store.accounts[:1] })
	d.shows(t, "● Name of jsmith — acme")
}

func TestTheIconSaysThatSomebodyIsNeeded(t *testing.T) {
	t.Parallel()
	d := newDesk(t, jane, ann)
	badgeIs := func(attention bool, tooltip string) func() bool {
		return func() bool {
			d.mu.Lock()
			defer d.mu.Unlock()
			return d.badge == badge{attention, "Accounts for Egnyte" + tooltip}
		}
	}
	until(t, badgeIs(true, ": Name of adoe — globex: sign in again"), "no badge")
	d.store.change(func() { d.store.accounts[1].State = account.Ready })
	until(t, badgeIs(false, ""), "the badge stays")
	d.store.change(func() { d.store.failure = errors.New("unreadable") })
	until(t, badgeIs(true, ": The accounts can't be read"), "an index that can't be read is kept quiet")
	d.shows(t, "● Name of adoe — globex", "● Name of jsmith — acme")
}

func TestTheFixedEntriesOpenWindowsAndQuit(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.click(t, "Accounts…")
	expect(t, d.started, "--window accounts")
	d.click(t, "Add account…")
	expect(t, d.started, "--window signin")
	d.click(t, "Settings…")
	expect(t, d.started, "--window settings")
	d.click(t, "Quit") // with what the user sees of the app
	expect(t, d.told, "stop window")
	expect(t, d.told, "stop practice")
	receive(t, d.ended)
}

func TestOpenEgnyteOpensTheAccountsOwnDomainAndNothingElse(t *testing.T) {
	t.Parallel()
	evil := person("eve", "acme.evil.example", account.Ready)
	d := newDesk(t, jane, evil)
	d.click(t, "● Name of jsmith — acme", "Open Egnyte")
	expect(t, d.opened, "https://acme.egnyte.com")
	d.click(t, "● Name of eve — acme", "Open Egnyte")
	expect(t, d.told, "Your browser can't be opened")
	if len(d.opened) != 0 {
		t.Errorf("opened %q", <-d.opened)
	}
}

// Sign out… stands below Reconnect, where it is easily hit: a window asks first.
func TestSignOutAsksInAWindow(t *testing.T) {
	t.Parallel()
	d := newDesk(t, jane)
	d.click(t, "● Name of jsmith — acme", "Sign out…")
	expect(t, d.started, "--window signout --account jsmith@acme.egnyte.com")
	d.shows(t, "● Name of jsmith — acme")
}

// Given accounts that a locked password store keeps from being renewed, then rows
// and icon say so, and an entry has it opened, which is told where it fails.
func TestALockedPasswordStoreIsShownAndUnlockedFromTheMenu(t *testing.T) {
	t.Parallel()
	locked := jane
	locked.Trouble = account.Locked
	d := newDesk(t, locked, ann)
	d.shows(t, "▲ Name of adoe — globex: sign in again", "■ Name of jsmith — acme: password store locked")
	saysLocked := func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return strings.Contains(d.badge.tooltip, "The password store is locked")
	}
	until(t, saysLocked, "the icon says nothing")

	d.store.change(func() { d.store.locked = &keyring.Error{Kind: keyring.Locked, Err: os.ErrPermission} })
	d.click(t, "■ Name of jsmith — acme: password store locked", "Unlock password store")
	expect(t, d.told, "The password store stays locked")
	d.store.change(func() { d.store.locked = nil })
	d.click(t, "■ Name of jsmith — acme: password store locked", "Unlock password store")
	d.shows(t, "▲ Name of adoe — globex: sign in again", "● Name of jsmith — acme")
	until(t, func() bool { return !saysLocked() && d.find("● Name of jsmith — acme", "Reconnect") != nil }, "it is still said to be locked")
	if len(d.started) != 0 {
		t.Errorf("a window opened: %s", <-d.started)
	}
}

func TestReconnectNeedsNoWindow(t *testing.T) {
	t.Parallel()
	d := newDesk(t, ann)
	back := make(chan struct{})
	d.signsIn(func(ctx context.Context, _ func(oauth.Step)) (oauth.Grant, error) {
		<-back
		return oauth.Grant{}, nil
	})
	d.click(t, "▲ Name of adoe — globex: sign in again", "Reconnect")
	d.shows(t, "◌ Name of adoe — globex: waiting for the browser")
	close(back)
	expect(t, d.told, "Name of adoe is connected again")
	d.shows(t, "● Name of adoe — globex")
	if len(d.started) != 0 {
		t.Errorf("a window was opened: %q", <-d.started)
	}
}

func TestAReconnectCanBeCancelled(t *testing.T) {
	t.Parallel()
	d := newDesk(t, ann)
	waits := func(ctx context.Context, _ func(oauth.Step)) (oauth.Grant, error) {
		<-ctx.Done()
		return oauth.Grant{}, fmt.Errorf("waiting for the browser: %w", ctx.Err())
	}
	d.signsIn(waits)
	d.click(t, "▲ Name of adoe — globex: sign in again", "Reconnect")
	d.click(t, "◌ Name of adoe — globex: waiting for the browser", "Cancel")
	d.shows(t, "▲ Name of adoe — globex: sign in again")
	if len(d.started) != 0 {
		t.Errorf("a window was opened: %q", <-d.started)
	}
}

func TestSigningOutElsewhereEndsTheWait(t *testing.T) {
	t.Parallel()
	d := newDesk(t, ann)
	ended := make(chan struct{})
	d.signsIn(func(ctx context.Context, _ func(oauth.Step)) (oauth.Grant, error) {
		defer close(ended)
		<-ctx.Done()
		return oauth.Grant{}, ctx.Err()
	})
	d.click(t, "▲ Name of adoe — globex: sign in again", "Reconnect")
	d.shows(t, "◌ Name of adoe — globex: waiting for the browser")
	d.store.change(func() { d.store.accounts = nil })
	receive(t, ended)
	d.shows(t)
}

func TestTrouble(t *testing.T) {
	t.Parallel()
	tests := map[string]error{
		"redirect-uri":  fmt.Errorf("x: %w", &oauth.Refusal{Kind: oauth.RefusedRedirectURI}),
		"invalid-grant": &oauth.Refusal{Kind: oauth.RefusedInvalidGrant},
		"offline":       &oauth.Unreachable{Host: "acme.egnyte.com", Err: os.ErrDeadlineExceeded},
		"denied":        oauth.ErrDenied,
		"timeout":       oauth.ErrTimeout,
		"no-key":        &oauth.ConfigError{Field: "client_id"},
		"unknown":       errors.New("anything"),
	}
	for code, err := range tests {
		t.Run(code+" opens a window", func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, ann)
			d.signsIn(func(context.Context, func(oauth.Step)) (oauth.Grant, error) { return oauth.Grant{}, err })
			d.click(t, "▲ Name of adoe — globex: sign in again", "Reconnect")
			expect(t, d.started, "--window signin --reconnect adoe@globex.egnyte.com --problem "+code)
			d.shows(t, "▲ Name of adoe — globex: sign in again")
		})
	}
}

func TestABrowserThatCannotBeOpenedOpensAWindowWithTheLink(t *testing.T) {
	t.Parallel()
	d := newDesk(t, ann)
	d.signsIn(func(ctx context.Context, report func(oauth.Step)) (oauth.Grant, error) {
		report(oauth.WaitingForBrowser{})
		report(oauth.WaitingForBrowser{BrowserError: os.ErrNotExist})
		<-ctx.Done()
		return oauth.Grant{}, ctx.Err()
	})
	d.click(t, "▲ Name of adoe — globex: sign in again", "Reconnect")
	expect(t, d.started, "--window signin --reconnect adoe@globex.egnyte.com --problem no-browser")
}

// An account that signs in again takes its own user only, so nothing is asked.
func TestAReconnectNeedsNoConfirmation(t *testing.T) {
	t.Parallel()
	d := newDesk(t, ann)
	answered := make(chan bool, 1)
	d.signsIn(func(_ context.Context, report func(oauth.Step)) (oauth.Grant, error) {
		report(oauth.ConfirmUser{Answer: func(yes bool) { answered <- yes }})
		return oauth.Grant{}, oauth.ErrTimeout
	})
	d.click(t, "▲ Name of adoe — globex: sign in again", "Reconnect")
	if !<-answered {
		t.Error("the reconnect was refused")
	}
}

func TestAReconnectThatIsNotKeptOpensAWindowThatSaysWhy(t *testing.T) {
	t.Parallel()
	tests := map[string]error{
		"other-person":   &account.OtherPersonError{Want: ann},
		"keyring-locked": &keyring.Error{Kind: keyring.Locked, Err: os.ErrPermission},
	}
	for code, err := range tests {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, ann)
			d.store.replace = err
			d.click(t, "▲ Name of adoe — globex: sign in again", "Reconnect")
			expect(t, d.started, "--window signin --reconnect adoe@globex.egnyte.com --problem "+code)
		})
	}
}

func TestALockedKeyringOpensNoBrowser(t *testing.T) {
	t.Parallel()
	d := newDesk(t, ann)
	d.store.locked = &keyring.Error{Kind: keyring.Locked, Err: os.ErrPermission}
	d.signsIn(func(context.Context, func(oauth.Step)) (oauth.Grant, error) {
		t.Error("signed in without a keyring")
		return oauth.Grant{}, nil
	})
	d.click(t, "▲ Name of adoe — globex: sign in again", "Reconnect")
	expect(t, d.started, "--window signin --reconnect adoe@globex.egnyte.com --problem keyring-locked")
}
