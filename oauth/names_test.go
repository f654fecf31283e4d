package oauth_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
)

// nastyNames steer a terminal, turn the direction of text, break a line, hide,
// or have no end.
var nastyNames = []string{
	"\x1b[2J\x1b]0;owned\x07Jane", "Jane\r\nroot", "Jane\u202eenaJ", "\u2066Jane\u2069", "Ja\u200bne", "Jane\x00", "Jane\u0085x",
	"Jane\u2028x", "\x9b31mJane", strings.Repeat("J", 10<<10), strings.Repeat("\u0301", 5000), "J\xffane", "\ufeffJane",
}

func isTame(text string) bool {
	return len([]rune(text)) <= 100 && !strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r)
	})
}

// A name for display is one line that shows what it says, whatever Egnyte sends;
// a user name that is none is refused, as accounts are named by it.
func TestANameThatSteersATerminalIsTamedOrRefused(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	acme := domain(t, ready(t, at, person{}), "acme")
	client := oauth.NewHTTPClient(nil)
	ask := func(reply map[string]any) (oauth.User, error) {
		body, _ := json.Marshal(reply)
		at.Fault("userinfo", practice.Fault{Status: 200, Body: string(body)})
		return oauth.UserInfo(t.Context(), client, acme, oauth.NewSecret("a"))
	}
	for _, nasty := range nastyNames {
		user, err := ask(map[string]any{"id": 1, "username": "jsmith", "first_name": nasty, "last_name": nasty})
		if err != nil || !isTame(user.Name()) || user.Name() == "" {
			t.Errorf("%.20q is shown as %q, %v", nasty, user.Name(), err)
		}
		var refusal *oauth.Refusal
		user, err = ask(map[string]any{"id": 1, "username": nasty})
		if !errors.As(err, &refusal) && !isTame(user.Username) {
			t.Errorf("%.20q is a user name: %v", nasty, err)
		}
		if err != nil && !isTame(strings.ReplaceAll(err.Error(), at.URL(), "")) {
			t.Errorf("%.20q: the error repeats it: %q", nasty, err)
		}
		if got := oauth.Plain(nasty); !isTame(got) {
			t.Errorf("%.20q becomes %q", nasty, got)
		}
	}
}
