package redirect

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"egnyte-accounts/oauth"
)

// relayTarget is the only place that the relay page forwards to, on the port
// that the state names.
const relayTarget = "http://127.0.0.1/callback"

// relayed is a receiver on this machine behind a page that forwards to it.
// Egnyte knows the page's address alone.
type relayed struct {
	*receiver
	page string
}

var _ oauth.Receiver = relayed{}

func (l Listener) listenBehind(ctx context.Context, page, state string) (oauth.Receiver, error) {
	a, err := parseAddress(relayTarget)
	if err != nil {
		return nil, err
	}
	listeners, port, err := bind(ctx, a)
	if err != nil {
		return nil, err
	}
	r, err := l.newReceiver(a.at(port), relayState(state, port), listeners, listeners, nil)
	if err != nil {
		return nil, err
	}
	return relayed{r, page}, nil
}

// relayState is the state of a sign-in behind a relay page: the page reads from
// it which port to forward to, and checks that it is a number from 1024 to 65535.
func relayState(state string, port int) string { return state + "." + strconv.Itoa(port) }

// RedirectURI is the page's address, as registered.
func (r relayed) RedirectURI() string { return r.page }

// Behind is where the page forwards a sign-in with this state, if it names a
// port: for a browser that is brought back by other means, such as a tunnel.
func Behind(state string) (address string, ok bool) {
	_, digits, found := strings.Cut(state, ".")
	port, err := strconv.Atoi(digits)
	if !found || err != nil || port < 1024 || port > 65535 {
		return "", false
	}
	return fmt.Sprintf("http://127.0.0.1:%d/callback", port), true
}
