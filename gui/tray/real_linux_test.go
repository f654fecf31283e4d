package tray

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/testbus"
)

func TestTheRealMenuDoesWhatItSays(t *testing.T) {
	t.Parallel()
	bus := testbus.Start(t)
	host := bus.StartTrayHost(t, true)
	tray := startTray(t, bus.Address, jane, person("a_b", "globex.egnyte.com", account.Reconnect))
	s := look(t, host.Conn, receive(t, host.Items))

	s.find(t, "▲ Name of a__b — globex: sign in again") // an underscore would mark an access key
	clicks := []struct{ entry, does string }{
		{"● Name of jsmith — acme/Open Egnyte", "open https://acme.egnyte.com"},
		{"Accounts…", "start --window accounts"},
		{"Add account…", "start --window signin"},
		{"▲ Name of a__b — globex: sign in again/Reconnect", "sign in a_b@globex.egnyte.com"},
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
	s.find(t, "▲ Name of adoe — globex: sign in again")
	if took := time.Since(begun); took > time.Second {
		t.Errorf("the menu followed after %v", took)
	}
	ids, err := s.ids()
	if _, stays := ids["● Name of jsmith — acme"]; stays || err != nil {
		t.Errorf("an account that is gone is still shown (%v)", err)
	}
	if err := s.click(s.find(t, "Quit")); err != nil && !errors.Is(err, dbus.ErrClosed) {
		t.Log("quit took its connection along:", err)
	}
	tray.ends(t, 0)
}

// Given an account that needs the user, then the icon asks for attention and its tooltip
// says which account it is, until the account is well.
func TestTheIconAsksForAttention(t *testing.T) {
	t.Parallel()
	bus := testbus.Start(t)
	host := bus.StartTrayHost(t, true)
	tray := startTray(t, bus.Address, jane, ann)
	it := receive(t, host.Items)
	icon := host.Conn.Object(string(it.Sender), dbus.ObjectPath(it.Service))
	shows := func(status, tip string) {
		t.Helper()
		until(t, func() bool {
			var all map[string]dbus.Variant
			err := icon.Call("org.freedesktop.DBus.Properties.GetAll", 0, "org.kde.StatusNotifierItem").Store(&all)
			return err == nil && all["Status"].Value() == status && strings.Contains(fmt.Sprint(all["ToolTip"].Value()), tip) &&
				len(fmt.Sprint(all["AttentionIconPixmap"].Value())) > 1000
		}, "the icon never was %s with %q", status, tip)
	}
	shows("NeedsAttention", "Name of adoe — globex: sign in again")
	tray.index(t, jane)
	shows("Active", "Accounts for Egnyte ]")
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
		look(t, host.Conn, last).find(t, "● Name of jsmith — acme")
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
	look(t, host.Conn, it).find(t, "● Name of jsmith — acme")
	host.Conn.Close()
	again := bus.StartTrayHost(t, true)
	look(t, again.Conn, receive(t, again.Items)).find(t, "● Name of jsmith — acme")
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
	s.find(t, "● Name of person11 — acme/Sign out…")

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
	s.find(t, "● Name of jsmith — acme")
	tray.signal(t, syscall.SIGTERM)
	tray.ends(t, 0)
	t.Logf("%d clicks during 100 changes", clicks.Load())
}
