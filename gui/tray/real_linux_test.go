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
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/gui/desktop/testbus"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
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
		signIn: func(_ context.Context, a account.Account, _ oauth.Browser, _ func(oauth.Step)) (oauth.Grant, error) {
			say("sign in", a.Name)
			return oauth.Grant{}, nil
		},
		browser: browserFunc(func(_ context.Context, url string) error { say("open", url); return nil }),
		start:   func(args ...string) error { say("start", strings.Join(args, " ")); return nil },
		notify:  func(_ context.Context, n desktop.Notification) error { say("tell", n.Title); return nil },
		explain: func(err error) string { return err.Error() },
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
	r.index(t, accounts...)
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

func TestTheRealMenuDoesWhatItSays(t *testing.T) {
	t.Parallel()
	bus := testbus.Start(t)
	host := bus.StartTrayHost(t, true)
	tray := startTray(t, bus.Address, jane, person("a_b", "globex.egnyte.com", account.Reconnect))
	s := look(t, host.Conn, receive(t, host.Items))

	s.find(t, "▲ a__b — globex: reconnect") // an underscore would mark an access key
	clicks := []struct{ entry, does string }{
		{"● jsmith — acme/Open Egnyte", "open https://acme.egnyte.com"},
		{"Accounts…", "start --window accounts"},
		{"Add account…", "start --window signin"},
		{"▲ a__b — globex: reconnect/Reconnect", "sign in a_b@globex.egnyte.com"},
	}
	for _, c := range clicks {
		if err := s.click(s.find(t, c.entry)); err != nil {
			t.Fatal(err)
		}
		expect(t, tray.says, c.does)
	}
	expect(t, tray.says, "tell Name of a_b is connected again")
	begun := time.Now()
	tray.index(t, ann)
	s.find(t, "▲ adoe — globex: reconnect")
	if took := time.Since(begun); took > time.Second {
		t.Errorf("the menu followed after %v", took)
	}
	ids, err := s.ids()
	if _, stays := ids["● jsmith — acme"]; stays || err != nil {
		t.Errorf("an account that is gone is still shown (%v)", err)
	}
	if err := s.click(s.find(t, "Quit")); err != nil && !errors.Is(err, dbus.ErrClosed) {
		t.Log("quit took its connection along:", err)
	}
	tray.ends(t, 0)
}

func TestALeftClickOpensTheAccounts(t *testing.T) {
	t.Parallel()
	bus := testbus.Start(t)
	host := bus.StartTrayHost(t, true)
	tray := startTray(t, bus.Address, jane)
	it := receive(t, host.Items)
	icon := host.Conn.Object(string(it.Sender), dbus.ObjectPath(it.Service))
	var isMenu bool
	if err := icon.StoreProperty("org.kde.StatusNotifierItem.ItemIsMenu", &isMenu); err != nil || isMenu {
		t.Errorf("the icon is only a menu: %v, %v", isMenu, err)
	}
	if err := icon.Call("org.kde.StatusNotifierItem.Activate", 0, int32(0), int32(0)).Err; err != nil {
		t.Fatal(err)
	}
	expect(t, tray.says, "start --window accounts")
}

func TestAHostThatComesLateOrAgainGetsTheIcon(t *testing.T) {
	t.Parallel()
	bus := testbus.Start(t)
	tray := startTray(t, bus.Address, jane)
	waitOnBus(t, bus, tray)
	var last testbus.Item
	for start := range 3 {
		host := bus.StartTrayHost(t, true)
		last = receive(t, host.Items)
		look(t, host.Conn, last).find(t, "● jsmith — acme")
		for same := true; same; {
			select {
			case it := <-host.Items: // told twice, but of one icon
				if it != last {
					t.Errorf("host %d was told of two icons: %v, %v", start, last, it)
				}
			default:
				same = false
			}
		}
		host.Conn.Close()
	}
	tray.signal(t, syscall.SIGTERM)
	tray.ends(t, 0)
}

// A signal of go-keyring's kind ends systray's own watch for hosts.
func TestAStrangeSignalDoesNotLoseTheIcon(t *testing.T) {
	t.Parallel()
	bus := testbus.Start(t)
	host := bus.StartTrayHost(t, true)
	tray := startTray(t, bus.Address, jane)
	it := receive(t, host.Items)
	strange := &dbus.Message{Type: dbus.TypeSignal, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldPath:        dbus.MakeVariant(dbus.ObjectPath("/org/freedesktop/secrets/prompt/p1")),
		dbus.FieldInterface:   dbus.MakeVariant("org.freedesktop.Secret.Prompt"),
		dbus.FieldMember:      dbus.MakeVariant("Completed"),
		dbus.FieldDestination: dbus.MakeVariant(string(it.Sender)),
		dbus.FieldSignature:   dbus.MakeVariant(dbus.SignatureOf(true)),
	}, Body: []any{true}}
	if call := host.Conn.Send(strange, nil); call != nil && call.Err != nil {
		t.Fatal(call.Err)
	}
	look(t, host.Conn, it).find(t, "● jsmith — acme")
	host.Conn.Close()
	again := bus.StartTrayHost(t, true)
	look(t, again.Conn, receive(t, again.Items)).find(t, "● jsmith — acme")
	tray.signal(t, os.Interrupt)
	tray.ends(t, 0)
}

// waitOnBus waits until the tray's icon is on the bus.
func waitOnBus(t *testing.T, bus *testbus.Bus, tray *realTray) {
	t.Helper()
	conn := bus.Connect(t)
	name := fmt.Sprintf("org.kde.StatusNotifierItem-%d-1", tray.command.Process.Pid)
	until(t, func() bool {
		var names []string
		err := conn.BusObject().Call("org.freedesktop.DBus.ListNames", 0).Store(&names)
		return err == nil && slices.Contains(names, name)
	}, "the icon never came to the bus")
}

func TestTheTrayEndsWithItsBus(t *testing.T) {
	t.Parallel()
	bus := testbus.Start(t)
	tray := startTray(t, bus.Address, jane)
	waitOnBus(t, bus, tray)
	bus.Stop()
	tray.ends(t, 0)
}

func TestWithoutABusTheTraySaysSo(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "unix:path=/nonexistent/bus"} {
		tray := startTray(t, address, jane)
		expect(t, tray.says, "missing session bus")
		tray.ends(t, 3)
	}
}

func TestWithoutAHostTheTraySaysSoAndStays(t *testing.T) {
	t.Parallel()
	bus := testbus.Start(t)
	tray := startTray(t, bus.Address, jane)
	waitOnBus(t, bus, tray)
	tray.signal(t, syscall.SIGTERM)
	tray.ends(t, 0)
	if said := tray.stderr.String(); !strings.Contains(said, "shows no tray icons") {
		t.Errorf("it said %q", said)
	}
}

// The storm: clicks on everything but Quit while the index changes 100 times.
func TestClicksDuringChangesBreakNothing(t *testing.T) {
	t.Parallel()
	bus := testbus.Start(t)
	host := bus.StartTrayHost(t, true)
	everybody := make([]account.Account, 12)
	for i := range everybody {
		everybody[i] = person(fmt.Sprintf("person%d", i), "acme.egnyte.com", account.Ready)
	}
	tray := startTray(t, bus.Address, everybody...)
	s := look(t, host.Conn, receive(t, host.Items))
	quit := s.find(t, "Quit")
	s.find(t, "● person11 — acme/Sign out")

	var over atomic.Bool
	var clicks atomic.Int64
	var fingers sync.WaitGroup
	for range 4 {
		conn := bus.Connect(t)
		own := screen{conn.Object(s.menu.Destination(), s.menu.Path())}
		fingers.Go(func() {
			for !over.Load() {
				ids, err := own.ids()
				if err != nil {
					t.Errorf("the menu broke: %v", err)
					return
				}
				for _, id := range ids {
					if id == quit {
						continue
					}
					if err := own.click(id); err != nil {
						t.Errorf("a click broke: %v", err)
						return
					}
					clicks.Add(1)
				}
			}
		})
	}
	go func() { // nobody reads what the storm does
		for range tray.says {
		}
	}()
	for range 100 {
		now := slices.Clone(everybody)
		rand.Shuffle(len(now), func(i, j int) { now[i], now[j] = now[j], now[i] })
		now = now[:rand.IntN(len(now)+1)]
		for i := range now {
			now[i].State = []account.State{account.Ready, account.Reconnect, account.Pending}[rand.IntN(3)]
		}
		before := clicks.Load()
		tray.index(t, now...)
		until(t, func() bool { return clicks.Load() > before+8 || t.Failed() }, "the clicks stopped")
	}
	over.Store(true)
	fingers.Wait()
	tray.index(t, jane)
	s.find(t, "● jsmith — acme")
	tray.signal(t, syscall.SIGTERM)
	tray.ends(t, 0)
	t.Logf("%d clicks during 100 changes", clicks.Load())
}

func TestTheTrayStaysSmall(t *testing.T) {
	bus := testbus.Start(t)
	host := bus.StartTrayHost(t, true)
	many := make([]account.Account, 100)
	for i := range many {
		many[i] = person(fmt.Sprintf("person%d", i), "acme.egnyte.com", account.Ready)
	}
	tray := startTray(t, bus.Address, many...)
	s := look(t, host.Conn, receive(t, host.Items))
	s.find(t, "● person99 — acme/Sign out")
	kilobytes := residentOf(t, tray.command.Process.Pid)
	most := 32 << 10
	if raceEnabled {
		most *= 6 // the race detector's shadow memory
	}
	if kilobytes > most {
		t.Errorf("100 accounts take %d kB, want at most %d", kilobytes, most)
	}
	t.Logf("100 accounts take %d kB", kilobytes)
}
