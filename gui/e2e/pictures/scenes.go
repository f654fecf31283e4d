//go:build linux

package main

import (
	"errors"
	"fmt"
	"regexp"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// firstStart is the app before anything was set up.
func (s *studio) firstStart() error {
	first, err := s.app("--window", "accounts")
	if err != nil {
		return err
	}
	if err := s.viewOnce("No account yet", "first-start", reading); err != nil {
		return err
	}
	first.Stop()
	return nil
}

// signIn is Jane's, from the start to the account.
func (s *studio) signIn() error {
	app, err := s.app("--window", "signin")
	if err != nil {
		return err
	}
	if err := errors.Join(s.view("Sign in", "sign-in"), s.Display.Key(s.ctx, "Return")); err != nil {
		return err
	}
	if err := s.view("Finish in your browser", "waiting"); err != nil {
		return err
	}
	page, err := s.Browser.NextPage(s.ctx, soon, "egnyte.localhost")
	if err != nil {
		return err
	}
	defer page.Close()
	jane := s.person("jsmith")
	for _, do := range []func() error{
		func() error { return page.Fill("#domain", "acme") },
		func() error { return page.Click("#continue") },
		func() error { return page.Fill("#username", jane.Username) },
		func() error { return page.Fill("#password", jane.Password) },
		func() error { return page.Click("#signin") },
		func() error { return page.Click("#allow") },
		func() error { return page.WaitText(s.ctx, "You can close this tab") },
		func() error { return s.page(page, "browser-done") },
	} {
		if err := do(); err != nil {
			return err
		}
	}
	if err := s.view("Signed in as Jane Smith", "signed-in"); err != nil {
		return err
	}
	app.Stop()
	return nil
}

func (s *studio) person(username string) practice.Person {
	for _, p := range s.egnyte.People() {
		if p.Username == username {
			return p
		}
	}
	return practice.Person{}
}

var link = regexp.MustCompile(`https?://\S+/puboauth/authorize\?\S+`)

// accounts has two more accounts; one needs to sign in again.
func (s *studio) accounts() error {
	for _, username := range []string{"bkumar", "adoe"} {
		if err := s.add(s.person(username)); err != nil {
			return err
		}
	}
	ann := s.person("adoe")
	s.egnyte.ChangePassword(ann.Domain, ann.Username, "another-password")
	if err := s.terminal(3, "whoami", ann.Domain); err != nil { // finds it out
		return err
	}
	app, err := s.app("--window", "accounts")
	if err != nil {
		return err
	}
	if err := s.viewOnce("Accounts", "accounts", reading); err != nil {
		return err
	}
	app.Stop()
	return nil
}

// add signs in without a browser.
func (s *studio) add(p practice.Person) error {
	path, err := session.Find("egnyte-auth")
	if err != nil {
		return err
	}
	program, err := s.Start(session.Spec{Path: path, Args: []string{"signin", p.Domain, "--no-browser"}})
	if err != nil {
		return err
	}
	var address string
	err = session.Eventually(s.ctx, soon, func() error {
		if address = link.FindString(program.Stderr()); address == "" {
			return errors.New("no link yet")
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.egnyte.SignInAs(s.ctx, address, p, practice.Allow, ""); err != nil {
		return err
	}
	if code, err := program.Wait(s.ctx, soon); err != nil || code != 0 {
		return fmt.Errorf("signing %s in ended with %d, %w", p.Username, code, err)
	}
	return nil
}

// others are the views beside the accounts, by the keys that lead there while
// nobody is needed: the settings' own, and Help as the last in the order of Tab.
func (s *studio) others() error {
	app, err := s.app("--window", "accounts")
	if err != nil {
		return err
	}
	for _, next := range []struct {
		keys        []string
		title, name string
	}{
		{nil, "Accounts — ", ""},
		{[]string{"ctrl+comma"}, "Settings — ", "settings"},
		{[]string{"Escape"}, "Accounts — ", ""},
		{[]string{"shift+Tab", "Return", "Return"}, "Diagnosis: ", "diagnosis"},
	} {
		if err := s.Display.Key(s.ctx, next.keys...); next.keys != nil && err != nil {
			return err
		}
		w, err := s.Display.WaitWindow(s.ctx, next.title, soon)
		if err == nil {
			err = s.still(w, next.name)
		}
		if err != nil {
			return err
		}
	}
	app.Stop()
	return nil
}
