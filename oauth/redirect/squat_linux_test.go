package redirect

import (
	"context"
	"errors"
	"net"
	"strconv"
	"syscall"
	"testing"
)

// Given a receiver that waits, then no other program can take a part of its
// port: not the other family where localhost means both, not all addresses at
// once, and not by sharing (SO_REUSEPORT, socket(7)).
func TestNobodyElseListensWhereTheBrowserComesBack(t *testing.T) {
	t.Parallel()
	sharing := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) {
			const soReusePort = 15
			_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, soReusePort, 1)
		})
	}}
	for host, others := range map[string][]string{
		"127.0.0.1": {"127.0.0.1", "0.0.0.0"},
		"localhost": {"127.0.0.1", "0.0.0.0", "::1", "::"},
	} {
		r := listenAt(t, "http://"+host+"/callback")
		_, port, _ := net.SplitHostPort(hostOf(t, r))
		for _, ip := range others {
			if ip != "127.0.0.1" && ip != "0.0.0.0" && !hasIPv6() {
				t.Log("this machine has no IPv6")
				continue
			}
			for name, config := range map[string]net.ListenConfig{"plain": {}, "sharing": sharing} {
				other, err := config.Listen(context.Background(), "tcp", net.JoinHostPort(ip, port))
				if err == nil {
					_ = other.Close()
					t.Errorf("%s: another program listens at %s port %s (%s)", host, ip, port, name)
				}
			}
		}
	}
}

// Given a program that was there first, on all addresses or sharing the port,
// then its port is not used.
func TestASquatterOfThePortIsNoticed(t *testing.T) {
	t.Parallel()
	for _, squatted := range []string{"0.0.0.0:0", "[::]:0", "127.0.0.1:0"} {
		if squatted == "[::]:0" && !hasIPv6() {
			t.Log("this machine has no IPv6")
			continue
		}
		other, err := net.Listen("tcp", squatted)
		if err != nil {
			t.Fatal(err)
		}
		port := other.Addr().(*net.TCPAddr).Port
		for _, host := range []string{"127.0.0.1", "localhost"} {
			r, err := Listen(t.Context(), "http://"+host+":"+strconv.Itoa(port)+"/callback", testState)
			if err == nil {
				_ = r.Close()
			}
			var taken *PortTakenError
			if !errors.As(err, &taken) || taken.Port != port {
				t.Errorf("%s with %s squatted: %v", host, squatted, err)
			}
		}
		_ = other.Close()
	}
}
