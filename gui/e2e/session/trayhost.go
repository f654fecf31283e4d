//go:build linux

package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = dbus.ObjectPath("/StatusNotifierWatcher")
	itemName    = "org.kde.StatusNotifierItem"
	menuName    = "com.canonical.dbusmenu"
)

// TrayHost is what a desktop's panel is to tray icons: the
// StatusNotifierWatcher, and the one who opens the menus.
type TrayHost struct {
	conn  *dbus.Conn
	mu    sync.Mutex
	items []trayItem
}

type trayItem struct {
	owner string
	path  dbus.ObjectPath
}

func newTrayHost(s *Session) (*TrayHost, error) {
	conn, err := s.connect()
	if err != nil {
		return nil, err
	}
	h := &TrayHost{conn: conn}
	properties := prop.Map{watcherName: {
		"IsStatusNotifierHostRegistered": {Value: true, Emit: prop.EmitConst},
		"RegisteredStatusNotifierItems":  {Value: []string{}, Emit: prop.EmitConst},
		"ProtocolVersion":                {Value: int32(0), Emit: prop.EmitConst},
	}}
	if _, err := prop.Export(conn, watcherPath, properties); err != nil {
		return nil, err
	}
	methods := map[string]any{
		"RegisterStatusNotifierItem": h.register,
		"RegisterStatusNotifierHost": func(string) *dbus.Error { return nil },
	}
	return h, conn.ExportMethodTable(methods, watcherPath, watcherName)
}

// register takes a bus name, or a path on the caller's own connection.
func (h *TrayHost) register(sender dbus.Sender, service string) *dbus.Error {
	item := trayItem{owner: string(sender), path: "/StatusNotifierItem"}
	if strings.HasPrefix(service, "/") {
		item.path = dbus.ObjectPath(service)
	}
	if strings.HasPrefix(service, "org.") {
		item.owner = service
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.items = append(slices.DeleteFunc(h.items, func(other trayItem) bool { return other == item }), item)
	return nil
}

// Own makes this the desktop's tray host: at first, late, or again.
func (h *TrayHost) Own() error { return ownName(h.conn, watcherName) }

// Drop lets go of the name and forgets every icon, as a panel that ended.
func (h *TrayHost) Drop() error {
	h.mu.Lock()
	h.items = nil
	h.mu.Unlock()
	_, err := h.conn.ReleaseName(watcherName)
	return err
}

func (h *TrayHost) close() {
	if h != nil {
		_ = h.conn.Close()
	}
}

// Icons counts the tray icons whose programs are there.
func (h *TrayHost) Icons() int { return len(h.live()) }

func (h *TrayHost) live() []trayItem {
	h.mu.Lock()
	items := slices.Clone(h.items)
	h.mu.Unlock()
	byOwner := map[string]trayItem{} // a program may have registered by both ways
	for _, item := range items {
		var owner string
		if h.conn.BusObject().Call("org.freedesktop.DBus.GetNameOwner", 0, item.owner).Store(&owner) == nil {
			byOwner[owner] = item
		}
	}
	var live []trayItem
	for _, item := range byOwner {
		live = append(live, item)
	}
	return live
}

// WaitIcon waits for exactly one icon.
func (h *TrayHost) WaitIcon(ctx context.Context, within time.Duration) error {
	return Eventually(ctx, within, func() error {
		if n := h.Icons(); n != 1 {
			return fmt.Errorf("%d tray icons", n)
		}
		return nil
	})
}

// Row is a row of a tray menu.
type Row struct {
	ID      int32
	Label   string
	Enabled bool
	Rows    []Row // of its submenu
}

// String writes the menu one row a line, submenus indented.
func (r Row) String() string {
	var b strings.Builder
	r.write(&b, "")
	return b.String()
}

func (r Row) write(b *strings.Builder, indent string) {
	for _, row := range r.Rows {
		fmt.Fprintf(b, "%s%s\n", indent, row.Label)
		row.write(b, indent+"  ")
	}
}

// Find goes down the menu by labels: each is a row's whole label or, where no
// row has that, the part of one.
func (r Row) Find(labels ...string) (Row, error) {
	row := r
	for _, label := range labels {
		i := slices.IndexFunc(row.Rows, func(other Row) bool { return other.Label == label })
		if i < 0 {
			i = slices.IndexFunc(row.Rows, func(other Row) bool { return strings.Contains(other.Label, label) })
		}
		if i < 0 {
			return Row{}, fmt.Errorf("no row %q in the tray menu:\n%s", label, r)
		}
		row = row.Rows[i]
	}
	return row, nil
}

// Menu reads the menu of the one icon; hidden rows and separators are left out.
func (h *TrayHost) Menu() (Row, error) {
	menu, err := h.menuObject()
	if err != nil {
		return Row{}, err
	}
	return readMenu(menu)
}

func (h *TrayHost) menuObject() (dbus.BusObject, error) {
	items := h.live()
	if len(items) != 1 {
		return nil, fmt.Errorf("%d tray icons", len(items))
	}
	path, err := h.conn.Object(items[0].owner, items[0].path).GetProperty(itemName + ".Menu")
	if err != nil {
		return nil, err
	}
	menuPath, ok := path.Value().(dbus.ObjectPath)
	if !ok {
		return nil, errors.New("the tray icon names no menu")
	}
	return h.conn.Object(items[0].owner, menuPath), nil
}

type layout struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

func readMenu(menu dbus.BusObject) (Row, error) {
	var revision uint32
	var root layout
	err := menu.Call(menuName+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root)
	if err != nil {
		return Row{}, fmt.Errorf("read the tray menu: %w", err)
	}
	return root.row()
}

func (l layout) row() (Row, error) {
	row := Row{ID: l.ID, Enabled: true}
	if label, ok := l.Properties["label"]; ok {
		row.Label, _ = label.Value().(string)
	}
	if enabled, ok := l.Properties["enabled"]; ok {
		row.Enabled, _ = enabled.Value().(bool)
	}
	for _, child := range l.Children {
		var below layout
		if err := child.Store(&below); err != nil {
			return Row{}, err
		}
		if below.hidden() {
			continue
		}
		sub, err := below.row()
		if err != nil {
			return Row{}, err
		}
		row.Rows = append(row.Rows, sub)
	}
	return row, nil
}

func (l layout) hidden() bool {
	visible, ok := l.Properties["visible"]
	kind := l.Properties["type"]
	return ok && visible.Value() == false || kind.Value() == "separator"
}

// WaitMenu waits until the menu has the row that labels lead to. Asking again
// is needed anyway: a process's first answer is cut to the top rows.
func (h *TrayHost) WaitMenu(ctx context.Context, within time.Duration, labels ...string) (Row, error) {
	var row Row
	err := Eventually(ctx, within, func() error {
		menu, err := h.Menu()
		if err != nil {
			return err
		}
		row, err = menu.Find(labels...)
		return err
	})
	return row, err
}

// Click chooses the row that labels lead to, once it is there.
func (h *TrayHost) Click(ctx context.Context, labels ...string) error {
	row, err := h.WaitMenu(ctx, limit, labels...)
	if err != nil {
		return err
	}
	if !row.Enabled {
		return fmt.Errorf("row %q of the tray menu is not enabled", row.Label)
	}
	menu, err := h.menuObject()
	if err != nil {
		return err
	}
	return menu.Call(menuName+".Event", 0, row.ID, "clicked", dbus.MakeVariant(int32(0)), uint32(0)).Err
}
