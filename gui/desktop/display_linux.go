package desktop

import (
	"context"
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

// FindDisplay tells in a sentence why no window can be shown: no display, no
// OpenGL. It must be asked before Fyne starts, which panics or hangs.
// *MissingError. It takes 5 s at most. The screen's size is known with X.
//
// Wayland or X is chosen as GLFW does it, which Fyne stands on: the session's
// type where it is known, else Wayland where it answers, else X.
func FindDisplay(ctx context.Context) (Screen, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	x, wayland, session := os.Getenv("DISPLAY"), os.Getenv("WAYLAND_DISPLAY"), os.Getenv("XDG_SESSION_TYPE")
	switch {
	case session == "wayland" && wayland != "":
		return Screen{}, checkWayland(ctx, wayland)
	case session == "x11" && x != "":
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
	return Screen{}, &MissingError{Display, "There is no display here, so no window can be shown." + elsewhere,
		errors.New("neither DISPLAY nor WAYLAND_DISPLAY is set")}
}

// checkWayland dials the compositor's socket (wl_display_connect(3)).
func checkWayland(ctx context.Context, name string) error {
	socket := name
	if name == "" {
		socket = "wayland-0"
	}
	if !filepath.IsAbs(socket) {
		socket = filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), socket)
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", socket)
	if err != nil {
		return &MissingError{Display, fmt.Sprintf("The Wayland display %s can't be reached, so no window can be shown.", name) + elsewhere, err}
	}
	return conn.Close()
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
