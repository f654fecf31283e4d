package redirect

import (
	"errors"
	"net/url"
	"strings"
)

// Way is how the browser comes back to a redirect address.
type Way string

// The ways.
const (
	AnyPort   Way = "any-port"        // http on this machine, any free port
	FixedPort Way = "fixed-port"      // http on this machine, exactly that port
	Secure    Way = "https-localhost" // https on this machine, by the local certificate
	Forwarded Way = "relay"           // a hosted page sends the browser on to this machine
	Pasted    Way = "paste"           // the browser ends there, and the person pastes its address
)

// Reception is how a redirect address will be received.
type Reception struct {
	Way  Way
	Host string // of the address, without a port
	Port int    // of this machine; 0: any free one, or none
}

// Explain says how a redirect address will be received here, from its text
// alone: nothing is bound or asked. Relay is the setting of that name. An address that can't be
// received is an *UnsupportedRedirectError.
func Explain(uri string, relay bool) (Reception, error) {
	a, err := parseAddress(uri)
	if err == nil {
		way := FixedPort
		switch {
		case a.secure:
			way = Secure
		case a.port == 0:
			way = AnyPort
		}
		return Reception{way, strings.Trim(strings.ToLower(a.host), "[]"), a.port}, nil
	}
	if !isElsewhere(uri) {
		return Reception{}, err
	}
	if _, err := newByHand(uri, "explain"); err != nil {
		return Reception{}, err
	}
	u, parseErr := url.Parse(uri)
	if parseErr != nil {
		return Reception{}, errors.Join(err, parseErr)
	}
	if relay {
		return Reception{Way: Forwarded, Host: u.Hostname()}, nil
	}
	return Reception{Way: Pasted, Host: u.Hostname()}, nil
}

// AtPort is the address with the port filled in where it takes any free one, as
// a sign-in sends it; other addresses stay as they are.
func AtPort(uri string, port int) string {
	a, err := parseAddress(uri)
	if err != nil {
		return uri
	}
	return a.at(port).uri
}
