package redirect

import "fmt"

// PortTakenError: the redirect address names a port that another program holds.
type PortTakenError struct{ Port int }

func (e *PortTakenError) Error() string { return fmt.Sprintf("port %d is taken", e.Port) }

// UnsupportedRedirectError: a redirect address that this program can't receive.
type UnsupportedRedirectError struct{ URI, Reason string }

func (e *UnsupportedRedirectError) Error() string {
	return fmt.Sprintf("the redirect address %q can't be used: %s", e.URI, e.Reason)
}

// NoBrowserError: no browser could be started.
type NoBrowserError struct{ Err error }

func (e *NoBrowserError) Error() string { return fmt.Sprintf("no browser could be started: %v", e.Err) }
func (e *NoBrowserError) Unwrap() error { return e.Err }
