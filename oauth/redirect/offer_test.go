package redirect

import (
	"errors"
	"net/http"
	"testing"
)

// Given a receiver of any kind, when the address that a browser elsewhere ended
// at is offered, then the wait ends as if the browser had come; nothing else
// ends it.
func TestAnOfferedAddressEndsTheWait(t *testing.T) {
	t.Parallel()
	secure, _ := certified(t)
	for name, c := range map[string]struct {
		listener Listener
		uri      string
		fragment bool
	}{
		"http":                  {Listener{}, "http://127.0.0.1/callback", false},
		"https":                 {secure, "https://127.0.0.1:" + freePort(t) + "/callback", false},
		"relay":                 {Listener{Relay: true}, "https://signin.acme.example/egnyte", false},
		"implicit":              {Listener{}, "http://127.0.0.1/callback", true},
		"implicit behind relay": {Listener{Relay: true}, "https://signin.acme.example/egnyte", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := c.listener.Listen(t.Context(), c.uri, testState)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			state, places := testState, []string{r.RedirectURI()}
			if state = r.State(); state != testState {
				behind, _ := Behind(state)
				places = append(places, behind)
			}
			answer, field := "?", "code"
			if c.fragment {
				r.ExpectFragment()
				answer, field = "#", "access_token"
			}
			for _, place := range places {
				for _, wrong := range wronglyOffered(place, answer, field, state) {
					var fault *PasteError
					if err := r.Offer(wrong); !errors.As(err, &fault) {
						t.Errorf("%q: %v", wrong, err)
					}
				}
			}
			stillWaits(t, r)
			if err := r.Offer(places[len(places)-1] + answer + field + "=c1&state=" + state); err != nil {
				t.Fatal(err)
			}
			if err := r.Offer(places[0] + answer + field + "=c2&state=" + state); err != nil {
				t.Errorf("after the end: %v", err)
			}
			callback := receive(t, r)
			if got := callback.Code.Reveal(); !c.fragment && got != "c1" {
				t.Errorf("got the code %q", got)
			}
			if c.fragment && (callback.Token == nil || callback.Token.Access.Reveal() != "c1") {
				t.Errorf("got %v", callback.Token)
			}
		})
	}
}

// wronglyOffered is what must end no wait, for the answer to be at place.
func wronglyOffered(place, answer, field, state string) []string {
	return []string{
		"", "nothing like it", place, "https://acme.example/callback" + answer + field + "=x&state=" + state,
		place + answer + field + "=x&state=y", place + answer + "state=" + state, place + answer + field + "=x",
		place + answer + field + "=x&error=y&state=" + state,
	}
}

// A page that did not forward shows the answer at its own address.
func TestAnAddressStuckAtTheRelayIsTaken(t *testing.T) {
	t.Parallel()
	const page = "https://signin.acme.example/egnyte"
	r, err := Listener{Relay: true}.Listen(t.Context(), page, testState)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Offer(page + "?code=c1&state=" + r.State()); err != nil {
		t.Fatal(err)
	}
	if got := receive(t, r).Code.Reveal(); got != "c1" {
		t.Errorf("got the code %q", got)
	}
}

// A code alone is taken only from who has been warned, and never a token alone.
func TestACodeAloneIsOfferedWithAWarning(t *testing.T) {
	t.Parallel()
	r := listenAt(t, "http://127.0.0.1/callback")
	var fault *PasteError
	if err := r.Offer("c1"); !errors.As(err, &fault) || fault.Fault != PasteNoState {
		t.Errorf("%v", err)
	}
	stillWaits(t, r)
	if err := r.OfferWithoutState("c1"); err != nil {
		t.Fatal(err)
	}
	if got := receive(t, r).Code.Reveal(); got != "c1" {
		t.Errorf("got the code %q", got)
	}
	implicit := listenForFragment(t)
	if err := implicit.OfferWithoutState("access_token=x"); !errors.As(err, &fault) {
		t.Errorf("a token alone: %v", err)
	}
	stillWaits(t, implicit)
}

// Given the same answer through the port and by hand, then one of them counts.
func TestAnOfferAndABrowserAtOnceAreOneAnswer(t *testing.T) {
	t.Parallel()
	r := listenAt(t, "http://127.0.0.1/callback")
	if err := r.Offer(r.RedirectURI() + "?code=c1&state=" + testState); err != nil {
		t.Fatal(err)
	}
	reply, _ := browse(t, r, "GET", "/callback?code=c2&state="+testState)
	if got := receive(t, r).Code.Reveal(); got != "c1" || reply.StatusCode != http.StatusBadRequest {
		t.Errorf("got the code %q, status %d", got, reply.StatusCode)
	}
}
