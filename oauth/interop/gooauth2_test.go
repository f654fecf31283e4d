package interop

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/go-oauth2/oauth2/v4/errors"
	"github.com/go-oauth2/oauth2/v4/manage"
	"github.com/go-oauth2/oauth2/v4/models"
	"github.com/go-oauth2/oauth2/v4/server"
	"github.com/go-oauth2/oauth2/v4/store"

	"egnyte-accounts/oauth"
)

// goOAuth2Egnyte is go-oauth2/oauth2.
func goOAuth2Egnyte(t *testing.T, b behaviour) egnyte {
	t.Helper()
	manager := manage.NewDefaultManager()
	manager.MustTokenStorage(store.NewMemoryTokenStore())
	if b.expired {
		manager.SetAuthorizeCodeExp(time.Nanosecond)
	}
	clients := store.NewClientStore()
	if err := clients.Set(clientID, &models.Client{ID: clientID, Secret: clientSecret, Domain: oauth.DefaultRedirectURI}); err != nil {
		t.Fatal(err)
	}
	manager.MapClientStorage(clients)
	manager.SetValidateURIHandler(func(registered, asked string) error { // loopback on any port (RFC 8252, 7.3)
		u, err := url.Parse(asked)
		if err == nil {
			u.Host = u.Hostname()
		}
		if err != nil || u.String() != registered {
			return errors.ErrInvalidRedirectURI
		}
		return nil
	})
	s := server.NewDefaultServer(manager)
	s.SetClientInfoHandler(server.ClientFormHandler)
	s.SetUserAuthorizationHandler(func(http.ResponseWriter, *http.Request) (string, error) {
		if b.denied {
			return "", errors.ErrAccessDenied
		}
		return "jsmith", nil
	})
	s.SetInternalErrorHandler(func(error) *errors.Response { // what its memory and our check of the address say
		return errors.NewResponse(errors.ErrInvalidRequest, http.StatusBadRequest)
	})
	at, mux := newEgnyte(t)
	mux.HandleFunc("GET /puboauth/authorize", func(w http.ResponseWriter, r *http.Request) {
		if err := s.HandleAuthorizeRequest(w, r); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})
	mux.HandleFunc("POST /puboauth/token", func(w http.ResponseWriter, r *http.Request) { _ = s.HandleTokenRequest(w, r) })
	mux.HandleFunc("GET /pubapi/v1/userinfo", func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.ValidationBearerToken(r); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		writeJane(w)
	})
	mux.HandleFunc("POST /pubapi/v1/tokens/revoke", func(_ http.ResponseWriter, r *http.Request) {
		_ = manager.RemoveAccessToken(context.WithoutCancel(r.Context()), r.PostFormValue("token"))
	})
	return at
}
