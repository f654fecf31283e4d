package desktop

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"

	"egnyte-accounts/oauth/testbus"
)

func TestTheLoginManagersWordAfterASleepIsHeard(t *testing.T) {
	bus := testbus.Start(t)
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.Address)
	login := startLogin(t, bus)
	wakes := Wakes(t.Context())
	limit, again := time.After(20*time.Second), time.NewTicker(10*time.Millisecond)
	defer again.Stop()
	for { // when the listening begins, nobody tells
		login.Sleep(t, true)
		login.Sleep(t, false)
		select {
		case <-wakes:
			return
		case <-again.C:
		case <-limit:
			t.Fatal("nobody was woken")
		}
	}
}

func TestOnlyTheEndOfASleepIsOne(t *testing.T) {
	t.Parallel()
	const name = "org.freedesktop.login1.Manager.PrepareForSleep"
	for _, c := range []struct {
		signal dbus.Signal
		want   bool
	}{
		{dbus.Signal{Name: name, Body: []any{false}}, true},
		{dbus.Signal{Name: name, Body: []any{true}}, false},
		{dbus.Signal{Name: name}, false},
		{dbus.Signal{Name: name, Body: []any{"false"}}, false},
		{dbus.Signal{Name: "org.freedesktop.login1.Manager.PrepareForShutdown", Body: []any{false}}, false},
	} {
		if got := endsSleep(&c.signal); got != c.want {
			t.Errorf("%s %v: got %t", c.signal.Name, c.signal.Body, got)
		}
	}
}

func TestWithoutASystemBusTheNetworkIsStillHeard(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+shortDir(t)+"/nobody")
	if heard := inNetworkOfItsOwn(t); heard != "woken\n" {
		t.Errorf("with a new address: %q", heard)
	}
}

// networkChild says that this test program runs in a network of its own.
const networkChild = "DESKTOP_TEST_NETWORK"

func init() {
	if os.Getenv(networkChild) != "" {
		fmt.Println(beInNetwork())
		os.Exit(0)
	}
}

// inNetworkOfItsOwn runs beInNetwork in a network namespace, and returns what
// it printed.
func inNetworkOfItsOwn(t *testing.T) string {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), networkChild+"=1")
	command.SysProcAttr = &syscall.SysProcAttr{
		Pdeathsig: syscall.SIGKILL, Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil && len(out) == 0 {
		t.Skipf("no network namespace can be made here: %v", err)
	}
	return string(out)
}

// beInNetwork gives the machine an address, and tells what Wakes makes of it.
func beInNetwork() string {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	wakes := Wakes(ctx)
	if err := giveAddress("lo", []byte{10, 9, 8, 7}); err != nil {
		return err.Error()
	}
	select {
	case <-wakes:
		return "woken"
	case <-ctx.Done():
		return "nobody was woken"
	}
}

// giveAddress does what a network manager does, by netdevice(7).
func giveAddress(name string, address []byte) error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	request, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	if err := request.SetInet4Addr(address); err != nil {
		return err
	}
	return unix.IoctlIfreq(socket, unix.SIOCSIFADDR, request)
}
