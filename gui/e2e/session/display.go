//go:build linux

package session

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Display is the session's display: its windows, keyboard and mouse. A Wayland
// display is a window of an X display that fills it, so pictures and keys go there.
type Display struct {
	Name string // DISPLAY, or WAYLAND_DISPLAY

	sway  string // its socket; "" on X
	scale int
	conn  *xgb.Conn
	root  xproto.Window
	atoms map[string]xproto.Atom
	env   []string

	presses   atomic.Int64
	lastStill string // what the last Still showed
}

func init() { xgb.Logger = log.New(io.Discard, "", 0) } // it logs every missing .Xauthority and every closed connection

// Window is a window as the window manager lists it.
type Window struct {
	ID    xproto.Window
	Title string

	onSway swayNode
}

func (s *Session) startDisplay(ctx context.Context) error {
	if s.options.NoDisplay {
		return nil
	}
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	size := cmp.Or(s.options.Screen, "1280x800")
	args := []string{"-displayfd", "3", "-screen", "0", size + "x24", "-nolisten", "tcp"}
	if s.options.NoGLX {
		args = append(args, "-extension", "GLX")
	}
	err = s.startPart(Spec{Path: "Xvfb", Args: args, extra: []*os.File{write}})
	write.Close()
	if err != nil {
		return err
	}
	if err := read.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		return fmt.Errorf("read the display's number: %w", err)
	}
	s.Display = &Display{Name: ":" + strings.TrimSpace(number), atoms: map[string]xproto.Atom{}, scale: cmp.Or(s.options.Scale, 1)}
	s.Display.env = s.Env()
	return s.Display.open(ctx)
}

func (d *Display) open(ctx context.Context) error {
	return Eventually(ctx, limit, func() error {
		conn, err := xgb.NewConnDisplay(d.Name)
		if err != nil {
			return err
		}
		d.conn, d.root = conn, xproto.Setup(conn).DefaultScreen(conn).Root
		return nil
	})
}

func (d *Display) close() {
	if d != nil && d.conn != nil {
		d.conn.Close()
	}
}

func (s *Session) startWindowManager(ctx context.Context) error {
	if s.options.NoDisplay {
		return nil
	}
	if s.options.Wayland {
		return s.startSway(ctx)
	}
	if err := s.startPart(Spec{Path: "openbox", Args: []string{"--sm-disable"}}); err != nil {
		return err
	}
	return Eventually(ctx, limit, func() error {
		if _, err := s.Display.property(s.Display.root, "_NET_SUPPORTING_WM_CHECK"); err != nil {
			return fmt.Errorf("no window manager yet: %w", err)
		}
		return nil
	})
}

func (d *Display) atom(name string) (xproto.Atom, error) {
	if atom, ok := d.atoms[name]; ok {
		return atom, nil
	}
	reply, err := xproto.InternAtom(d.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, err
	}
	d.atoms[name] = reply.Atom
	return reply.Atom, nil
}

func (d *Display) property(window xproto.Window, name string) ([]byte, error) {
	atom, err := d.atom(name)
	if err != nil {
		return nil, err
	}
	reply, err := xproto.GetProperty(d.conn, false, window, atom, xproto.GetPropertyTypeAny, 0, 1<<20).Reply()
	if err != nil {
		return nil, err
	}
	if reply.Type == xproto.AtomNone {
		return nil, fmt.Errorf("the window has no %s", name)
	}
	return reply.Value, nil
}

// Windows lists the windows that the window manager manages.
func (d *Display) Windows() ([]Window, error) {
	if d.sway != "" {
		return d.swayWindows()
	}
	ids, err := d.property(d.root, "_NET_CLIENT_LIST")
	if err != nil {
		return nil, err
	}
	var all []Window
	for ; len(ids) >= 4; ids = ids[4:] {
		id := xproto.Window(xgb.Get32(ids))
		title, err := d.property(id, "_NET_WM_NAME")
		if err != nil {
			continue // gone by now, or without a title yet
		}
		all = append(all, Window{ID: id, Title: string(title)})
	}
	return all, nil
}

// Class is the window's class (ICCCM, 4.1.2.5), by which a desktop finds the
// entry that it belongs to: StartupWMClass. On Wayland it is the app_id.
func (d *Display) Class(w Window) (string, error) {
	if d.sway != "" {
		return w.onSway.AppID, nil
	}
	both, err := d.property(w.ID, "WM_CLASS") // instance and class, each with a zero behind it
	if err != nil {
		return "", err
	}
	_, class, _ := strings.Cut(strings.TrimSuffix(string(both), "\x00"), "\x00")
	return class, nil
}

// Find returns the window whose title starts with title.
func (d *Display) Find(title string) (Window, error) {
	windows, err := d.Windows()
	if err != nil {
		return Window{}, err
	}
	var titles []string
	for _, w := range windows {
		if strings.HasPrefix(w.Title, title) {
			return w, nil
		}
		titles = append(titles, w.Title)
	}
	return Window{}, fmt.Errorf("no window %q among %q", title, titles)
}

// WaitWindow waits for a window whose title starts with title, painted and
// with the keyboard's focus.
func (d *Display) WaitWindow(ctx context.Context, title string, within time.Duration) (Window, error) {
	var found Window
	err := Eventually(ctx, within, func() error {
		var err error
		if found, err = d.Find(title); err != nil {
			return err
		}
		if !d.Painted(found) {
			return fmt.Errorf("window %q is not painted", found.Title)
		}
		return d.focused(found)
	})
	return found, err
}

// WaitGone waits until no window's title starts with title.
func (d *Display) WaitGone(ctx context.Context, title string, within time.Duration) error {
	return Eventually(ctx, within, func() error {
		if w, err := d.Find(title); err == nil {
			return fmt.Errorf("window %q is still there", w.Title)
		}
		return nil
	})
}

// HasFocus reports that a window that Find has just returned has the focus.
func (d *Display) HasFocus(w Window) bool {
	if d.sway != "" {
		return w.onSway.Focused
	}
	active, err := d.property(d.root, "_NET_ACTIVE_WINDOW")
	return err == nil && len(active) >= 4 && xproto.Window(xgb.Get32(active)) == w.ID
}

// focused asks the window manager to activate a window that is not active.
func (d *Display) focused(w Window) error {
	if d.HasFocus(w) {
		return nil
	}
	if d.sway != "" {
		return errors.Join(fmt.Errorf("window %q has no focus", w.Title), d.swaymsg(fmt.Sprintf("[con_id=%d] focus", w.ID)))
	}
	const fromPager = 2
	if err := d.message(w, "_NET_ACTIVE_WINDOW", fromPager); err != nil {
		return err
	}
	return fmt.Errorf("window %q has no focus", w.Title)
}

// CloseWindow closes a window as its title bar's button does.
func (d *Display) CloseWindow(w Window) error {
	if d.sway != "" {
		return d.swaymsg(fmt.Sprintf("[con_id=%d] kill", w.ID))
	}
	return d.message(w, "_NET_CLOSE_WINDOW", 0, 2)
}

// Activate brings a window back to the front, as a click in a task bar does.
func (d *Display) Activate(ctx context.Context, w Window) error {
	return Eventually(ctx, limit, func() error { return d.focused(w) })
}

// Minimize minimizes a window.
func (d *Display) Minimize(w Window) error {
	const iconic = 3 // ICCCM, 4.1.3.1
	return d.message(w, "WM_CHANGE_STATE", iconic)
}

// message asks the window manager for something (EWMH, root window messages).
func (d *Display) message(w Window, kind string, data ...uint32) error {
	atom, err := d.atom(kind)
	if err != nil {
		return err
	}
	event := xproto.ClientMessageEvent{
		Format: 32, Window: w.ID, Type: atom,
		Data: xproto.ClientMessageDataUnionData32New(append(data, make([]uint32, 5-len(data))...)),
	}
	const mask = xproto.EventMaskSubstructureNotify | xproto.EventMaskSubstructureRedirect
	return xproto.SendEventChecked(d.conn, false, d.root, mask, string(event.Bytes())).Check()
}

// Painted reports whether a window shows anything: more than one colour.
func (d *Display) Painted(w Window) bool {
	shot, err := d.pixels(w)
	if err != nil {
		return false
	}
	for i := 4; i+3 < len(shot.Pix); i += 4 {
		if shot.Pix[i] != shot.Pix[0] || shot.Pix[i+1] != shot.Pix[1] || shot.Pix[i+2] != shot.Pix[2] {
			return true
		}
	}
	return false
}

// settled is how long a window that is drawn stays as it is, and unsettled how
// long to wait for that at most: one with a clock in it never does.
const (
	settled   = 100 * time.Millisecond
	unsettled = 2 * time.Second
)

// WaitDrawn waits until a window shows something else than before, and leaves
// it so for a moment. A program may change its title well before it draws what
// the title names. Before and the answer are pixels; nil before is anything.
func (d *Display) WaitDrawn(ctx context.Context, w Window, before []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, unsettled)
	defer cancel()
	var last []byte
	tick := time.NewTicker(settled)
	defer tick.Stop()
	for {
		shot, err := d.pixels(w)
		if err != nil {
			return nil, err
		}
		if bytes.Equal(shot.Pix, last) && !bytes.Equal(shot.Pix, before) {
			return shot.Pix, nil
		}
		last = shot.Pix
		select {
		case <-ctx.Done():
			return last, nil
		case <-tick.C:
		}
	}
}

// Size is a window's, in pixels.
func (d *Display) Size(w Window) (width, height int, err error) {
	_, at, err := d.place(w)
	return at.Dx(), at.Dy(), err
}

// Resize asks for a window of that size, as dragging its edge does. A program that has
// just started may still set its own size.
func (d *Display) Resize(ctx context.Context, w Window, width, height int) error {
	return d.xdotool(ctx, "", "windowsize", fmt.Sprint(w.ID), fmt.Sprint(width), fmt.Sprint(height))
}

// place returns the X window that shows a window, and where in it.
func (d *Display) place(w Window) (xproto.Window, image.Rectangle, error) {
	if d.sway != "" && w.ID != d.root {
		at := w.onSway.Rect
		return d.root, image.Rect(at.X, at.Y, at.X+at.Width, at.Y+at.Height), nil
	}
	size, err := xproto.GetGeometry(d.conn, xproto.Drawable(w.ID)).Reply()
	if err != nil {
		return 0, image.Rectangle{}, err
	}
	return w.ID, image.Rect(0, 0, int(size.Width), int(size.Height)), nil
}

func (d *Display) pixels(w Window) (*image.RGBA, error) {
	window, at, err := d.place(w)
	if err != nil {
		return nil, err
	}
	reply, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(window),
		int16(at.Min.X), int16(at.Min.Y), uint16(at.Dx()), uint16(at.Dy()), ^uint32(0)).Reply()
	if err != nil {
		return nil, err
	}
	shot := image.NewRGBA(image.Rect(0, 0, at.Dx(), at.Dy()))
	if len(reply.Data) < len(shot.Pix) {
		return nil, errors.New("the display has not 32 bits a pixel")
	}
	for i := 0; i+3 < len(shot.Pix); i += 4 { // BGRx
		shot.Pix[i], shot.Pix[i+1], shot.Pix[i+2], shot.Pix[i+3] = reply.Data[i+2], reply.Data[i+1], reply.Data[i], 0xff
	}
	return shot, nil
}

// Screenshot writes the whole screen as PNG.
func (d *Display) Screenshot(path string) error { return d.Picture(d.Screen(), path) }

// Picture writes what a window shows as PNG, without its frame.
func (d *Display) Picture(w Window, path string) error {
	shot, err := d.pixels(w)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(file, shot), file.Close())
}

// Presses counts the keys, typed letters and clicks so far.
func (d *Display) Presses() int { return int(d.presses.Load()) }

// Still writes what a window shows as PNG once that is something else than at
// the last Still of this display, and has not changed for as long as settled.
// What never stops is taken as it is after the time; the error says that it
// showed nothing else.
func (d *Display) Still(ctx context.Context, w Window, path string, settled, within time.Duration) error {
	shown, since := "", time.Now()
	err := Eventually(ctx, within, func() error {
		if err := d.Picture(w, path); err != nil {
			return err
		}
		now, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if string(now) != shown {
			shown, since = string(now), time.Now()
		}
		switch {
		case shown == d.lastStill:
			return fmt.Errorf("%s shows what was shown before", w.Title)
		case time.Since(since) < settled:
			return fmt.Errorf("%s still changes", w.Title)
		}
		return nil
	})
	if shown != d.lastStill && shown != "" {
		err = nil
	}
	d.lastStill = shown
	return err
}

// Screen is all of the display as a window.
func (d *Display) Screen() Window { return Window{ID: d.root, Title: "the screen"} }

// Key presses keys, by their X names, one after the other.
func (d *Display) Key(ctx context.Context, keys ...string) error {
	d.presses.Add(int64(len(keys)))
	return d.xdotool(ctx, "", append([]string{"key", "--clearmodifiers", "--delay", "30"}, keys...)...)
}

// Type types a text. It goes in by a pipe, since it may be a secret.
func (d *Display) Type(ctx context.Context, text string) error {
	d.presses.Add(int64(utf8.RuneCountInString(text)))
	return d.xdotool(ctx, text, "type", "--clearmodifiers", "--delay", "5", "--file", "-")
}

// Click clicks into a window, at a place counted from its upper left corner.
func (d *Display) Click(ctx context.Context, w Window, x, y int) error {
	return d.click(ctx, w, x, y, "1")
}

// OpenMenu clicks there with the other button.
func (d *Display) OpenMenu(ctx context.Context, w Window, x, y int) error {
	return d.click(ctx, w, x, y, "3")
}

func (d *Display) click(ctx context.Context, w Window, x, y int, button string) error {
	window, at, err := d.place(w)
	if err != nil {
		return err
	}
	d.presses.Add(1)
	return d.xdotool(ctx, "", "mousemove", "--window", fmt.Sprint(window), fmt.Sprint(at.Min.X+x), fmt.Sprint(at.Min.Y+y), "click", button)
}

func (d *Display) xdotool(ctx context.Context, stdin string, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "xdotool", args...)
	cmd.Env = d.env
	cmd.Stdin = strings.NewReader(stdin)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("xdotool %s: %w: %s", args[0], err, said)
	}
	return nil
}
