package oauth

import (
	"context"
	"net/http"

	"golang.org/x/oauth2"
)

// Refresh exchanges a refresh token for a new pair (RFC 6749, 6). At Egnyte
// both tokens rotate: from the answer on the old pair is dead, so the new one
// has to be kept at once. An answer without a refresh token leaves the one in
// hand in use. Scopes are those of the old token; none are sent, which asks for
// the same.
//
// Errors are *Refusal and *Unreachable. An answer that got lost on its way is
// passing trouble, as nobody can tell whether Egnyte has rotated the pair: if it
// has, the next try meets RefusedInvalidGrant.
func Refresh(ctx context.Context, client *http.Client, domain Domain, key Key, refresh Secret, scopes []string) (Token, error) {
	config := oauth2.Config{
		ClientID:     key.ID,
		ClientSecret: key.Secret.Reveal(),
		Endpoint:     oauth2.Endpoint{TokenURL: domain.tokenURL(), AuthStyle: oauth2.AuthStyleInParams},
	}
	return requestToken(ctx, client, domain, scopes, func(ctx context.Context) (*oauth2.Token, error) {
		return config.TokenSource(ctx, &oauth2.Token{RefreshToken: refresh.Reveal()}).Token()
	})
}
