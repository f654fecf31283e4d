//go:build linux

package session

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	notifyName = "org.freedesktop.Notifications"
	notifyPath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// Notifications is the session's notification server. It keeps every notification.
type Notifications struct {
	conn *dbus.Conn
	mu   sync.Mutex
	all  []Notification
}

// Notification is one that a program sent.
type Notification struct {
	ID                 uint32
	App, Summary, Body string
	Actions            []string // key, label, key, label…
}

func newNotifications(s *Session) (*Notifications, error) {
	conn, err := s.connect()
	if err != nil {
		return nil, err
	}
	n := &Notifications{conn: conn}
	methods := map[string]any{
		"Notify":               n.notify,
		"CloseNotification":    func(uint32) *dbus.Error { return nil },
		"GetCapabilities":      func() ([]string, *dbus.Error) { return []string{"actions", "body"}, nil },
		"GetServerInformation": func() (string, string, string, string, *dbus.Error) { return "session", "test", "1", "1.2", nil },
	}
	if err := conn.ExportMethodTable(methods, notifyPath, notifyName); err != nil {
		return nil, err
	}
	return n, ownName(conn, notifyName)
}

func (n *Notifications) notify(app string, _ uint32, _, summary, body string, actions []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	id := uint32(len(n.all) + 1)
	n.all = append(n.all, Notification{ID: id, App: app, Summary: summary, Body: body, Actions: actions})
	return id, nil
}

func (n *Notifications) close() {
	if n != nil {
		_ = n.conn.Close()
	}
}

// All lists what was shown so far.
func (n *Notifications) All() []Notification {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.all)
}

// Wait waits for a notification after the first seen ones whose title or body holds text.
func (n *Notifications) Wait(ctx context.Context, within time.Duration, seen int, text string) (Notification, error) {
	var found Notification
	err := Eventually(ctx, within, func() error {
		all := n.All()
		for _, one := range all[min(seen, len(all)):] {
			if strings.Contains(one.Summary+"\n"+one.Body, text) {
				found = one
				return nil
			}
		}
		return fmt.Errorf("no notification with %q among %+v", text, all)
	})
	return found, err
}

// Click chooses an action of a notification by its label.
func (n *Notifications) Click(shown Notification, label string) error {
	for i := 0; i+1 < len(shown.Actions); i += 2 {
		if shown.Actions[i+1] == label {
			return n.conn.Emit(notifyPath, notifyName+".ActionInvoked", shown.ID, shown.Actions[i])
		}
	}
	return fmt.Errorf("no action %q in %q", label, shown.Actions)
}
