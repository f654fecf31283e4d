package interop

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"egnyte-accounts/oauth"
)

// zitadelClient is the key: a native program, whose secret is in the form.
type zitadelClient struct{ *storage.Client }

func (zitadelClient) ApplicationType() op.ApplicationType { return op.ApplicationTypeNative }
func (zitadelClient) AuthMethod() oidc.AuthMethod         { return oidc.AuthMethodPost }
func (zitadelClient) IsScopeAllowed(string) bool          { return true }
func (zitadelClient) LoginURL(id string) string           { return "/login?id=" + id }

// zitadelStorage is the memory of zitadel's example.
type zitadelStorage struct {
	*storage.Storage
	expired bool
}

func (s zitadelStorage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != clientID {
		return nil, errors.New("no such client")
	}
	return zitadelClient{storage.WebClient(clientID, clientSecret, oauth.DefaultRedirectURI)}, nil
}

func (s zitadelStorage) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	if s.expired {
		return nil, errors.New("the code has expired")
	}
	return s.Storage.AuthRequestByCode(ctx, code)
}

// zitadelEgnyte is the provider of zitadel/oidc. It gives refresh tokens for offline_access
// alone, and calls its paths as Egnyte does.
func zitadelEgnyte(t *testing.T, b behaviour) egnyte {
	t.Helper()
	at, mux := newEgnyte(t)
	at.signIn.Scopes = []string{"openid", "offline_access", "Egnyte.filesystem"}
	clients := map[string]*storage.Client{clientID: storage.WebClient(clientID, clientSecret, oauth.DefaultRedirectURI)}
	kept := zitadelStorage{storage.NewStorageWithClients(storage.NewUserStore(at.url), clients), b.expired}
	config := &op.Config{CryptoKey: [32]byte{1}, CodeMethodS256: true, AuthMethodPost: true, GrantTypeRefreshToken: true}
	provider, err := op.NewProvider(config, kept, op.StaticIssuer(at.url), op.WithAllowInsecure(),
		op.WithCustomAuthEndpoint(op.NewEndpoint("puboauth/authorize")), op.WithCustomTokenEndpoint(op.NewEndpoint("puboauth/token")),
		op.WithCustomRevocationEndpoint(op.NewEndpoint("pubapi/v1/tokens/revoke")), op.WithCustomUserinfoEndpoint(op.NewEndpoint("pubapi/v1/userinfo")))
	if err != nil {
		t.Fatal(err)
	}
	back := op.AuthCallbackURL(provider)
	mux.Handle("/", provider)
	mux.Handle("GET /login", op.NewIssuerInterceptor(provider.IssuerFromRequest).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.FormValue("id")
		if request, err := kept.AuthRequestByID(r.Context(), id); b.denied && err == nil {
			op.AuthRequestError(w, r, request, oidc.ErrAccessDenied(), provider)
			return
		}
		if err := kept.CheckUsernamePassword("test-user2", "verysecure", id); err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		http.Redirect(w, r, back(r.Context(), id), http.StatusFound)
	}))
	mux.HandleFunc("GET /pubapi/v1/userinfo", func(w http.ResponseWriter, r *http.Request) {
		said := httptest.NewRecorder()
		provider.ServeHTTP(said, r)
		if said.Code != http.StatusOK {
			w.WriteHeader(http.StatusUnauthorized) // zitadel's is 403
			return
		}
		writeJane(w)
	})
	mux.HandleFunc("POST /pubapi/v1/tokens/revoke", func(w http.ResponseWriter, r *http.Request) { provider.ServeHTTP(w, withClient(r)) })
	return at
}
