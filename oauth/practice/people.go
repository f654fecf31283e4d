package practice

import (
	"net"
	"slices"
	"strings"
)

// Person is somebody with an account at one domain.
type Person struct {
	Domain   string // the domain's label
	Username string
	Password string // the one that works now
	First    string
	Last     string
	Email    string
	ID       int64
}

// Name is the person's name for display.
func (p Person) Name() string { return p.First + " " + p.Last }

// Initials stand on the consent page.
func (p Person) Initials() string { return p.First[:1] + p.Last[:1] }

// owner names a person.
type owner struct{ domain, username string }

func (p Person) owner() owner { return owner{p.Domain, p.Username} }

func everybody() []Person {
	return []Person{
		{"acme", "jsmith", "jane-at-acme", "Jane", "Smith", "jsmith@acme.example", 121},
		{"acme", "bkumar", "bala-at-acme", "Bala", "Kumar", "bkumar@acme.example", 122},
		{"globex", "adoe", "ann-at-globex", "Ann", "Doe", "adoe@globex.example", 7},
		{"globex", "lortiz", "luz-at-globex", "Luz", "Ortiz", "lortiz@globex.example", 8},
	}
}

var domainLabels = []string{"acme", "globex"}

// customNames are host names that customers put in front of their domain.
var customNames = []struct{ host, domain string }{
	{"files.acme.example", "acme"},
	{"files.globex.example", "globex"},
	{"files.acme.localhost", "acme"}, // found by every machine
	{"files.globex.localhost", "globex"},
}

// resolveDomain finds the domain that somebody typed at Enhanced Auth: its
// label, its host, a custom name, or an address of one of them.
func resolveDomain(typed string) (label string, found bool) {
	host := strings.ToLower(strings.TrimSpace(typed))
	if _, rest, ok := strings.Cut(host, "://"); ok {
		host = rest
	}
	host, _, _ = strings.Cut(host, "/")
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	for _, custom := range customNames {
		if host == custom.host {
			return custom.domain, true
		}
	}
	label = strings.TrimSuffix(host, "."+serviceName)
	return label, slices.Contains(domainLabels, label)
}

// People lists everybody, with the passwords that work now.
func (s *Server) People() []Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.people)
}

// AddPerson makes somebody known at a domain that exists; who has that user name
// there already is replaced.
func (s *Server) AddPerson(p Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people = append(slices.DeleteFunc(s.people, func(q Person) bool { return q.owner() == p.owner() }), p)
}

// person needs the lock.
func (s *Server) person(o owner) (Person, bool) {
	for _, p := range s.people {
		if p.owner() == o {
			return p, true
		}
	}
	return Person{}, false
}

func (s *Server) findPerson(o owner) (Person, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.person(o)
}

// ChangePassword gives a person a new password. Their tokens and browser
// sessions end at once, as at Egnyte.
func (s *Server) ChangePassword(domainLabel, username, newPassword string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who := owner{domainLabel, username}
	for i := range s.people {
		if s.people[i].owner() == who {
			s.people[i].Password = newPassword
		}
	}
	for id, signedIn := range s.sessions {
		if signedIn == who {
			delete(s.sessions, id)
		}
	}
	s.tokens.endAll(who)
}

// RevokeAll ends every token of a person, as an administrator who removes the
// app does.
func (s *Server) RevokeAll(domainLabel, username string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens.endAll(owner{domainLabel, username})
}
