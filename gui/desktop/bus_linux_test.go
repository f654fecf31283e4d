package desktop

import (
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"

	"egnyte-accounts/oauth/testbus"
)

// notice is one notification that was shown.
type notice struct {
	ID                   uint32
	Icon, Title, Body    string
	Actions              []string
	Sender, DesktopEntry string
}

// notificationServer is a notification server. Shown receives every notification.
type notificationServer struct {
	Shown chan notice
	conn  *dbus.Conn
	mu    sync.Mutex
	last  uint32
}

const (
	noticesName = "org.freedesktop.Notifications"
	noticesPath = "/org/freedesktop/Notifications"
)

// startNotifications puts a notification server on the bus, with these capcapabilities.
func startNotifications(t *testing.T, bus *testbus.Bus, capabilities ...string) *notificationServer {
	t.Helper()
	n := &notificationServer{Shown: make(chan notice, 64), conn: bus.Connect(t)}
	err := n.conn.ExportMethodTable(map[string]any{
		"GetCapabilities": func() ([]string, *dbus.Error) { return capabilities, nil },
		"Notify": func(sender dbus.Sender, _ string, _ uint32, icon, title, body string, actions []string, hints map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.last++
			entry, _ := hints["desktop-entry"].Value().(string)
			n.Shown <- notice{n.last, icon, title, body, actions, string(sender), entry}
			return n.last, nil
		},
	}, noticesPath, noticesName)
	if err != nil {
		t.Fatal(err)
	}
	testbus.Own(t, n.conn, noticesName)
	return n
}

// Click presses a notification's action, and closes it.
func (n *notificationServer) Click(t *testing.T, id uint32, action string) {
	t.Helper()
	if err := n.conn.Emit(noticesPath, noticesName+".ActionInvoked", id, action); err != nil {
		t.Fatal(err)
	}
	n.Close(t, id)
}

// Close closes a notification.
func (n *notificationServer) Close(t *testing.T, id uint32) {
	t.Helper()
	const dismissed = uint32(2)
	if err := n.conn.Emit(noticesPath, noticesName+".NotificationClosed", id, dismissed); err != nil {
		t.Fatal(err)
	}
}

// loginServer is a login manager, as systemd-logind is on the system bus.
type loginServer struct{ conn *dbus.Conn }

// startLogin puts a login manager on the bus, which the test uses as the system bus.
func startLogin(t *testing.T, bus *testbus.Bus) *loginServer {
	t.Helper()
	l := &loginServer{bus.Connect(t)}
	testbus.Own(t, l.conn, "org.freedesktop.login1")
	return l
}

// Sleep says that the machine is about to sleep (begins), or has woken.
func (l *loginServer) Sleep(t *testing.T, begins bool) {
	t.Helper()
	if err := l.conn.Emit("/org/freedesktop/login1", "org.freedesktop.login1.Manager.PrepareForSleep", begins); err != nil {
		t.Fatal(err)
	}
}
