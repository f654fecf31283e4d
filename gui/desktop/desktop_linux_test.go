package desktop

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/oauth/testbus"
)

// onBus makes a bus of the test's own the session bus.
func onBus(t *testing.T) *testbus.Bus {
	t.Helper()
	bus := testbus.Start(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", bus.Address)
	return bus
}

func wants(t *testing.T, err error, thing Thing) {
	t.Helper()
	var missing *MissingError
	if !errors.As(err, &missing) || missing.Thing != thing {
		t.Fatalf("got %v; want a missing %s", err, thing)
	}
	if !strings.HasSuffix(missing.Error(), ".") {
		t.Errorf("no sentence: %q", missing)
	}
}

func TestTheTrayCheckFindsAHost(t *testing.T) {
	onBus(t).StartTrayHost(t, true)
	if err := CheckTray(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTheTrayCheckSaysWhatIsMissing(t *testing.T) {
	t.Run("nobody takes icons", func(t *testing.T) {
		onBus(t)
		wants(t, CheckTray(t.Context()), TrayHost)
	})
	t.Run("nobody shows icons", func(t *testing.T) {
		onBus(t).StartTrayHost(t, false)
		wants(t, CheckTray(t.Context()), TrayHost)
	})
	t.Run("the bus is gone", func(t *testing.T) {
		onBus(t).Stop()
		wants(t, CheckTray(t.Context()), SessionBus)
	})
	t.Run("no bus at all", func(t *testing.T) {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
		t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
		wants(t, CheckTray(t.Context()), SessionBus)
	})
	t.Run("no runtime folder", func(t *testing.T) {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
		t.Setenv("XDG_RUNTIME_DIR", "")
		wants(t, CheckTray(t.Context()), SessionBus)
	})
	t.Run("a bus that says nothing", func(t *testing.T) {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+silentSocket(t, filepath.Join(shortDir(t), "bus")))
		wants(t, CheckTray(t.Context()), SessionBus)
	})
}

func TestTheBusIsFoundInTheRuntimeFolder(t *testing.T) {
	bus := testbus.Start(t)
	path, _, _ := strings.Cut(strings.TrimPrefix(bus.Address, "unix:path="), ",")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", filepath.Dir(path))
	conn, err := ConnectBus(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

func TestANotificationIsShownAndItsButtonHeard(t *testing.T) {
	for _, action := range []string{actionButton, actionDefault} {
		t.Run(action, func(t *testing.T) {
			server := startNotifications(t, onBus(t), "actions", "body-markup")
			clicked := make(chan struct{})
			err := Notify(t.Context(), Notification{Title: "Ann & Jane", Body: "R&D <b>", Button: "Reconnect", Clicked: func() { close(clicked) }})
			if err != nil {
				t.Fatal(err)
			}
			shown := <-server.Shown
			if shown.Title != "Ann & Jane" || shown.Body != "R&amp;D &lt;b&gt;" {
				t.Errorf("shown: %+v", shown)
			}
			if shown.Icon != AppID || shown.DesktopEntry != AppID {
				t.Errorf("icon %q, desktop entry %q", shown.Icon, shown.DesktopEntry)
			}
			if !slices.Equal(shown.Actions, []string{actionDefault, "Open", actionButton, "Reconnect"}) {
				t.Errorf("actions: %q", shown.Actions)
			}
			server.Click(t, shown.ID+1, action) // somebody else's
			server.Click(t, shown.ID, action)
			receive(t, clicked)
		})
	}
}

func TestANotificationThatIsClosedLeavesNothingBehind(t *testing.T) {
	bus := onBus(t)
	server := startNotifications(t, bus, "actions")
	err := Notify(t.Context(), Notification{Title: "x", Clicked: func() { t.Error("clicked") }})
	if err != nil {
		t.Fatal(err)
	}
	shown := <-server.Shown
	server.Close(t, shown.ID)
	waitGone(t, bus, shown.Sender)
}

func TestANotificationGoesAwayWithItsRole(t *testing.T) {
	bus := onBus(t)
	server := startNotifications(t, bus)
	ctx, end := context.WithCancel(t.Context())
	if err := Notify(ctx, Notification{Title: "x"}); err != nil {
		t.Fatal(err)
	}
	shown := <-server.Shown
	end()
	waitGone(t, bus, shown.Sender)
}

func TestWithoutAServerThereAreNoNotifications(t *testing.T) {
	onBus(t)
	wants(t, Notify(t.Context(), Notification{Title: "x"}), Notifications)
}

// waitGone waits until a connection has left the bus.
func waitGone(t *testing.T, bus *testbus.Bus, name string) {
	t.Helper()
	conn := bus.Connect(t)
	limit, again := time.After(20*time.Second), time.NewTicker(5*time.Millisecond)
	defer again.Stop()
	for {
		var here bool
		if err := conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, name).Store(&here); err != nil {
			t.Fatal(err)
		}
		if !here {
			return
		}
		select {
		case <-again.C:
		case <-limit:
			t.Fatal("the connection stays on the bus")
		}
	}
}

func receive[T any](t *testing.T, from <-chan T) (value T) {
	t.Helper()
	select {
	case value = <-from:
	case <-time.After(20 * time.Second):
		t.Fatal("waited 20 s for nothing")
	}
	return value
}

func TestTheDisplayCheckSaysWhatIsMissing(t *testing.T) {
	empty := func(t *testing.T) {
		t.Setenv("XDG_RUNTIME_DIR", shortDir(t))
		for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "FYNE_PLATFORM"} {
			t.Setenv(name, "")
		}
	}
	t.Run("no display", func(t *testing.T) {
		empty(t)
		wants(t, CheckDisplay(t.Context()), Display)
	})
	t.Run("a display that is not there", func(t *testing.T) {
		empty(t)
		t.Setenv("DISPLAY", ":7654")
		wants(t, CheckDisplay(t.Context()), Display)
	})
	t.Run("nonsense", func(t *testing.T) {
		empty(t)
		t.Setenv("DISPLAY", "nonsense")
		wants(t, CheckDisplay(t.Context()), Display)
	})
	t.Run("a server that says nothing", func(t *testing.T) {
		empty(t)
		socket := silentSocket(t, filepath.Join(shortDir(t), "x:0"))
		t.Setenv("DISPLAY", socket)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		wants(t, CheckDisplay(ctx), Display)
	})
	t.Run("a Wayland session whose display is gone", func(t *testing.T) {
		empty(t)
		t.Setenv("XDG_SESSION_TYPE", "wayland")
		t.Setenv("WAYLAND_DISPLAY", "wayland-9")
		wants(t, CheckDisplay(t.Context()), Display)
	})
	t.Run("Wayland is enough", func(t *testing.T) {
		empty(t)
		silentSocket(t, filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "wayland-3"))
		t.Setenv("WAYLAND_DISPLAY", "wayland-3")
		if err := CheckDisplay(t.Context()); err != nil {
			t.Error(err)
		}
	})
	// Fyne leaves Wayland where it is told to, and where windows would have no title bar.
	t.Run("FYNE_PLATFORM=x11 and a display that is not there", func(t *testing.T) {
		empty(t)
		compositor(t, "zxdg_decoration_manager_v1")
		t.Setenv("DISPLAY", ":7654")
		if err := CheckDisplay(t.Context()); err != nil {
			t.Error(err)
		}
		t.Setenv("FYNE_PLATFORM", "x11")
		wants(t, CheckDisplay(t.Context()), Display)
		t.Setenv("DISPLAY", "")
		wants(t, CheckDisplay(t.Context()), Display)
	})
	t.Run("a compositor without title bars, and a display that is not there", func(t *testing.T) {
		empty(t)
		compositor(t, "wl_compositor")
		if err := CheckDisplay(t.Context()); err != nil {
			t.Error(err)
		}
		t.Setenv("DISPLAY", ":7654")
		wants(t, CheckDisplay(t.Context()), Display)
		t.Setenv("FYNE_PLATFORM", "wayland")
		if err := CheckDisplay(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("X with OpenGL", func(t *testing.T) {
		empty(t)
		t.Setenv("DISPLAY", virtualDisplay(t, "+extension", "GLX"))
		if err := CheckDisplay(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("X without OpenGL", func(t *testing.T) {
		empty(t)
		t.Setenv("DISPLAY", virtualDisplay(t, "-extension", "GLX"))
		wants(t, CheckDisplay(t.Context()), OpenGL)
	})
}

func shortDir(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "d")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// silentSocket is a server that accepts, and nothing more.
func silentSocket(t *testing.T, path string) string {
	t.Helper()
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return path
}

// compositor is a Wayland display that offers one global.
func compositor(t *testing.T, global string) {
	t.Helper()
	t.Setenv("WAYLAND_DISPLAY", "wayland-3")
	listener, err := net.Listen("unix", filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "wayland-3"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	text := append([]byte(global), make([]byte, 4-len(global)%4)...)
	order := binary.NativeEndian
	answer := order.AppendUint32(nil, 2) // the registry's event global
	answer = order.AppendUint32(answer, uint32(8+4+4+len(text)+4)<<16)
	answer = order.AppendUint32(answer, 1)
	answer = order.AppendUint32(answer, uint32(len(global)+1))
	answer = order.AppendUint32(append(answer, text...), 1)
	for _, word := range []uint32{3, 12 << 16, 0} { // the callback's event done
		answer = order.AppendUint32(answer, word)
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if _, err := io.ReadFull(conn, make([]byte, 24)); err == nil {
				_, _ = conn.Write(answer)
			}
			conn.Close()
		}
	}()
}

// virtualDisplay runs an X server in memory on a display number of its choice.
func virtualDisplay(t *testing.T, args ...string) string {
	t.Helper()
	program, err := exec.LookPath("Xvfb")
	if err != nil {
		t.Skip("Xvfb is not installed: no display to test on")
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	command := exec.Command(program, append([]string{"-displayfd", "3", "-screen", "0", "640x480x24", "-nolisten", "tcp"}, args...)...)
	command.ExtraFiles = []*os.File{write}
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	number, err := io.ReadAll(io.LimitReader(read, 8))
	if number = bytes.TrimSpace(number); err != nil || len(number) == 0 {
		t.Skipf("Xvfb does not start here: %v", err)
	}
	return ":" + string(number)
}
