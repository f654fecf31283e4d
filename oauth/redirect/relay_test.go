package redirect

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
)

const hostedPage = "https://signin.acme.example/egnyte/"

// hosted does what the page in assets/relay does, as a person whose browser
// ends there.
type hosted struct {
	at  *practice.Server
	who practice.Person
}

func (h hosted) Open(ctx context.Context, address string) error {
	came, err := h.at.Decide(ctx, address, h.who, practice.Allow, "")
	if err != nil {
		return err
	}
	u, err := url.Parse(came.URL)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(came.URL, hostedPage+"?") {
		return errors.New("Egnyte was given another address than the page's")
	}
	target, ok := Behind(u.Query().Get("state"))
	if !ok {
		return errors.New("the state names no port")
	}
	return h.at.Follow(ctx, practice.Callback{URL: target + "?" + u.RawQuery})
}

func TestASignInComesBackThroughAHostedPage(t *testing.T) {
	t.Parallel()
	at := practice.Start(t, func(o *practice.Options) { o.Key.RedirectURI = hostedPage })
	service, err := oauth.ParseService(at.URL())
	if err != nil {
		t.Fatal(err)
	}
	signIn := oauth.SignIn{
		Service: service, Timeout: patience, Browser: hosted{at, at.People()[0]}, Listen: Listener{Relay: true}.Listen,
		Key: oauth.Key{ID: at.Key().ID, Secret: oauth.NewSecret(at.Key().Secret), RedirectURI: hostedPage},
	}
	grant, err := signIn.Run(t.Context())
	if err != nil || grant.User.Username != "jsmith" {
		t.Errorf("got %+v, %v", grant.User, err)
	}
}

func TestAReceiverBehindAPageListensHereAndIsKnownByThePage(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]Listener{"relay": {Relay: true}, "relay and paste": {Relay: true, Paste: true}} {
		r, err := l.Listen(t.Context(), hostedPage, testState)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		state := r.State()
		target, ok := Behind(state)
		if r.RedirectURI() != hostedPage || !strings.HasPrefix(state, testState+".") || !ok {
			t.Fatalf("%s: %s with state %s", name, r.RedirectURI(), state)
		}
		ask := func(query string) int {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target+query, nil)
			if err != nil {
				t.Fatal(err)
			}
			reply, err := http.DefaultTransport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			_ = reply.Body.Close()
			return reply.StatusCode
		}
		if got := ask("?code=x&state=" + testState); got != http.StatusBadRequest {
			t.Errorf("%s: the state without its port got %d", name, got)
		}
		if got := ask("?code=right&state=" + state); got != http.StatusOK {
			t.Errorf("%s: the right one got %d", name, got)
		}
		if callback := receive(t, r); callback.Code.Reveal() != "right" {
			t.Errorf("%s: got %+v", name, callback)
		}
	}
}

func TestOnlyAPageElsewhereForwards(t *testing.T) {
	t.Parallel()
	l := Listener{Relay: true}
	r, err := l.Listen(t.Context(), "http://127.0.0.1/callback", testState)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.State() != testState {
		t.Error("an address of this machine is received behind a page")
	}
	for _, uri := range []string{"https://jane@signin.acme.example/", "https://signin.acme.example/#x", "https://signin.acme.example/?state=1"} {
		if r, err := l.Listen(t.Context(), uri, testState); err == nil {
			_ = r.Close()
			t.Errorf("%s was taken", uri)
		}
	}
}

func TestThePortOfAStateIsANumberThatCanBeOurs(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]string{
		"S.1024": "http://127.0.0.1:1024/callback", "S.65535": "http://127.0.0.1:65535/callback",
		"S": "", "S.": "", "S.80": "", "S.65536": "", "S.-8080": "", "S.80.8080": "", "S.8080/x": "", "S.8080@evil.example": "",
	} {
		if got, ok := Behind(state); got != want || ok != (want != "") {
			t.Errorf("%s: %q", state, got)
		}
	}
}
