//go:build !linux

package desktop

import "net"

// checkPeer relies on the folder here: nobody else can enter it.
func checkPeer(net.Conn) error { return nil }
