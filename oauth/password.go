package oauth

import (
	"context"
	"errors"
	"net/url"
	"strings"
)

// runPassword signs in with a user name and a password (RFC 6749, 4.3), for
// internal-application keys. The password goes to the domain's own token
// endpoint, in the body of one request, and is kept nowhere.
func (s SignIn) runPassword(ctx context.Context) (Grant, error) {
	form := url.Values{"grant_type": {"password"}, "username": {s.Username}, "password": {s.Password.Reveal()}}
	if len(s.Scopes) > 0 {
		form.Set("scope", strings.Join(s.Scopes, " "))
	}
	s.Report(Exchanging{s.Domain})
	token, err := requestToken(ctx, s.HTTP, s.Domain, s.Key, s.Scopes, form)
	s.Password = Secret{}
	if err != nil {
		return Grant{}, passwordRefusal(err)
	}
	grant, err := s.granted(ctx, s.Domain, token)
	if err != nil {
		return Grant{}, err
	}
	s.Report(Done{grant})
	return grant, nil
}

// passwordRefusal gives Egnyte's refusals the meaning that they have in this
// flow: the grant is the password, and its limit is a person's own.
func passwordRefusal(err error) error {
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	meant := *refusal
	switch refusal.Kind {
	case RefusedInvalidGrant:
		meant.Kind = RefusedPassword
	case RefusedKeyKind:
		meant.Kind = RefusedPasswordKey
	case RefusedTokenLimit:
		meant.Kind = RefusedPasswords
	}
	return &meant
}
