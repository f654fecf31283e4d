package desktop

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

func init() { xgb.Logger = log.New(io.Discard, "", 0) } // what it has to say comes as errors

const elsewhere = " In a terminal, egnyte-auth does the same job."

// FindDisplay returns the screen that Fyne will use, or a sentence why no window can
// be shown: no display, no OpenGL. Call it before Fyne starts, which panics or hangs
// without one. *MissingError. It takes 5 s at most. The screen's size is known with X.
func FindDisplay(ctx context.Context) (Screen, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	x, wayland := os.Getenv("DISPLAY"), os.Getenv("WAYLAND_DISPLAY")
	none := &MissingError{Display, "There is no display here, so no window can be shown." + elsewhere,
		errors.New("neither DISPLAY nor WAYLAND_DISPLAY is set")}
	switch platform(ctx, x, wayland) {
	case "wayland":
		return Screen{}, checkWayland(ctx, wayland)
	case "x11":
		if x == "" {
			return Screen{}, none
		}
		return checkX(ctx, x)
	}
	answer := checkWayland(ctx, wayland)
	switch {
	case answer == nil:
		return Screen{}, nil
	case x != "":
		return checkX(ctx, x)
	case wayland != "":
		return Screen{}, answer
	}
	return Screen{}, none
}

// platform returns the window system that is chosen without trying: by the user for
// Fyne, by Fyne because the Wayland compositor draws no title bars, or by GLFW after
// the session's type. "" means Wayland if it answers, else X.
func platform(ctx context.Context, x, wayland string) string {
	asked, session := os.Getenv("FYNE_PLATFORM"), os.Getenv("XDG_SESSION_TYPE")
	switch {
	case asked == "x11" || asked == "wayland":
		return asked
	case x != "" && wayland != "" && lacksTitleBars(ctx, wayland):
		return "x11"
	case session == "wayland" && wayland != "", session == "x11" && x != "":
		return session
	}
	return ""
}

// lacksTitleBars reports that a Wayland compositor answers and offers no decoration
// manager. It asks for the list of globals (The Wayland Protocol, appendix A).
func lacksTitleBars(ctx context.Context, name string) bool {
	conn, err := dialWayland(ctx, name)
	if err != nil {
		return false
	}
	defer conn.Close()
	if deadline, limited := ctx.Deadline(); limited && conn.SetDeadline(deadline) != nil {
		return false
	}
	const display, registry, callback = 1, 2, 3 // objects
	order := binary.NativeEndian
	var ask []byte
	for _, word := range []uint32{display, 12<<16 | 1, registry, display, 12 << 16, callback} { // get_registry, sync (opcode 0)
		ask = order.AppendUint32(ask, word)
	}
	if _, err := conn.Write(ask); err != nil {
		return false
	}
	for answers := bufio.NewReader(conn); ; {
		var head [8]byte
		if _, err := io.ReadFull(answers, head[:]); err != nil {
			return false
		}
		body := make([]byte, max(0, int(order.Uint32(head[4:])>>16)-len(head)))
		if _, err := io.ReadFull(answers, body); err != nil {
			return false
		}
		switch sender := order.Uint32(head[:]); {
		case sender == callback:
			return true
		case sender == display, bytes.Contains(body, []byte("zxdg_decoration_manager_v1\x00")):
			return false // an error, or the manager
		}
	}
}

func checkWayland(ctx context.Context, name string) error {
	conn, err := dialWayland(ctx, name)
	if err != nil {
		return &MissingError{Display, fmt.Sprintf("The Wayland display %s can't be reached, so no window can be shown.", name) + elsewhere, err}
	}
	return conn.Close()
}

// dialWayland connects to the compositor's socket (wl_display_connect(3)).
func dialWayland(ctx context.Context, name string) (net.Conn, error) {
	socket := cmp.Or(name, "wayland-0")
	if !filepath.IsAbs(socket) {
		socket = filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), socket)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, "unix", socket)
}

// checkX connects and asks for GLX. Neither takes a context, so a server that
// stays silent keeps a goroutine until the process ends.
func checkX(ctx context.Context, display string) (Screen, error) {
	type answer struct {
		screen Screen
		err    error
	}
	result := make(chan answer, 1)
	go func() {
		screen, err := askX(display)
		result <- answer{screen, err}
	}()
	select {
	case a := <-result:
		return a.screen, a.err
	case <-ctx.Done():
		return Screen{}, noX(display, "does not answer", context.Cause(ctx))
	}
}

func askX(display string) (Screen, error) {
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		if strings.HasPrefix(err.Error(), "unsupported auth protocol") {
			return Screen{}, nil // libX11 knows more ways to be let in: let Fyne try
		}
		return Screen{}, noX(display, "can't be reached", err)
	}
	defer conn.Close()
	const glx = "GLX"
	reply, err := xproto.QueryExtension(conn, uint16(len(glx)), glx).Reply()
	if err != nil || reply == nil {
		return Screen{}, noX(display, "went away", err)
	}
	if !reply.Present {
		return Screen{}, &MissingError{OpenGL, fmt.Sprintf("The display %s has no OpenGL (GLX), so no window can be shown.", display) + elsewhere, nil}
	}
	first := xproto.Setup(conn).DefaultScreen(conn)
	return Screen{int(first.WidthInPixels), int(first.HeightInPixels)}, nil
}

func noX(display, what string, cause error) error {
	return &MissingError{Display, fmt.Sprintf("The display %s %s, so no window can be shown.", display, what) + elsewhere, cause}
}
