// Package redirect sends the browser out and receives it back: the system
// browser, and the loopback receiver of RFC 8252, 7.3.
package redirect

import (
	"context"
	"errors"
	"fmt"

	"egnyte-accounts/oauth"
)

var (
	_ oauth.Listen  = Listen
	_ oauth.Browser = SystemBrowser{}
)

// Listen binds a Receiver for the registered redirectURI, on loopback only. It
// is an oauth.Listen.
//
// An address without a port takes any free one, an address with a port takes
// that one or fails with a *PortTakenError. An address that can't be received
// gives an *UnsupportedRedirectError. The receiver is bound when Listen
// returns and stays so until Close; ctx counts for the binding alone.
func Listen(ctx context.Context, redirectURI, state string) (oauth.Receiver, error) {
	if state == "" {
		return nil, errors.New("receiving the redirect: a state is needed to tell the right request")
	}
	a, err := parseAddress(redirectURI)
	if err != nil {
		return nil, err
	}
	listeners, port, err := bind(ctx, a)
	if err != nil {
		return nil, err
	}
	return newReceiver(a.at(port), state, listeners), nil
}

// PortTakenError: another program listens on the port that the redirect
// address names.
type PortTakenError struct{ Port int }

func (e *PortTakenError) Error() string {
	return fmt.Sprintf("port %d of this machine is taken by another program", e.Port)
}

// UnsupportedRedirectError: the redirect address can't be received here, or
// not yet. Reason goes after the address and a colon.
type UnsupportedRedirectError struct{ URI, Reason string }

func (e *UnsupportedRedirectError) Error() string {
	return fmt.Sprintf("the redirect address %q can't be received: %s", e.URI, e.Reason)
}
