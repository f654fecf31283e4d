package tray

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"

	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/testbus"
)

// The real systray runs once in a process, so each test of it runs this test
// program again as a tray: accounts come in on its standard input, a JSON list
// a line, and what the tray does goes out on its standard output.

func TestMain(m *testing.M) {
	if os.Getenv("TRAY_TEST_CHILD") != "" {
		os.Exit(beTray())
	}
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

func beTray() int {
	log.SetOutput(io.Discard) // systray's word on a host that is not there yet
	store := &piped{memory: newMemory(), first: make(chan struct{})}
	go func() {
		lines := bufio.NewScanner(os.Stdin)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var accounts []account.Account
			if err := json.Unmarshal(lines.Bytes(), &accounts); err != nil {
				panic(err)
			}
			store.change(func() { store.accounts = accounts })
			store.once.Do(func() { close(store.first) })
		}
	}()
	var mu sync.Mutex
	say := func(words ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(words...)
	}
	err := run(context.Background(), deps{
		accounts: store,
		client: &fakeClient{store.memory, func(_ context.Context, name string, _ func(oauth.Step)) (oauth.Grant, error) {
			say("sign in", name)
			return oauth.Grant{}, nil
		}},
		browser: browserFunc(func(_ context.Context, url string) error { say("open", url); return nil }),
		start:   func(args ...string) error { say("start", strings.Join(args, " ")); return nil },
		notify:  func(_ context.Context, n desktop.Notification) error { say("tell", n.Title); return nil },
		explain: func(err error) string { return err.Error() },
		end:     func(_ context.Context, role, message string) error { say(message, role); return nil },
	})
	var missing *desktop.MissingError
	if errors.As(err, &missing) {
		say("missing", missing.Thing)
		return 3
	}
	if err != nil {
		say("failed", err)
		return 1
	}
	return 0
}

// piped is memory that has read nothing until its first line came in.
type piped struct {
	*memory
	first chan struct{}
	once  sync.Once
}

func (p *piped) List(ctx context.Context) ([]account.Account, error) {
	select {
	case <-p.first:
		return p.memory.List(ctx)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// realTray is a tray in a process of its own.
type realTray struct {
	command *exec.Cmd
	in      io.Writer
	says    chan string
	stderr  bytes.Buffer
	ended   chan struct{}
}

func startTray(t *testing.T, address string, accounts ...account.Account) *realTray {
	t.Helper()
	r := launchTray(t, address)
	r.index(t, accounts...)
	return r
}

// launchTray starts a tray that can read no accounts until it has got an index.
func launchTray(t *testing.T, address string) *realTray {
	t.Helper()
	r := &realTray{command: exec.Command(os.Args[0]), says: make(chan string, 4096), ended: make(chan struct{})}
	r.command.Env = append(os.Environ(), "TRAY_TEST_CHILD=1", "GORACE=exitcode=0", "DBUS_SESSION_BUS_ADDRESS="+address, "XDG_RUNTIME_DIR="+t.TempDir())
	r.command.Stderr = &r.stderr
	r.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := r.command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := r.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.in = in
	if err := r.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(r.ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			r.says <- lines.Text()
		}
		_ = r.command.Wait()
	}()
	t.Cleanup(func() { _ = r.command.Process.Kill(); <-r.ended })
	return r
}

// index is what the index says from now on.
func (r *realTray) index(t *testing.T, accounts ...account.Account) {
	t.Helper()
	data, err := json.Marshal(accounts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.in.Write(append(data, '\n')); err != nil {
		t.Fatal(err)
	}
}

// ends waits for the end and wants it clean.
func (r *realTray) ends(t *testing.T, code int) {
	t.Helper()
	receive(t, r.ended)
	if got := r.command.ProcessState.ExitCode(); got != code {
		t.Errorf("exit code %d, want %d; stderr:\n%s", got, code, r.stderr.String())
	}
	for report := range strings.SplitSeq(r.stderr.String(), "==================") {
		if strings.Contains(report, "DATA RACE") && !knownRace(report) {
			t.Error(report)
		}
	}
}

// knownRace is systray's own, of v1.12.2: the timer that its first GetLayout
// starts raises the menu's revision number while GetLayout may be reading it.
// Nothing else hangs on that number, and nothing of ours is part of it.
func knownRace(report string) bool {
	return strings.Contains(report, "systray.(*tray).GetLayout.func1()") &&
		strings.Contains(report, "systray.refresh()") && !strings.Contains(report, "egnyte-accounts/")
}

func (r *realTray) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := r.command.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// screen is a tray host's view of the menu.
type screen struct{ menu dbus.BusObject }

type layout struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

func look(t *testing.T, conn *dbus.Conn, it testbus.Item) screen {
	t.Helper()
	var path dbus.ObjectPath
	icon := conn.Object(string(it.Sender), dbus.ObjectPath(it.Service))
	if err := icon.StoreProperty("org.kde.StatusNotifierItem.Menu", &path); err != nil {
		t.Fatal(err)
	}
	return screen{conn.Object(string(it.Sender), path)}
}

// ids are the visible entries by their labels, those of a submenu as "row/entry".
func (s screen) ids() (map[string]int32, error) {
	var revision uint32
	var top layout
	if err := s.menu.Call("com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &top); err != nil {
		return nil, err
	}
	ids := make(map[string]int32)
	return ids, collect(ids, "", top)
}

func collect(ids map[string]int32, above string, l layout) error {
	for _, v := range l.Children {
		var child layout
		if err := dbus.Store([]any{v.Value()}, &child); err != nil {
			return err
		}
		if shown, ok := child.Properties["visible"]; ok && shown.Value() == false {
			continue
		}
		title, _ := child.Properties["label"].Value().(string)
		ids[above+title] = child.ID
		if err := collect(ids, above+title+"/", child); err != nil {
			return err
		}
	}
	return nil
}

func (s screen) click(id int32) error {
	return s.menu.Call("com.canonical.dbusmenu.Event", 0, id, "clicked", dbus.MakeVariant(int32(0)), uint32(0)).Err
}

// find waits for an entry. The first layout of a process is cut short, so
// asking again is part of the protocol.
func (s screen) find(t *testing.T, title string) (id int32) {
	t.Helper()
	until(t, func() bool {
		ids, err := s.ids()
		if err != nil {
			t.Fatal(err)
		}
		var here bool
		id, here = ids[title]
		return here
	}, "the menu never had %q", title)
	return id
}
