// Package interop signs in at OAuth servers that nobody of this project wrote, behind
// Egnyte's paths, and uses the accounts as another module does.
package interop

import (
	"context"
	"crypto/rand"
	"net/http"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/storage"

	"egnyte-accounts/oauth"
)

const (
	clientID     = "interop-key"
	clientSecret = "interop secret & more=+%"
)

// Given a server that insists on PKCE and a sign-in that leaves it out, when the browser
// comes back, then the server has refused: the sign-ins at it prove something.
func TestWithoutPKCEWhereItIsEnforced(t *testing.T) {
	at := fositeEgnyte(t, behaviour{})
	signIn := at.signIn
	signIn.NoPKCE = true
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
	behaviour
}

// fositeEgnyte is ory/fosite, which enforces PKCE.
func fositeEgnyte(t *testing.T, b behaviour) egnyte {
	t.Helper()
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		t.Fatal(err)
	}
	config := &fosite.Config{
		GlobalSecret: secret, AccessTokenLifespan: time.Hour, EnforcePKCE: true,
		RefreshTokenScopes: []string{}, ScopeStrategy: fosite.ExactScopeStrategy,
	}
	if b.expired {
		config.AuthorizeCodeLifespan = time.Nanosecond
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
	s := &fositeServer{compose.Compose(config, store, compose.NewOAuth2HMACStrategy(config),
		compose.OAuth2AuthorizeExplicitFactory, compose.OAuth2RefreshTokenGrantFactory, compose.OAuth2TokenRevocationFactory,
		compose.OAuth2TokenIntrospectionFactory, compose.OAuth2PKCEFactory), b}
	at, mux := newEgnyte(t)
	mux.HandleFunc("GET /puboauth/authorize", s.authorize)
	mux.HandleFunc("POST /puboauth/token", s.token)
	mux.HandleFunc("GET /pubapi/v1/userinfo", s.userInfo)
	mux.HandleFunc("POST /pubapi/v1/tokens/revoke", func(w http.ResponseWriter, r *http.Request) {
		s.provider.WriteRevocationResponse(r.Context(), w, s.provider.NewRevocationRequest(r.Context(), withClient(r)))
	})
	return at
}

func (s *fositeServer) authorize(w http.ResponseWriter, r *http.Request) {
	request, err := s.provider.NewAuthorizeRequest(r.Context(), r)
	if err != nil {
		s.provider.WriteAuthorizeError(r.Context(), w, request, err)
		return
	}
	if s.denied {
		s.provider.WriteAuthorizeError(r.Context(), w, request, fosite.ErrAccessDenied)
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
	writeJane(w)
}
