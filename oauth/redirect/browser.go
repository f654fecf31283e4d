package redirect

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"sync"

	"github.com/pkg/browser"
)

// SystemBrowser is the person's own browser (RFC 8252, 8.12: not one that is
// embedded in the app).
type SystemBrowser struct{}

// NoBrowserError: no browser could be started. The link still works by hand.
type NoBrowserError struct{ Err error }

func (e *NoBrowserError) Error() string {
	return fmt.Sprintf("no browser could be started: %v", e.Err)
}

func (e *NoBrowserError) Unwrap() error { return e.Err }

var errNoDisplay = errors.New("there is no display, and BROWSER is not set")

// Open starts the browser at address, an http or https URL, with its output
// discarded. It returns when the program that opens addresses has ended, which
// for a browser in the foreground is when the person closes it, or when ctx
// ends; the browser is left running then. The error is a *NoBrowserError
// unless the address itself is at fault.
func (SystemBrowser) Open(ctx context.Context, address string) error {
	if err := checkAddress(address); err != nil {
		return err
	}
	if terminalOnly() {
		return &NoBrowserError{errNoDisplay}
	}
	if err := silence(); err != nil {
		return &NoBrowserError{err}
	}
	opened := make(chan error, 1)
	go func() { opened <- browser.OpenURL(address) }()
	select {
	case err := <-opened:
		if err != nil {
			return &NoBrowserError{err}
		}
	case <-ctx.Done():
	}
	return nil
}

// checkAddress does not quote the address in its error: it carries the state.
func checkAddress(address string) error {
	if u, err := url.Parse(address); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return errors.New("opening the browser: the address is not an http or https one")
	}
	return nil
}

// terminalOnly reports a system on which xdg-open would fall back to a browser
// that takes over the terminal.
func terminalOnly() bool {
	switch runtime.GOOS {
	case "windows", "darwin":
		return false
	}
	return os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" && os.Getenv("BROWSER") == ""
}

// silence gives every browser the null device for its output. It has to be a
// file: with any other writer os/exec makes a pipe, and waits until the last
// program that inherited it has ended.
var silence = sync.OnceValue(func() error {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	browser.Stdout, browser.Stderr = null, null
	return nil
})
