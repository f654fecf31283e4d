package oauth_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
)

// A token with a line end or an escape in it would become a header, a line of
// curl's configuration, or a command to a terminal: it is none.
func TestATokenThatIsNoTextOfATokenIsNotTaken(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	signIn := ready(t, at, person{})
	acme := domain(t, signIn, "acme")
	for _, nasty := range []string{"a\r\nX-Evil: 1", "a\noutput = /tmp/x", "a\x1b]0;title\x07", "a b", "\u202ea", "a\x00", "ä"} {
		for _, reply := range []map[string]any{
			{"access_token": nasty, "token_type": "bearer"},
			{"access_token": "good", "refresh_token": nasty, "token_type": "bearer"},
		} {
			body, _ := json.Marshal(reply)
			at.Fault("token", practice.Fault{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: string(body)})
			_, err := oauth.Refresh(t.Context(), oauth.NewHTTPClient(nil), acme, signIn.Key, oauth.NewSecret("r"), nil)
			var refusal *oauth.Refusal
			if !errors.As(err, &refusal) || refusal.Kind != oauth.RefusedUnreadable {
				t.Errorf("%q: %v", body, err)
			}
			if err != nil && strings.ContainsAny(err.Error(), "\r\n\x1b\u202e") {
				t.Errorf("the error repeats it: %q", err)
			}
		}
	}
}

// Given a scope too long to be kept for every account, then the scopes are those asked for.
func TestAScopeWithoutMeasureIsNotTaken(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	signIn := ready(t, at, person{})
	body, _ := json.Marshal(map[string]any{"access_token": "good", "token_type": "bearer", "scope": strings.Repeat("Egnyte.link ", 75_000)})
	at.Fault("token", practice.Fault{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: string(body)})
	token, err := oauth.Refresh(t.Context(), oauth.NewHTTPClient(nil), domain(t, signIn, "acme"), signIn.Key, oauth.NewSecret("r"), []string{"Egnyte.user"})
	if err != nil || len(token.Scopes) != 1 || token.Scopes[0] != "Egnyte.user" {
		t.Errorf("%d scopes, %v", len(token.Scopes), err)
	}
}

// An answer without end, a bomb that unpacks to one, and one that drips, each
// end with an error, within a bound of memory and time.
func TestAnAnswerWithoutEndEnds(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	packer := gzip.NewWriter(&bomb)
	for range 8 {
		_, _ = packer.Write(make([]byte, 1<<20))
	}
	_ = packer.Close()
	at := practice.Start(t)
	signIn := ready(t, at, person{})
	acme := domain(t, signIn, "acme")
	client := oauth.NewHTTPClient(nil)
	client.Timeout = 2 * time.Second
	for name, fault := range map[string]practice.Fault{
		"4 MB":           {Status: 200, Body: strings.Repeat("x", 64<<20)},
		"a bomb of 8 MB": {Status: 200, Header: http.Header{"Content-Encoding": {"gzip"}}, Body: bomb.String()},
		"never":          {Hang: -1},
		"cut off":        {CloseMidBody: true},
		"nested JSON":    {Status: 200, Body: strings.Repeat("[", 1<<19)},
	} {
		for _, endpoint := range []string{"token", "userinfo"} {
			at.Fault(endpoint, fault)
			var err error
			if endpoint == "token" {
				_, err = oauth.Refresh(t.Context(), client, acme, signIn.Key, oauth.NewSecret("r"), nil)
			} else {
				_, err = oauth.UserInfo(t.Context(), client, acme, oauth.NewSecret("a"))
			}
			var refusal *oauth.Refusal
			var away *oauth.Unreachable
			if !errors.As(err, &refusal) && !errors.As(err, &away) {
				t.Errorf("%s, %s: %v", name, endpoint, err)
			}
			if err != nil && len(err.Error()) > 500 {
				t.Errorf("%s, %s: an error of %d bytes", name, endpoint, len(err.Error()))
			}
			at.ClearFault(endpoint)
		}
	}
}

// Given answers that say what is needed in an unusual way, then they are taken.
func TestOnlyWhatIsNeededHasToParse(t *testing.T) {
	t.Parallel()
	at := practice.Start(t)
	signIn := ready(t, at, person{})
	acme, client := domain(t, signIn, "acme"), oauth.NewHTTPClient(nil)
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	for _, c := range []struct {
		fault practice.Fault
		life  time.Duration
	}{
		{practice.Fault{Status: 201, Body: `{"access_token":"a","expires_in":60}`}, time.Minute},
		{practice.Fault{Status: 202, Body: `{"access_token":"a","token_type":"Bearer","expires_in":0,"scope":["x"],"refresh_token":7}`}, 0},
		{practice.Fault{Status: 200, Body: "access_token=a&expires_in=60&token_type=bearer", Header: form}, time.Minute},
	} {
		at.Fault("token", c.fault)
		token, err := oauth.Refresh(t.Context(), client, acme, signIn.Key, oauth.NewSecret("r"), nil)
		if err != nil || token.Access.Reveal() != "a" || token.Refresh.Reveal() != "r" {
			t.Errorf("%s: %v", c.fault.Body, err)
		} else if ends := !token.Expiry.IsZero(); ends != (c.life > 0) || ends && token.Expiry.Sub(token.Issued) != c.life {
			t.Errorf("%s: expires %v", c.fault.Body, token.Expiry)
		}
	}
	for body, id := range map[string]int64{
		`{"id":121,"username":"jsmith"}`: 121, `{"id":"121","username":"jsmith"}`: 121, `{"id":121.0,"username":"jsmith"}`: 121,
		`{"id":"u-121","username":"jsmith","email":["j@acme.com"],"first_name":{}}`: 0, `{"id":1e400,"username":"jsmith"}`: 0, `{"username":"jsmith"}`: 0,
	} {
		at.Fault("userinfo", practice.Fault{Status: 203, Body: body})
		user, err := oauth.UserInfo(t.Context(), client, acme, oauth.NewSecret("a"))
		if err != nil || user.Username != "jsmith" || user.ID != id || user.Email != "" {
			t.Errorf("%s: %+v, %v", body, user, err)
		}
	}
}
