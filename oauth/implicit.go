package oauth

import (
	"errors"
	"strings"
	"time"
)

// FragmentToken is the implicit grant's answer (RFC 6749, 4.2.2), as it came.
type FragmentToken struct {
	Access    Secret
	Type      string
	ExpiresIn string // seconds; empty where it was not said
	Scope     string // empty: what was asked for
}

// implicitToken reads the token that came with the callback. There is no
// refresh token: when this one ends, the person signs in again.
func (s SignIn) implicitToken(domain Domain, callback Callback) (Token, error) {
	came := callback.Token
	// A client must not use a token of a type that it does not know (RFC 6749, 7.1).
	if came == nil || !isTokenText(came.Access.Reveal()) || came.Type != "" && !strings.EqualFold(came.Type, "bearer") {
		return Token{}, &Refusal{Kind: RefusedUnreadable, Host: domain.Host()}
	}
	token := Token{Access: came.Access, Type: came.Type, Issued: time.Now().Round(0), Scopes: s.Scopes}
	if token.Type == "" {
		token.Type = "bearer"
	}
	if came.Scope != "" {
		token.Scopes = strings.Fields(came.Scope)
	}
	if life, ends := readLife(came.ExpiresIn); ends {
		token.Expiry = token.Issued.Add(life)
	}
	return token, nil
}

// expectFragment readies a receiver for the implicit grant, or closes it.
func expectFragment(receiver Receiver) error {
	fragment, ok := receiver.(FragmentReceiver)
	if !ok {
		return errors.Join(&ConfigError{Field: "flow", Reason: "the implicit flow can't be received at this redirect address"}, receiver.Close())
	}
	fragment.ExpectFragment()
	return nil
}
