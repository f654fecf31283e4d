package advice

import (
	"errors"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/words"
)

// Tested says in words what oauth.SignIn.Probe found about a key, and whether
// signing in would go on. Its Action is CopyRedirect where the address is not
// the registered one, else None: the key is under the person's eyes.
func Tested(s oauth.SignIn, err error, now time.Time) (a Advice, good bool) {
	var refusal *oauth.Refusal
	isKind := errors.As(err, &refusal) && refusal.Kind == oauth.RefusedKeyKind
	internal := s.Flow == oauth.FlowPassword
	switch {
	case internal && isKind:
		return Advice{What: words.Say("Egnyte knows this key, as one for internal applications."),
			Do: words.Say("Signing in asks for user name and password, and Egnyte checks the secret then.")}, true
	case internal && err == nil && !s.Domain.IsZero():
		return Advice{What: words.Say("Egnyte takes this key in the browser, so it is one for publicly available applications."),
			Do: words.Say("Choose that kind of key.")}, false
	case internal && err == nil:
		return Advice{What: words.Say("Egnyte has nothing against this key yet."),
			Do: words.Say("Type your domain, then test again: only there Egnyte looks at the kind of key.")}, true
	case isKind:
		return Advice{What: words.Say("Egnyte knows this key as one for internal applications, and those can't sign in through the browser."),
			Do: words.Say("Choose that kind of key, or register one for a publicly available application."), Details: err.Error()}, false
	case err == nil && s.Domain.IsZero():
		return Advice{What: words.Say("Egnyte has nothing against this key and its address."),
			Do: words.Say("Some of it Egnyte looks at once it knows the domain: type yours, and test again to be sure.")}, true
	case err == nil:
		return Advice{What: words.Say("{host} knows this key and its address.", "host", s.Domain.Host()),
			Do: words.Say("Signing in can begin. Egnyte checks the secret at its end.")}, true
	}
	a = For(err, now)
	if a.Action != CopyRedirect {
		a.Action, a.Button = None, ""
	}
	return a, false
}
