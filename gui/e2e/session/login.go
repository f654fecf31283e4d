//go:build linux

package session

import "github.com/godbus/dbus/v5"

const (
	loginName = "org.freedesktop.login1"
	loginPath = dbus.ObjectPath("/org/freedesktop/login1")
)

// Wake says what the login manager says when the machine has woken from sleep.
// The session's bus is the system bus too.
func (s *Session) Wake() error {
	conn, err := s.connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := ownName(conn, loginName); err != nil {
		return err
	}
	for _, begins := range []bool{true, false} {
		if err := conn.Emit(loginPath, loginName+".Manager.PrepareForSleep", begins); err != nil {
			return err
		}
	}
	return conn.BusObject().Call("org.freedesktop.DBus.GetId", 0).Err // sent, once this is answered
}
