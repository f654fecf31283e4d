// Package redirect sends the browser out and receives it back: the system
// browser, and the loopback receiver of RFC 8252, 7.3.
package redirect

import (
	"context"

	"egnyte-accounts/oauth"
)

// Listen binds a Receiver for the registered redirectURI (design: 'Receiving
// the redirect: one setting decides'). It is an oauth.Listen.
func Listen(ctx context.Context, redirectURI, state string) (oauth.Receiver, error) {
	panic("not implemented")
}

// SystemBrowser is the person's own browser.
type SystemBrowser struct{}

// Open starts it at url, with its output discarded.
func (SystemBrowser) Open(ctx context.Context, url string) error { panic("not implemented") }
