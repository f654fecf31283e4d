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

// CheckDisplay tells in a sentence why no window can be shown: no display, no
// OpenGL. It must be asked before Fyne starts, which panics or hangs.
// *MissingError. It takes 5 s at most.
//
// Wayland or X is chosen as GLFW does it, which Fyne stands on: the session's
// type where it is known, else Wayland where it answers, else X.
func CheckDisplay(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	x, wayland, session := os.Getenv("DISPLAY"), os.Getenv("WAYLAND_DISPLAY"), os.Getenv("XDG_SESSION_TYPE")
	switch {
	case session == "wayland" && wayland != "":
		return checkWayland(ctx, wayland)
	case session == "x11" && x != "":
		return checkX(ctx, x)
	}
	answer := checkWayland(ctx, wayland)
	switch {
	case answer == nil:
		return nil
	case x != "":
		return checkX(ctx, x)
	case wayland != "":
		return answer
	}
	return &MissingError{Display, "There is no display here, so no window can be shown." + elsewhere,
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
func checkX(ctx context.Context, display string) error {
	result := make(chan error, 1)
	go func() { result <- askX(display) }()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return noX(display, "does not answer", context.Cause(ctx))
	}
}

func askX(display string) error {
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		if strings.HasPrefix(err.Error(), "unsupported auth protocol") {
			return nil // libX11 knows more ways to be let in: let Fyne try
		}
		return noX(display, "can't be reached", err)
	}
	defer conn.Close()
	const glx = "GLX"
	reply, err := xproto.QueryExtension(conn, uint16(len(glx)), glx).Reply()
	if err != nil || reply == nil {
		return noX(display, "went away", err)
	}
	if !reply.Present {
		return &MissingError{OpenGL, fmt.Sprintf("The display %s has no OpenGL (GLX), so no window can be shown.", display) + elsewhere, nil}
	}
	return nil
}

func noX(display, what string, cause error) error {
	return &MissingError{Display, fmt.Sprintf("The display %s %s, so no window can be shown.", display, what) + elsewhere, cause}
}
