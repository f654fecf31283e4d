//go:build linux

// Package testbus starts a session bus and a tray host for tests of several packages.
// Programs don't import it.
package testbus

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// TB is the part of testing.TB that is used here.
type TB interface {
	Helper()
	Cleanup(func())
	Skip(args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// Bus is a dbus-daemon that ends with its test. Nothing can be activated on it.
type Bus struct {
	Address string
	process *os.Process
	ended   chan struct{}
}

const config = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=%s</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`

// Start starts a bus. It skips the test if dbus-daemon is not installed.
func Start(t TB) *Bus {
	t.Helper()
	program, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Skip("dbus-daemon is not installed: no bus to test on")
	}
	folder, err := os.MkdirTemp("", "bus") // t.TempDir's paths can be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	file := filepath.Join(folder, "bus.conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, config, filepath.Join(folder, "bus")), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, "--config-file="+file, "--print-address", "--nofork", "--nopidfile")
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // also when the test run is killed
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	bus := &Bus{process: command.Process, ended: make(chan struct{})}
	address, err := bufio.NewReader(out).ReadString('\n')
	go func() { _ = command.Wait(); close(bus.ended) }()
	t.Cleanup(bus.Stop)
	if err != nil {
		t.Fatalf("dbus-daemon printed no address: %v", err)
	}
	bus.Address = strings.TrimSpace(address)
	return bus
}

// Stop ends the bus, as the end of a session does.
func (b *Bus) Stop() { _ = b.process.Kill(); <-b.ended }

// Connect opens a connection that ends with the test.
func (b *Bus) Connect(t TB) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(b.Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// Own takes a name on the bus, which must be free.
func Own(t TB, conn *dbus.Conn, name string) {
	t.Helper()
	if reply, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("owning %s: %v, %v", name, reply, err)
	}
}

// WriteProgram writes a program or script that the test starts. No process may be forked
// meanwhile: it would hold the file open for writing, and starting the program would fail
// with 'text file busy'.
func WriteProgram(path string, code []byte, mode os.FileMode) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return os.WriteFile(path, code, mode)
}

// AwaitOwner waits until name has an owner on the session bus. A daemon that goes to
// the background, as gnome-keyring-daemon does, may not have its name yet; a call
// before that would make the bus start another one.
func AwaitOwner(t TB, name string) {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); time.Sleep(5 * time.Millisecond) {
		var owned bool
		if err := conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, name).Store(&owned); err != nil {
			t.Fatal(err)
		}
		if owned {
			return
		}
	}
	t.Fatalf("%s has no owner", name)
}

// Item is one call of RegisterStatusNotifierItem.
type Item struct {
	Sender  dbus.Sender
	Service string
}

// TrayHost is a StatusNotifierWatcher. Items receives every registration.
type TrayHost struct {
	Conn  *dbus.Conn
	Items chan Item
}

const watcher = "org.kde.StatusNotifierWatcher"

// StartTrayHost puts a tray host on the bus; with hosted false it is a watcher without
// a host, so no icon is shown. Close its Conn to remove it.
func (b *Bus) StartTrayHost(t TB, hosted bool) *TrayHost {
	t.Helper()
	host := &TrayHost{Conn: b.Connect(t), Items: make(chan Item, 64)}
	const path = "/StatusNotifierWatcher"
	err := host.Conn.ExportMethodTable(map[string]any{
		"RegisterStatusNotifierItem": func(sender dbus.Sender, service string) *dbus.Error {
			host.Items <- Item{sender, service}
			return nil
		},
	}, path, watcher)
	if err != nil {
		t.Fatal(err)
	}
	_, err = prop.Export(host.Conn, path, prop.Map{watcher: {
		"IsStatusNotifierHostRegistered": {Value: hosted},
		"RegisteredStatusNotifierItems":  {Value: []string{}},
		"ProtocolVersion":                {Value: int32(0)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	Own(t, host.Conn, watcher)
	return host
}
