package desktop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"syscall"
)

// listen hears the network only. The end of a sleep is told by IOKit, which
// takes cgo; but a network goes and comes back with a sleep, and follow then
// sees by the clocks that there was one.
func (n *news) listen(ctx context.Context) {
	if err := n.hearNetwork(ctx); err != nil {
		slog.Info("network changes are not heard", "error", err)
	}
}

// hearNetwork listens to the kernel (route(4)). What it says in detail is not
// needed.
func (n *news) hearNetwork(ctx context.Context) error {
	socket, err := syscall.Socket(syscall.AF_ROUTE, syscall.SOCK_RAW, syscall.AF_UNSPEC)
	if err != nil {
		return fmt.Errorf("opening a routing socket: %w", err)
	}
	syscall.CloseOnExec(socket)
	if err := syscall.SetNonblock(socket, true); err != nil {
		return errors.Join(fmt.Errorf("opening a routing socket: %w", err), syscall.Close(socket))
	}
	go n.readAll(ctx, os.NewFile(uintptr(socket), "route"))
	return nil
}

// defaultRoutes are not told: a network that differs has other addresses.
func defaultRoutes() []string { return nil }
