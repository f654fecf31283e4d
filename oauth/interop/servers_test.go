package interop

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/redirect"
)

// behaviour is what a server does to a sign-in.
type behaviour struct {
	denied  bool // the user says no
	expired bool // codes have expired when they come
}

// egnyte is a server that plays acme's Egnyte, and a sign-in there.
type egnyte struct {
	signIn oauth.SignIn
	url    string
}

// newEgnyte serves what is put into the mux.
func newEgnyte(t *testing.T) (egnyte, *http.ServeMux) {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	service, err := oauth.ParseService("http://egnyte.localhost:" + server.URL[strings.LastIndex(server.URL, ":")+1:])
	if err != nil {
		t.Fatal(err)
	}
	domain, err := service.ParseDomain("acme")
	if err != nil {
		t.Fatal(err)
	}
	return egnyte{oauth.SignIn{
		Service: service, Domain: domain, Scopes: []string{"Egnyte.filesystem"}, HTTP: oauth.NewHTTPClient(nil),
		Key:     oauth.Key{ID: clientID, Secret: oauth.NewSecret(clientSecret)},
		Browser: instantBrowser{}, Listen: redirect.Listen, Timeout: 10 * time.Second,
	}, domain.URL()}, mux
}

// withClient adds the key to Egnyte's revoke call, which has the secret alone.
func withClient(r *http.Request) *http.Request {
	_ = r.ParseForm()
	r.Form.Set("client_id", clientID)
	r.PostForm.Set("client_id", clientID)
	r.Header.Del("Authorization")
	return r
}

func writeJane(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"id": 121, "first_name": "Jane", "last_name": "Smith", "username": "jsmith"})
}

var servers = map[string]func(*testing.T, behaviour) egnyte{
	"ory/fosite": fositeEgnyte, "zitadel/oidc": zitadelEgnyte, "go-oauth2/oauth2": goOAuth2Egnyte,
}

// Given a server that others wrote, when a user signs in there, then the token works, can be
// renewed once, and is revoked; a refresh token that was used is refused.
func TestASignInAtEveryServer(t *testing.T) {
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			at := start(t, behaviour{})
			if err := at.signIn.Probe(t.Context()); err != nil {
				t.Errorf("a probe: %v", err)
			}
			grant, err := at.signIn.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if left := time.Until(grant.Token.Expiry); grant.User.Username != "jsmith" || grant.Token.Refresh.IsZero() || left <= 0 || left > 3*time.Hour {
				t.Errorf("got %+v, for %v", grant, left)
			}
			client := at.signIn.HTTP
			renew := func(token oauth.Token) (oauth.Token, error) {
				return oauth.Refresh(t.Context(), client, grant.Domain, grant.Key, token.Refresh, token.Scopes)
			}
			next, err := renew(grant.Token)
			if err != nil || next.Access.Equal(grant.Token.Access) || next.Refresh.Equal(grant.Token.Refresh) {
				t.Fatalf("renewed: %v", err)
			}
			if _, err := oauth.UserInfo(t.Context(), client, grant.Domain, next.Access); err != nil {
				t.Errorf("the new token: %v", err)
			}
			if err := oauth.Revoke(t.Context(), client, grant.Domain, grant.Key, next.Access); err != nil {
				t.Errorf("revoking: %v", err)
			}
			if _, err := oauth.UserInfo(t.Context(), client, grant.Domain, next.Access); !oauth.TokenRefused(err) {
				t.Errorf("the revoked token: %v", err)
			}
			_, err = renew(grant.Token)
			mustRefuse(t, "a refresh token used twice", err, oauth.RefusedInvalidGrant)
		})
	}
}

// Given what such a server refuses, then it is known for what it is, and nothing of it counts
// as temporary.
func TestEveryServersRefusalsAreKnown(t *testing.T) {
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			run := func(b behaviour, change func(*oauth.SignIn)) error {
				signIn := start(t, b).signIn
				signIn.Preflight = true
				if change != nil {
					change(&signIn)
				}
				_, err := signIn.Run(t.Context())
				return err
			}
			if err := run(behaviour{denied: true}, nil); !errors.Is(err, oauth.ErrDenied) {
				mustRefuse(t, "denied", err, oauth.RefusedDenied)
			}
			mustRefuse(t, "an expired code", run(behaviour{expired: true}, nil), oauth.RefusedInvalidGrant)
			mustRefuse(t, "a wrong secret", run(behaviour{}, func(s *oauth.SignIn) { s.Key.Secret = oauth.NewSecret("wrong") }), oauth.RefusedClient)
			mustRefuse(t, "another address", run(behaviour{}, func(s *oauth.SignIn) {
				s.Key.RedirectURI, s.Timeout = "http://127.0.0.1/elsewhere", time.Second
			}), "")
			mustRefuse(t, "an unknown key", run(behaviour{}, func(s *oauth.SignIn) {
				s.Key.ID, s.Timeout = "stranger", time.Second
			}), "")
		})
	}
}

// mustRefuse takes any refusal for good if no kind is named: servers word it differently.
func mustRefuse(t *testing.T, what string, err error, kind oauth.RefusalKind) {
	t.Helper()
	var refusal *oauth.Refusal
	if !errors.As(err, &refusal) || kind != "" && refusal.Kind != kind || refusal.Passing() {
		t.Errorf("%s: %v", what, err)
		return
	}
	t.Logf("%s: %v", what, err)
}
