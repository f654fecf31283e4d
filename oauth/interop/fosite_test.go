// Package interop signs in at an OAuth server that nobody of this project
// wrote, ory/fosite behind Egnyte's paths, and uses the accounts as another
// module does.
package interop

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/storage"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/redirect"
)

const (
	clientID     = "interop-key"
	clientSecret = "interop secret & more=+%"
)

func TestSignInAtFosite(t *testing.T) {
	for _, enforced := range []bool{true, false} {
		name := "PKCE optional"
		if enforced {
			name = "PKCE enforced"
		}
		t.Run(name, func(t *testing.T) {
			// Given fosite as acme's Egnyte
			server := startFosite(t, enforced)
			service, err := oauth.ParseService("http://egnyte.localhost:" + server.port)
			if err != nil {
				t.Fatal(err)
			}
			domain, err := service.ParseDomain("acme")
			if err != nil {
				t.Fatal(err)
			}

			// When a person signs in there
			signIn := oauth.SignIn{
				Service: service, Domain: domain, Scopes: []string{"Egnyte.filesystem"},
				Key:     oauth.Key{ID: clientID, Secret: oauth.NewSecret(clientSecret)},
				Browser: instantBrowser{}, Listen: redirect.Listen, Timeout: 10 * time.Second,
			}
			grant, err := signIn.Run(t.Context())

			// Then the grant holds a token that works there, for the scope asked
			if err != nil {
				t.Fatal(err)
			}
			if grant.User.Username != "jsmith" || grant.Token.Refresh.IsZero() {
				t.Errorf("got %+v", grant)
			}
			if left := time.Until(grant.Token.Expiry); left <= 0 || left > time.Hour {
				t.Errorf("the token lives %s", left)
			}
		})
	}
}

func TestWithoutPKCEWhereItIsEnforced(t *testing.T) {
	// Given a server that insists on PKCE and a sign-in that leaves it out
	server := startFosite(t, true)
	service, _ := oauth.ParseService("http://egnyte.localhost:" + server.port)
	domain, _ := service.ParseDomain("acme")
	signIn := oauth.SignIn{
		Service: service, Domain: domain, Scopes: []string{"Egnyte.filesystem"}, NoPKCE: true,
		Key:     oauth.Key{ID: clientID, Secret: oauth.NewSecret(clientSecret)},
		Browser: instantBrowser{}, Listen: redirect.Listen, Timeout: 10 * time.Second,
	}

	// When the person comes back, then the server has refused: the promise above is not empty
	if _, err := signIn.Run(t.Context()); err == nil {
		t.Error("fosite let a request without PKCE through")
	}
}

// instantBrowser is a person who clicks through at once.
type instantBrowser struct{}

func (instantBrowser) Open(ctx context.Context, url string) error {
	client := oauth.NewHTTPClient(nil)
	client.CheckRedirect = nil
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	reply, err := client.Do(request)
	if err != nil {
		return err
	}
	return reply.Body.Close()
}

type fositeServer struct {
	provider fosite.OAuth2Provider
	port     string
}

func startFosite(t *testing.T, enforcePKCE bool) *fositeServer {
	t.Helper()
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		t.Fatal(err)
	}
	config := &fosite.Config{
		GlobalSecret: secret, AccessTokenLifespan: time.Hour, EnforcePKCE: enforcePKCE,
		RefreshTokenScopes: []string{}, ScopeStrategy: fosite.ExactScopeStrategy,
	}
	store := storage.NewMemoryStore()
	hashed, err := (&fosite.BCrypt{Config: config}).Hash(t.Context(), []byte(clientSecret))
	if err != nil {
		t.Fatal(err)
	}
	store.Clients[clientID] = &fosite.DefaultClient{
		ID: clientID, Secret: hashed, RedirectURIs: []string{oauth.DefaultRedirectURI},
		ResponseTypes: []string{"code"}, GrantTypes: []string{"authorization_code", "refresh_token"},
		Scopes: []string{"Egnyte.filesystem"},
	}
	s := &fositeServer{provider: compose.Compose(config, store, compose.NewOAuth2HMACStrategy(config),
		compose.OAuth2AuthorizeExplicitFactory, compose.OAuth2RefreshTokenGrantFactory,
		compose.OAuth2TokenIntrospectionFactory, compose.OAuth2PKCEFactory)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /puboauth/authorize", s.authorize)
	mux.HandleFunc("POST /puboauth/token", s.token)
	mux.HandleFunc("GET /pubapi/v1/userinfo", s.userInfo)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.port = server.URL[strings.LastIndex(server.URL, ":")+1:]
	return s
}

func (s *fositeServer) authorize(w http.ResponseWriter, r *http.Request) {
	request, err := s.provider.NewAuthorizeRequest(r.Context(), r)
	if err != nil {
		s.provider.WriteAuthorizeError(r.Context(), w, request, err)
		return
	}
	for _, scope := range request.GetRequestedScopes() {
		request.GrantScope(scope)
	}
	reply, err := s.provider.NewAuthorizeResponse(r.Context(), request, &fosite.DefaultSession{Username: "jsmith"})
	if err != nil {
		s.provider.WriteAuthorizeError(r.Context(), w, request, err)
		return
	}
	s.provider.WriteAuthorizeResponse(r.Context(), w, request, reply)
}

func (s *fositeServer) token(w http.ResponseWriter, r *http.Request) {
	request, err := s.provider.NewAccessRequest(r.Context(), r, &fosite.DefaultSession{})
	if err != nil {
		s.provider.WriteAccessError(r.Context(), w, request, err)
		return
	}
	reply, err := s.provider.NewAccessResponse(r.Context(), request)
	if err != nil {
		s.provider.WriteAccessError(r.Context(), w, request, err)
		return
	}
	s.provider.WriteAccessResponse(r.Context(), w, request, reply)
}

func (s *fositeServer) userInfo(w http.ResponseWriter, r *http.Request) {
	token := fosite.AccessTokenFromRequest(r)
	_, request, err := s.provider.IntrospectToken(r.Context(), token, fosite.AccessToken, &fosite.DefaultSession{})
	if err != nil || !request.GetGrantedScopes().Has("Egnyte.filesystem") {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"id": 121, "first_name": "Jane", "last_name": "Smith", "username": "jsmith"})
}
