package redirect

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"syscall"
)

// bindTries is how many free ports are tried for one that is free in both families.
const bindTries = 32

// Windows has numbers of its own for these (Winsock error codes); package
// syscall's constants of the same names don't match them there.
var (
	takenErrors  = []error{syscall.EADDRINUSE, syscall.Errno(10048), syscall.Errno(10013)}
	absentErrors = []error{syscall.EADDRNOTAVAIL, syscall.EAFNOSUPPORT, syscall.EPROTONOSUPPORT, syscall.Errno(10047), syscall.Errno(10049)}
)

// bind occupies one port in every family that the address means.
func bind(ctx context.Context, a address) ([]*net.TCPListener, int, error) {
	for try := 1; ; try++ {
		listeners, port, err := bindOnce(ctx, a.ips, a.port)
		switch {
		case err == nil:
			return listeners, port, nil
		case errors.Is(err, fs.ErrPermission) && a.port != 0 && !isAny(err, takenErrors):
			return nil, 0, &UnsupportedRedirectError{a.uri, fmt.Sprintf("the system keeps port %d for administrators", a.port)}
		case !isAny(err, takenErrors):
			return nil, 0, fmt.Errorf("listening for the browser: %w", err)
		case a.port != 0:
			return nil, 0, &PortTakenError{a.port, findHolder(ctx, a.ips, a.port)}
		case try == bindTries || ctx.Err() != nil:
			return nil, 0, fmt.Errorf("listening for the browser: no free port: %w", err)
		}
	}
}

// bindOnce binds all or nothing, except for a family that the machine hasn't
// got: nobody else can answer there either.
func bindOnce(ctx context.Context, ips []string, port int) (listeners []*net.TCPListener, _ int, err error) {
	defer func() {
		if err != nil {
			closeAll(listeners)
		}
	}()
	var absent error
	for _, ip := range ips {
		var config net.ListenConfig
		listener, err := config.Listen(ctx, "tcp", hostPort(ip, port))
		if isAny(err, absentErrors) {
			absent = err
			continue
		}
		if err != nil {
			return listeners, 0, err
		}
		tcp := listener.(*net.TCPListener)
		listeners = append(listeners, tcp)
		port = tcp.Addr().(*net.TCPAddr).Port
	}
	if len(listeners) == 0 {
		return nil, 0, absent
	}
	return listeners, port, nil
}

func closeAll(listeners []*net.TCPListener) {
	for _, listener := range listeners {
		_ = listener.Close()
	}
}

func isAny(err error, targets []error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
}
