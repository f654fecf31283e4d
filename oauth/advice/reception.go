package advice

import (
	"errors"
	"strconv"

	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/words"
)

// Reception says in a sentence how a redirect address will be received, or why
// it can't be. Relay is the setting of that name.
func Reception(uri string, relay bool) (sentence string, err error) {
	r, err := redirect.Explain(uri, relay)
	if err != nil {
		return unreceived(err), err
	}
	port := strconv.Itoa(r.Port)
	switch r.Way {
	case redirect.AnyPort:
		return words.Say("Your browser comes back by itself, to any free port of this computer."), nil
	case redirect.FixedPort:
		return words.Say("Your browser comes back by itself, to port {port} of this computer.", "port", port), nil
	case redirect.Secure:
		return words.Say("Your browser comes back by itself, to port {port} of this computer, with a certificate that it has to trust once.", "port", port), nil
	case redirect.Forwarded:
		return words.Say("Your browser goes to {host}, and the page there sends it on to this computer.", "host", r.Host), nil
	}
	return words.Say("Your browser ends at {host}; you copy its address and paste it here.", "host", r.Host), nil
}

func unreceived(err error) string {
	var unsupported *redirect.UnsupportedRedirectError
	if !errors.As(err, &unsupported) {
		return words.Say("Your browser can't come back to this address.")
	}
	return words.Say("Your browser can't come back to this address: {reason}.", "reason", Reason(unsupported.Reason))
}
