package redirect

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"egnyte-accounts/oauth"
)

// provider is the least that Enhanced Auth, exchange and userinfo need. Its
// person answers every authorize request with answer.
func provider(t *testing.T, answer url.Values) oauth.Service {
	t.Helper()
	var redirectURI string
	mux := http.NewServeMux()
	mux.HandleFunc("GET /services/oauth/code", func(w http.ResponseWriter, r *http.Request) {
		redirectURI = r.FormValue("redirect_uri")
		values := url.Values{"state": {r.FormValue("state")}}
		for name, value := range answer {
			values[name] = value
		}
		http.Redirect(w, r, redirectURI+"?"+values.Encode(), http.StatusFound)
	})
	mux.HandleFunc("POST /puboauth/token", func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Host, "acme.egnyte.localhost:") || r.FormValue("code") != answer.Get("code") || r.FormValue("redirect_uri") != redirectURI {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "granted", "token_type": "bearer", "expires_in": -1})
	})
	mux.HandleFunc("GET /pubapi/v1/userinfo", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"id": 1, "username": "jsmith"})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	service, err := oauth.ParseService("http://egnyte.localhost:" + port)
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// walker is a browser that goes wherever it is sent, after it was led astray.
type walker struct{}

func (walker) Open(ctx context.Context, address string) error {
	client := oauth.NewHTTPClient(nil)
	client.CheckRedirect = nil
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	for _, address := range []string{u.Scheme + "://" + u.Host + "/callback?code=x&state=bad", address} {
		request, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		reply, err := client.Do(request)
		if err != nil {
			return err
		}
		_ = reply.Body.Close()
	}
	return nil
}

func signIn(t *testing.T, registered string, answer url.Values) (oauth.Grant, error) {
	t.Helper()
	return oauth.SignIn{
		Service: provider(t, answer),
		Key:     oauth.Key{ID: "key", RedirectURI: registered},
		Timeout: patience,
		Browser: walker{},
		Listen:  Listen,
	}.Run(t.Context())
}

func TestASignInComesBackThroughTheReceiver(t *testing.T) {
	t.Parallel()
	for _, registered := range []string{"http://127.0.0.1/callback", "http://localhost/callback"} {
		t.Run(registered, func(t *testing.T) {
			t.Parallel()
			grant, err := signIn(t, registered, url.Values{"code": {"c0de"}, "egnyte_domain": {"acme"}})
			if err != nil {
				t.Fatal(err)
			}
			if grant.Domain.Label() != "acme" || grant.User.Username != "jsmith" || grant.Token.Access.Reveal() != "granted" {
				t.Errorf("got %+v", grant)
			}
		})
	}
}

func TestADenialComesBackThroughTheReceiver(t *testing.T) {
	t.Parallel()
	_, err := signIn(t, "http://127.0.0.1/callback", url.Values{"error": {"access_denied"}})
	if !errors.Is(err, oauth.ErrDenied) {
		t.Errorf("got %v, want ErrDenied", err)
	}
}

func TestASignInThatNamesTwoDomainsIsRefused(t *testing.T) {
	t.Parallel()
	_, err := signIn(t, "http://127.0.0.1/callback", url.Values{"code": {"c0de"}, "egnyte_domain": {"acme"}, "domain": {"evil.example"}})
	var foreign *oauth.ForeignDomainError
	if !errors.As(err, &foreign) {
		t.Errorf("got %v, want a ForeignDomainError", err)
	}
}
