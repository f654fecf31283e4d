package oauth

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
	if came == nil || !isTokenText(came.Access.Reveal()) || !isBearer(came.Type) {
		return Token{}, &Refusal{Kind: RefusedUnreadable, Host: domain.Host()}
	}
	return newToken(came.Access.Reveal(), "", came.Type, came.ExpiresIn, came.Scope, s.Scopes), nil
}
