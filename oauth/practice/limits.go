package practice

import (
	"net/http"
	"strconv"
	"time"
)

// Egnyte's limits, from the cookbook's page on throttling.
const (
	callsPerSecond   = 2    // per token
	callsPerDay      = 1000 // per token
	tokensPerHour    = 100  // token requests per key
	passwordsPerHour = 10   // password grants per person
	day              = 24 * time.Hour
)

// limiter remembers when calls were let through, by what is limited.
type limiter map[string][]time.Time

// wait is how long the call has to be put off; 0: it may pass now.
func (l limiter) wait(what string, now time.Time, limit int, span time.Duration) time.Duration {
	recent := l[what]
	for len(recent) > 0 && !recent[0].Add(span).After(now) {
		recent = recent[1:]
	}
	l[what] = recent
	if len(recent) < limit {
		return 0
	}
	return recent[len(recent)-limit].Add(span).Sub(now)
}

func (l limiter) pass(what string, now time.Time) { l[what] = append(l[what], now) }

// limitAPI is the refusal that a call with this token meets; the zero Fault: none.
func (s *Server) limitAPI(access string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.read()
	if wait := s.throttled.Sub(now); wait > 0 {
		return s.overQPS(wait)
	}
	if s.noLimits {
		return Fault{}
	}
	perSecond, perDay := "second "+access, "day "+access
	if wait := s.limits.wait(perSecond, now, callsPerSecond, time.Second); wait > 0 {
		return s.overQPS(wait)
	}
	if wait := s.limits.wait(perDay, now, callsPerDay, day); wait > 0 {
		return s.speaking(FaultOverRate, FaultQuota).WithRetryAfter(wait)
	}
	s.limits.pass(perSecond, now)
	s.limits.pass(perDay, now)
	return Fault{}
}

func (s *Server) overQPS(wait time.Duration) Fault {
	return s.speaking(FaultOverQPS(wait), FaultSpike(wait))
}

// limitToken is the refusal that a token request meets; the zero Fault: none. Only password
// grants name a person.
func (s *Server) limitToken(keyID string, who owner, isPassword bool) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.read()
	if wait := s.throttled.Sub(now); wait > 0 {
		return FaultTokenLimit.WithRetryAfter(wait)
	}
	if s.noLimits {
		return Fault{}
	}
	perKey := "token requests " + keyID
	if wait := s.limits.wait(perKey, now, tokensPerHour, time.Hour); wait > 0 {
		return FaultTokenLimit.WithRetryAfter(wait)
	}
	perPerson := "password " + who.domain + " " + who.username
	if isPassword {
		if wait := s.limits.wait(perPerson, now, passwordsPerHour, time.Hour); wait > 0 {
			return FaultTokenLimit.WithRetryAfter(wait)
		}
		s.limits.pass(perPerson, now)
	}
	s.limits.pass(perKey, now)
	return Fault{}
}

// retryAfter writes whole seconds (RFC 9110, 10.2.3), rounded up: who comes
// back then must be let through.
func retryAfter(header http.Header, d time.Duration) {
	header.Set("Retry-After", strconv.Itoa(int((d+time.Second-1)/time.Second)))
}
