//go:build !linux && !darwin && !windows

package localcert

// stores: none is known here; the way by pasting stays open.
func stores() []store { return nil }
