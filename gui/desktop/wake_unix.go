//go:build !windows

package desktop

import (
	"context"
	"errors"
	"os"
	"syscall"
)

// readAll takes every message of a socket for news, until ctx ends. ENOBUFS says
// that messages were lost, and that is news too.
func (n *news) readAll(ctx context.Context, socket *os.File) {
	defer context.AfterFunc(ctx, func() { _ = socket.Close() })()
	message := make([]byte, os.Getpagesize()) // the rest of a longer one is dropped
	for {
		if _, err := socket.Read(message); err != nil && !errors.Is(err, syscall.ENOBUFS) {
			return
		}
		put(n.touched)
	}
}
