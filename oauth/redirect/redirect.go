// Package redirect opens the browser and receives the callback, on a port of this
// machine (RFC 8252, 7.3) over http or https, or as an address that the user pastes:
//
//	listener := redirect.For(dir, false, true) // with the certificate in dir, for https
//	grant, err := oauth.SignIn{Domain: domain, Key: key, Browser: redirect.SystemBrowser{}, Listen: listener.Listen}.Run(ctx)
//
// [Listen] is enough for http.
package redirect

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"

	"egnyte-accounts/assets"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/localcert"
)

var _ oauth.Browser = SystemBrowser{}

// Listener binds receivers for every kind of redirect address. The zero
// Listener receives http on this machine.
type Listener struct {
	// Certificate gives the certificate for https addresses of this machine:
	// localcert.Source. It is asked anew for each, before the port is bound,
	// and its error is the Listener's. nil: https is not received.
	Certificate func(context.Context) (*tls.Certificate, error)

	// Paste: there is a user who can paste the address that the browser ends at, so an
	// https address elsewhere has a Receiver too.
	Paste bool

	// Relay: an https address elsewhere is a page that forwards to this machine
	// (assets/relay), so it is received here and not pasted.
	Relay bool

	// PasteOnly has addresses of this machine pasted too, for a port that is
	// taken or a certificate that nobody trusts.
	PasteOnly bool

	// Peer tells whose program sends a request; nil: the system's tables do.
	Peer Peer

	// Pages are what the browser shows when it comes back; nil: assets.English.
	Pages *assets.Pages
}

var _ oauth.Listen = Listener{}.Listen

// For is the Listener of a program whose own files are in dir, with the
// certificate that it keeps there.
func For(dir string, relay, paste bool) Listener {
	return Listener{Certificate: localcert.Source(localcert.Folder(dir)), Relay: relay, Paste: paste}
}

// Listen is Listener{}.Listen: plain http on this machine.
func Listen(ctx context.Context, redirectURI, state string) (oauth.Receiver, error) {
	return Listener{}.Listen(ctx, redirectURI, state)
}

// Listen binds a Receiver for the registered redirectURI, on loopback only. It
// is an oauth.Listen.
//
// An http address without a port takes any free one, an address with a port
// takes that one or fails with a *PortTakenError; https without a port means
// 443. An address that can't be received gives an *UnsupportedRedirectError, one
// that only a person can bring back an *ElsewhereError.
// The receiver is bound when Listen returns and stays so until Close; ctx
// counts for the binding alone.
func (l Listener) Listen(ctx context.Context, redirectURI, state string) (oauth.Receiver, error) {
	if state == "" {
		return nil, errors.New("receiving the redirect: a state is needed to tell the right request")
	}
	if l.PasteOnly || isElsewhere(redirectURI) {
		return l.notHere(ctx, redirectURI, state)
	}
	a, err := parseAddress(redirectURI)
	if err != nil {
		return nil, err
	}
	secure, err := l.tls(ctx, a)
	if err != nil {
		return nil, err
	}
	listeners, port, err := bind(ctx, a)
	if err != nil {
		return nil, err
	}
	start := listeners
	if a.secure { // no browser knows the certificate yet, and none has to
		plain := a
		plain.port = 0
		if start, _, err = bind(ctx, plain); err != nil {
			closeAll(listeners)
			return nil, err
		}
	}
	return l.newReceiver(a.at(port), state, listeners, start, secure)
}

func (l Listener) pages() assets.Pages {
	if l.Pages == nil {
		return assets.English
	}
	return *l.Pages
}

// notHere receives what the browser doesn't bring here by itself.
func (l Listener) notHere(ctx context.Context, redirectURI, state string) (oauth.Receiver, error) {
	paste, err := newByHand(redirectURI, state)
	switch {
	case err != nil:
		return nil, err
	case l.Relay && !l.PasteOnly:
		return l.listenBehind(ctx, redirectURI, state)
	case !l.Paste:
		return nil, &ElsewhereError{redirectURI}
	}
	return paste, nil
}

// tls is how an https address is served, and nil for an http one.
func (l Listener) tls(ctx context.Context, a address) (*tls.Config, error) {
	if !a.secure {
		return nil, nil
	}
	if l.Certificate == nil {
		return nil, &UnsupportedRedirectError{a.uri, "https needs a certificate for this machine"}
	}
	certificate, err := l.Certificate(ctx)
	if err != nil {
		return nil, fmt.Errorf("receiving at %s: %w", a.uri, err)
	}
	return &tls.Config{
		Certificates: []tls.Certificate{*certificate},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"http/1.1"}, // one request, and a connection that can be taken over
	}, nil
}

// PortTakenError: another program listens on the port that the redirect
// address names, in one family or both.
type PortTakenError struct {
	Port   int
	Holder Holder
}

func (e *PortTakenError) Error() string {
	return fmt.Sprintf("port %d of this machine is taken: %s has it", e.Port, e.Holder)
}

// ElsewhereError: the redirect address is a page elsewhere on the web, and
// nobody is there to paste its address.
type ElsewhereError struct{ URI string }

func (e *ElsewhereError) Error() string {
	return fmt.Sprintf("the browser comes back to %s, which is not this machine: its address has to be pasted", e.URI)
}

// UnsupportedRedirectError: the redirect address can't be received here, or
// not yet. Reason goes after the address and a colon.
type UnsupportedRedirectError struct{ URI, Reason string }

func (e *UnsupportedRedirectError) Error() string {
	return fmt.Sprintf("the redirect address %q can't be received: %s", e.URI, e.Reason)
}
