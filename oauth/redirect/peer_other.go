//go:build !linux

package redirect

import (
	"errors"
	"net/netip"
)

// systemPeer: these systems don't tell one user's connections from another's
// without rights that this program doesn't have.
func systemPeer(_, _ netip.AddrPort) (bool, error) { return false, errors.ErrUnsupported }
