//go:build linux

// Package testbus gives tests a session bus of their own, with the parts of a
// desktop that they need on it: a tray host and a notification server.
package testbus

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

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

// Start runs a bus, or skips the test on a machine without dbus-daemon.
func Start(t testing.TB) *Bus {
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

// Stop takes the bus away, as the end of a session does.
func (b *Bus) Stop() { _ = b.process.Kill(); <-b.ended }

// Connect opens a connection that ends with the test.
func (b *Bus) Connect(t testing.TB) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(b.Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func own(t testing.TB, conn *dbus.Conn, name string) {
	t.Helper()
	if reply, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("owning %s: %v, %v", name, reply, err)
	}
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

// StartTrayHost puts one on the bus; with hosted false it is a watcher that
// nobody shows icons for. Close its Conn to take it away.
func (b *Bus) StartTrayHost(t testing.TB, hosted bool) *TrayHost {
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
	own(t, host.Conn, watcher)
	return host
}

// Notice is one notification that was shown.
type Notice struct {
	ID          uint32
	Title, Body string
	Actions     []string
	Sender      string
}

// Notices is a notification server. Shown receives every notification.
type Notices struct {
	Shown chan Notice
	conn  *dbus.Conn
	mu    sync.Mutex
	last  uint32
}

const (
	noticesName = "org.freedesktop.Notifications"
	noticesPath = "/org/freedesktop/Notifications"
)

// StartNotices puts one on the bus that is able to do what abilities say.
func (b *Bus) StartNotices(t testing.TB, abilities ...string) *Notices {
	t.Helper()
	n := &Notices{Shown: make(chan Notice, 64), conn: b.Connect(t)}
	err := n.conn.ExportMethodTable(map[string]any{
		"GetCapabilities": func() ([]string, *dbus.Error) { return abilities, nil },
		"Notify": func(sender dbus.Sender, _ string, _ uint32, _, title, body string, actions []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.last++
			n.Shown <- Notice{n.last, title, body, actions, string(sender)}
			return n.last, nil
		},
	}, noticesPath, noticesName)
	if err != nil {
		t.Fatal(err)
	}
	own(t, n.conn, noticesName)
	return n
}

// Click presses a notification's action, and takes the notification down.
func (n *Notices) Click(t testing.TB, id uint32, action string) {
	t.Helper()
	if err := n.conn.Emit(noticesPath, noticesName+".ActionInvoked", id, action); err != nil {
		t.Fatal(err)
	}
	n.Close(t, id)
}

// Close takes a notification down.
func (n *Notices) Close(t testing.TB, id uint32) {
	t.Helper()
	const dismissed = uint32(2)
	if err := n.conn.Emit(noticesPath, noticesName+".NotificationClosed", id, dismissed); err != nil {
		t.Fatal(err)
	}
}

// Login is a login manager, as systemd-logind is on the system bus.
type Login struct{ conn *dbus.Conn }

// StartLogin puts one on the bus, which then stands in for the system's.
func (b *Bus) StartLogin(t testing.TB) *Login {
	t.Helper()
	l := &Login{b.Connect(t)}
	own(t, l.conn, "org.freedesktop.login1")
	return l
}

// Sleep says that the machine is about to sleep (begins), or has woken.
func (l *Login) Sleep(t testing.TB, begins bool) {
	t.Helper()
	if err := l.conn.Emit("/org/freedesktop/login1", "org.freedesktop.login1.Manager.PrepareForSleep", begins); err != nil {
		t.Fatal(err)
	}
}
