package window

import (
	"context"
	"errors"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
)

// holding is a key that Egnyte takes no token request of for a while: a new
// sign-in before then could only end in the same refusal.
type holding struct {
	until   time.Time
	keyID   string
	refusal oauth.Refusal
}

// hold remembers a refusal that counts for every sign-in with the key.
func (s *screen) hold(err error) {
	refusal := (*oauth.Refusal)(nil)
	if errors.As(err, &refusal) && refusal.Kind == oauth.RefusedTokenLimit && refusal.RetryAfter > 0 {
		s.held = &holding{s.now().Add(refusal.RetryAfter), s.known.setup.Key.ID, *refusal}
	}
}

// onHold shows instead of a sign-in how long it has to wait, if it has to.
func (s *screen) onHold(r request) bool {
	if s.held == nil || s.held.keyID != s.known.setup.Key.ID || !s.held.until.After(s.now()) {
		s.held = nil
		return false
	}
	refusal := s.held.refusal
	refusal.RetryAfter = s.held.until.Sub(s.now())
	s.showProblem(r, advice.For(&refusal, s.now()))
	return true
}

// holdButton keeps a button from being pressed until then. The wall clock
// counts, since a suspend would stop a timer. Call stop when the view is left.
func (s *screen) holdButton(b *button, until time.Time) (stop func()) {
	b.Disable()
	ctx, cancel := context.WithCancel(s.background.ctx)
	s.background.wg.Go(func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			s.post(func() {
				if ctx.Err() == nil && !until.After(s.now()) {
					b.SetText(words.Say("Try again"))
					b.Enable()
					cancel()
				}
			})
		}
	})
	return cancel
}
