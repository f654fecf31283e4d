//go:build e2e && linux

package e2e

import (
	"testing"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// token asks for a token as a script would, which may open the browser. Its
// output is meant to show a secret.
func (s *scene) token(args ...string) *session.Program {
	s.Helper()
	return s.start("egnyte-auth", session.Spec{Args: append([]string{"token"}, args...), Shows: true})
}

// printed is the one token that lives, alone on stdout.
func (s *scene) printed(p *session.Program, username string) {
	s.Helper()
	s.ends(p, 0)
	person := s.person(username)
	live := s.egnyte.Tokens(person.Domain, username)
	if len(live) == 0 || p.Stdout() != live[len(live)-1].Access+"\n" {
		s.Errorf("%d bytes on stdout, %d tokens live", len(p.Stdout()), len(live))
	}
	s.keptAs(username)
}

// Given no account, when a script asks for a token with --signin, then the browser
// opens, and the script gets the token of the user who signs in.
func TestATokenWithSignInOpensTheBrowserForANewAccount(t *testing.T) {
	s := onDesktop(t)
	s.ends(s.token("acme"), 3)
	p := s.token("acme", "--signin")
	s.asPerson(s.person("jsmith"), "", practice.Allow)
	s.printed(p, "jsmith")
	if s.egnyte.Requests("enhanced") != 0 {
		t.Error("Enhanced Auth was asked, though the domain is named")
	}
}

// Given an account whose password was changed, when a script asks for its token
// with --signin, then the user signs in again, and it stays one account.
func TestATokenWithSignInReconnectsADeadAccount(t *testing.T) {
	s := onDesktop(t)
	before := s.signedIn("jsmith")
	s.egnyte.ChangePassword("acme", "jsmith", "another-Word-17")
	s.secret("another-Word-17")
	s.ends(s.auth("whoami"), 3) // it notices
	s.ends(s.token(), 3)
	p := s.token("--signin")
	s.asPerson(s.person("jsmith"), "", practice.Allow)
	s.printed(p, "jsmith")
	if all := s.list(); len(all) != 1 || all[0].Account != before.Account || all[0].State != "ready" {
		t.Errorf("listed: %+v", all)
	}
}

// Given the same, when the user says no, or another user signs in, then there is no
// token, and the account is as it was.
func TestATokenWithSignInRefusedOrByAnotherChangesNothing(t *testing.T) {
	s := onDesktop(t)
	s.signedIn("jsmith")
	s.egnyte.RevokeAll("acme", "jsmith")
	s.ends(s.auth("whoami"), 3)
	before := s.list()
	p := s.token("--signin")
	s.asPerson(s.person("jsmith"), "", practice.Deny)
	s.ends(p, 5)
	s.check(s.Browser.Forget(s.Context()))
	other := s.token("--signin")
	s.asPerson(s.person("bkumar"), "", practice.Allow)
	s.ends(other, 5)
	if p.Stdout()+other.Stdout() != "" {
		t.Error("something was printed")
	}
	if got := s.list(); len(got) != len(before) || got[0].Account != before[0].Account || got[0].State != before[0].State {
		t.Errorf("it was %+v and is %+v", before, got)
	}
	if n := len(s.egnyte.Tokens("acme", "bkumar")); n != 0 {
		t.Errorf("%d tokens of the other user are still valid", n)
	}
}
