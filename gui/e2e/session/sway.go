//go:build linux

package session

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/jezek/xgb/xproto"
)

// A window's size is the program's own choice, as on most desktops, and only a program
// or a test moves the focus.
const swayConfig = `output * resolution %s scale %d
xwayland disable
focus_follows_mouse no
for_window [title=".*"] floating enable, border none
`

// startSway starts a Wayland compositor in a window of the X display. It refuses to run
// as root, so there it runs in a user namespace without one.
func (s *Session) startSway(ctx context.Context) error {
	d := s.Display
	config := filepath.Join(s.run, "sway.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, swayConfig, cmp.Or(s.options.Screen, "1280x800"), d.scale), 0o600); err != nil {
		return err
	}
	socket := filepath.Join(s.run, "sway")
	sway := Spec{Path: "sway", Args: []string{"--config", config},
		Env: []string{"WLR_BACKENDS=x11", "WLR_RENDERER=pixman", "SWAYSOCK=" + socket}}
	if os.Getuid() == 0 {
		sway.Path, sway.Args = "unshare", append([]string{"--user", "sway"}, sway.Args...)
	}
	if err := s.startPart(sway); err != nil {
		return err
	}
	s.parts["sway"] = s.parts[sway.Path]
	err := Eventually(ctx, limit, func() error {
		displays, err := filepath.Glob(filepath.Join(s.runtimeDir(), "wayland-?"))
		if err != nil || len(displays) != 1 {
			return errors.Join(err, fmt.Errorf("displays of Wayland: %q; sway says: %s", displays, s.parts["sway"].Stderr()))
		}
		d.Name, d.sway = filepath.Base(displays[0]), socket
		_, err = d.swayWindows()
		return err
	})
	if err != nil {
		return err
	}
	// The outer X server has no window manager: keys go where the mouse is.
	return d.xdotool(ctx, "", "mousemove", "1", "1")
}

// swayNode is a part of sway's tree (sway-ipc(7), GET_TREE).
type swayNode struct {
	ID       uint32
	Name     string
	AppID    string `json:"app_id"`
	PID      int
	Focused  bool
	Urgent   bool
	Rect     struct{ X, Y, Width, Height int }
	Nodes    []swayNode
	Floating []swayNode `json:"floating_nodes"`
}

func (d *Display) swayWindows() ([]Window, error) {
	text, err := d.askSway("--type", "get_tree", "--raw")
	if err != nil {
		return nil, err
	}
	var root swayNode
	if err := json.Unmarshal(text, &root); err != nil {
		return nil, err
	}
	var all []Window
	var walk func(swayNode)
	walk = func(n swayNode) {
		if n.PID != 0 {
			r := &n.Rect // in logical pixels
			r.X, r.Y, r.Width, r.Height = r.X*d.scale, r.Y*d.scale, r.Width*d.scale, r.Height*d.scale
			all = append(all, Window{ID: xproto.Window(n.ID), Title: n.Name, onSway: n})
		}
		for _, child := range slices.Concat(n.Nodes, n.Floating) {
			walk(child)
		}
	}
	walk(root)
	return all, nil
}

func (d *Display) swaymsg(command string) error {
	_, err := d.askSway(command)
	return err
}

func (d *Display) askSway(args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	said, err := exec.CommandContext(ctx, "swaymsg", append([]string{"--socket", d.sway}, args...)...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("swaymsg: %w: %s", err, said)
	}
	return said, nil
}
