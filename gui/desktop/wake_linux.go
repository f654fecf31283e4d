package desktop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"
)

// The login manager's name, and its word for a sleep (org.freedesktop.login1).
const (
	loginManager = "org.freedesktop.login1"
	sleepSignal  = "PrepareForSleep"
)

func (n *news) listen(ctx context.Context) {
	if err := n.hearNetwork(ctx); err != nil {
		slog.Info("network changes are not heard", "error", err)
	}
	go func() { // reaching a bus takes no context
		if err := n.hearSleep(ctx); err != nil && ctx.Err() == nil {
			slog.Info("the end of a sleep is not heard", "error", err)
		}
	}()
}

// hearSleep listens to the login manager until ctx or the system bus ends.
func (n *news) hearSleep(ctx context.Context) error {
	conn, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return fmt.Errorf("reaching the system bus: %w", err)
	}
	defer conn.Close()
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	err = conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(loginManager),
		dbus.WithMatchInterface(loginManager+".Manager"), dbus.WithMatchMember(sleepSignal))
	if err != nil {
		return fmt.Errorf("listening to the login manager: %w", err)
	}
	for signal := range signals {
		if endsSleep(signal) {
			put(n.slept)
		}
	}
	return errors.New("the system bus is gone")
}

// endsSleep: true is said before a sleep, false after it.
func endsSleep(signal *dbus.Signal) bool {
	if len(signal.Body) != 1 || signal.Name != loginManager+".Manager."+sleepSignal {
		return false
	}
	begins, ok := signal.Body[0].(bool)
	return ok && !begins
}

// hearNetwork listens to the kernel (rtnetlink(7)), which tells of every network
// manager's doings, and of those by hand. What it says in detail is not needed.
func (n *news) hearNetwork(ctx context.Context) error {
	socket, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return fmt.Errorf("opening rtnetlink: %w", err)
	}
	kernel := os.NewFile(uintptr(socket), "rtnetlink")
	err = unix.Bind(socket, &unix.SockaddrNetlink{Family: unix.AF_NETLINK,
		Groups: unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV4_ROUTE | unix.RTMGRP_IPV6_IFADDR | unix.RTMGRP_IPV6_ROUTE})
	if err != nil {
		return errors.Join(fmt.Errorf("listening to rtnetlink: %w", err), kernel.Close())
	}
	go n.readAll(ctx, kernel)
	return nil
}

// defaultRoutes are the kernel's, as proc(5) tells them.
func defaultRoutes() []string {
	var routes []string
	for _, table := range []struct {
		file              string
		to, gateway, name int // columns
		everywhere        string
	}{
		{"/proc/net/route", 1, 2, 0, "00000000"},
		{"/proc/net/ipv6_route", 0, 4, 9, strings.Repeat("0", 32)},
	} {
		text, err := os.ReadFile(table.file)
		if err != nil {
			continue // no such protocol here
		}
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if len(fields) > max(table.gateway, table.name) && fields[table.to] == table.everywhere && fields[table.name] != "lo" {
				routes = append(routes, fields[table.name]+" via "+fields[table.gateway])
			}
		}
	}
	return routes
}
