//go:build e2e && linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"egnyte-accounts/oauth/practice"
)

// key is what a sign-in at the practice service needs in the environment.
func (in inside) key() []string {
	return []string{"EGNYTE_CLIENT_ID=" + in.egnyte.Key().ID, "EGNYTE_CLIENT_SECRET=" + in.egnyte.Key().Secret}
}

// asWho signs in elsewhere, at the link that a terminal shows.
func (in inside) asWho(t *testing.T, link string, n int) {
	t.Helper()
	who := in.egnyte.People()[n]
	if err := in.egnyte.SignInAs(t.Context(), link, who, practice.Allow, who.Domain); err != nil {
		t.Fatal(err)
	}
}

const domainQuestion = "Which Egnyte domain did you sign in to?"

// Given Enhanced Auth names no domain, when a person types it at the terminal,
// then the sign-in ends well; what is no domain is asked for again.
func TestInsideTheDomainIsTypedAtTheTerminal(t *testing.T) {
	in := insideSession(t, "3600")
	in.egnyte.SetNameDomain(practice.NameNothing)
	p := in.onTerminal(t, in.key(), "signin", "--no-browser", "--service", in.egnyte.URL())
	in.asWho(t, p.link(t), 1)
	p.wait(t, domainQuestion)
	p.clear()
	p.types(t, "not a domain\n")
	p.wait(t, domainQuestion)
	if said := p.String(); !strings.Contains(said, "can't be an Egnyte domain") {
		t.Errorf("it says:\n%s", said)
	}
	p.types(t, "acme\n")
	p.ends(t, 0)
	if !strings.Contains(p.String(), "Signed in as Bala Kumar (bkumar@acme.") {
		t.Errorf("it says:\n%s", p)
	}
}

// Given a sign-in in a terminal, when Ctrl-C is pressed at any of its waits,
// then the exit code is 130 and nothing is kept.
func TestInsideCtrlCEndsASignInAndKeepsNothing(t *testing.T) {
	in := insideSession(t, "3600")
	in.egnyte.SetNameDomain(practice.NameNothing)
	before := in.says(t, "$EGNYTE_AUTH list --json")
	live := len(in.egnyte.Tokens("acme", "bkumar"))
	for name, until := range map[string]func(*onTerminal){
		"the browser":      func(p *onTerminal) { p.link(t) },
		"the domain":       func(p *onTerminal) { in.asWho(t, p.link(t), 1); p.wait(t, domainQuestion) },
		"a domain halfway": func(p *onTerminal) { in.asWho(t, p.link(t), 1); p.wait(t, domainQuestion); p.types(t, "acm") },
	} {
		p := in.onTerminal(t, in.key(), "signin", "--no-browser", "--service", in.egnyte.URL())
		until(p)
		p.types(t, ctrlC)
		p.ends(t, 130)
		if got := in.says(t, "$EGNYTE_AUTH list --json"); got != before {
			t.Errorf("%s: the list was %s and is %s", name, before, got)
		}
		if got := len(in.egnyte.Tokens("acme", "bkumar")); got != live {
			t.Errorf("%s: %d tokens at Egnyte, %d before", name, got, live)
		}
	}
}

const (
	oldPassphrase  = "Passphrase of the store: "
	newPassphrase  = "Passphrase for the new store: "
	samePassphrase = "The same once more: "
)

// Given a store in a file, when Ctrl-C is pressed at a question for its
// passphrase, then the exit code is 130, the terminal echoes again, and the
// file is as it was.
func TestInsideCtrlCAtAPassphraseChangesNothing(t *testing.T) {
	in := insideSession(t, "3600")
	path := filepath.Join(t.TempDir(), "store.age")
	signIn := []string{"--store", "file:" + path, "signin", "--no-browser", "--service", in.egnyte.URL(), "acme"}
	for _, first := range []string{"", "open sesame\n"} {
		p := in.onTerminal(t, in.key(), signIn...)
		p.wait(t, newPassphrase)
		if first != "" {
			p.types(t, first)
			p.wait(t, samePassphrase)
		}
		p.interrupted(t)
		if _, err := os.Stat(path); err == nil {
			t.Error("a store was made")
		}
	}
	// Asked before the browser opens, so that no other question is waiting then.
	p := in.onTerminal(t, in.key(), signIn...)
	p.wait(t, newPassphrase)
	p.types(t, "open sesame\n")
	p.wait(t, samePassphrase)
	p.types(t, "open sesame\n")
	in.asWho(t, p.link(t), 0)
	p.ends(t, 0)
	if strings.Contains(p.String(), "sesame") {
		t.Error("the terminal shows the passphrase")
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"token"}, {"signout", "acme"}, {"whoami"}, {"exec", "--", "true"}} {
		p := in.onTerminal(t, nil, append([]string{"--store", "file:" + path}, command...)...)
		p.wait(t, oldPassphrase)
		p.interrupted(t)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the store has changed: %v", err)
	}
	p = in.onTerminal(t, nil, "--store", "file:"+path, "token")
	p.wait(t, oldPassphrase)
	p.types(t, "open sesame\n")
	p.ends(t, 0)
}

// interrupted presses Ctrl-C at a question that is not echoed.
func (p *onTerminal) interrupted(t *testing.T) {
	t.Helper()
	if p.echoes(t) {
		t.Error("what is typed would show")
	}
	p.types(t, ctrlC)
	p.ends(t, 130)
	if !p.echoes(t) {
		t.Error("the terminal stays silent afterwards")
	}
}
