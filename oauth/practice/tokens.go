package practice

import (
	"crypto/rand"
	"strings"
	"time"
)

// Issued is a token pair that was handed out.
type Issued struct {
	Access  string
	Refresh string // empty where none was given
	Issued  time.Time
	Expires time.Time // of the access token; zero: it does not expire
}

// pair is an issued pair and whose it is. Both tokens end together.
type pair struct {
	Issued
	owner  owner
	key    Key
	scope  string // as asked for; empty: everything
	family string // of one sign-in
	ended  bool
	spent  bool // replaced by a refresh
}

func (p *pair) accessWorks(now time.Time) bool {
	return !p.ended && (p.Expires.IsZero() || now.Before(p.Expires))
}

// tokenStore keeps ended pairs too: a dead token is refused otherwise than one
// that never was.
type tokenStore struct {
	pairs     []*pair
	byAccess  map[string]*pair
	byRefresh map[string]*pair
}

func newTokenStore() tokenStore {
	return tokenStore{byAccess: map[string]*pair{}, byRefresh: map[string]*pair{}}
}

func (t *tokenStore) add(p *pair) {
	t.pairs = append(t.pairs, p)
	t.byAccess[p.Access] = p
	if p.Refresh != "" {
		t.byRefresh[p.Refresh] = p
	}
}

func (t *tokenStore) endAll(who owner) {
	for _, p := range t.pairs {
		if p.owner == who {
			p.ended = true
		}
	}
}

// endFamily ends all that came from one sign-in (RFC 9700, 4.14.2).
func (t *tokenStore) endFamily(family string) {
	for _, p := range t.pairs {
		if p.family == family {
			p.ended = true
		}
	}
}

// newText is an unguessable code, token or session id.
func newText() string { return strings.ToLower(rand.Text()) }

// issue needs the lock.
func (s *Server) issue(p pair, withRefresh bool) *pair {
	p.Issued = Issued{Access: newText(), Issued: s.clock.read()}
	if p.family == "" {
		p.family = newText()
	}
	if withRefresh && !s.noRefresh {
		p.Refresh = newText()
	}
	if life := s.life(); life > 0 {
		p.Expires = p.Issued.Issued.Add(life)
	}
	s.tokens.add(&p)
	return &p
}

// Tokens lists a person's live pairs, newest last. A pair is live until it is
// revoked, replaced by a refresh, or expired with no refresh token.
func (s *Server) Tokens(domainLabel, username string) []Issued {
	s.mu.Lock()
	defer s.mu.Unlock()
	var live []Issued
	for _, p := range s.tokens.pairs {
		if p.owner == (owner{domainLabel, username}) && !p.ended && (p.Refresh != "" || p.accessWorks(s.clock.read())) {
			live = append(live, p.Issued)
		}
	}
	return live
}
