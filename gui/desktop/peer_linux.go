package desktop

import (
	"net"
	"os"
	"syscall"
)

// checkPeer refuses the other end of a socket when it is another user
// (SO_PEERCRED, unix(7)).
func checkPeer(conn net.Conn) error {
	unix, ok := conn.(*net.UnixConn)
	if !ok {
		return errOtherUser
	}
	raw, err := unix.SyscallConn()
	if err != nil {
		return err
	}
	var peer *syscall.Ucred
	var failure error
	err = raw.Control(func(fd uintptr) {
		peer, failure = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	switch {
	case err != nil:
		return err
	case failure != nil:
		return failure
	case int(peer.Uid) != os.Geteuid():
		return errOtherUser
	}
	return nil
}
