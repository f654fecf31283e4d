package advice

import (
	"errors"
	"fmt"
	"strings"

	"egnyte-accounts/oauth/redirect"
)

// Reception says in a sentence how a redirect address will be received, or why
// it can't be. Relay is the setting of that name.
func Reception(uri string, relay bool) (sentence string, err error) {
	r, err := redirect.Explain(uri, relay)
	if err != nil {
		return unreceived(err), err
	}
	switch r.Way {
	case redirect.AnyPort:
		return "Your browser comes back by itself, to any free port of this computer.", nil
	case redirect.FixedPort:
		return fmt.Sprintf("Your browser comes back by itself, to port %d of this computer.", r.Port), nil
	case redirect.Secure:
		return fmt.Sprintf("Your browser comes back by itself, to port %d of this computer, with a certificate that it has to trust once.", r.Port), nil
	case redirect.Forwarded:
		return fmt.Sprintf("Your browser goes to %s, and the page there sends it on to this computer.", r.Host), nil
	}
	return fmt.Sprintf("Your browser ends at %s; you copy its address and paste it here.", r.Host), nil
}

func unreceived(err error) string {
	var unsupported *redirect.UnsupportedRedirectError
	if !errors.As(err, &unsupported) {
		return "Your browser can't come back to this address."
	}
	return "Your browser can't come back to this address: " + strings.TrimSuffix(unsupported.Reason, ".") + "."
}
