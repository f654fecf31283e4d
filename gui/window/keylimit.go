package window

import (
	"errors"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/words"
)

// keyLimit is a key of which Egnyte refuses every token request until a time: a
// sign-in before then would end in the same refusal.
type keyLimit struct {
	until   time.Time
	keyID   string
	refusal oauth.Refusal
}

// newKeyLimit returns nil unless the error is a refusal of every sign-in with the key.
func newKeyLimit(err error, keyID string, now time.Time) *keyLimit {
	refusal := (*oauth.Refusal)(nil)
	if errors.As(err, &refusal) && refusal.Kind == oauth.RefusedTokenLimit && refusal.RetryAfter > 0 {
		return &keyLimit{now.Add(refusal.RetryAfter), keyID, *refusal}
	}
	return nil
}

// showLimit shows how long a sign-in has to wait, if it has to.
func (w *window) showLimit(r request) bool {
	if w.limited == nil || w.limited.keyID != w.known.setup.Key.ID || !w.limited.until.After(w.now()) {
		w.limited = nil
		return false
	}
	refusal := w.limited.refusal
	refusal.RetryAfter = w.limited.until.Sub(w.now())
	w.showProblem(r, advice.For(&refusal, w.now()))
	return true
}

// enableAt disables a button until a time. It compares the clock, since a suspend
// would stop a timer.
func (v *baseView) enableAt(b *button, until time.Time) {
	b.Disable()
	v.w.everySecond(v.whileShown(), func() {
		if b.Disabled() && !until.After(v.w.now()) {
			b.SetText(words.Say("Try again"))
			b.Enable()
		}
	})
}
