package oauth

import (
	"context"
	"net/http"
	"net/url"
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
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh.Reveal()}}
	token, err := requestToken(ctx, client, domain, key, scopes, form)
	if err == nil && token.Refresh.IsZero() {
		token.Refresh = refresh
	}
	return token, err
}
