//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"egnyte-accounts/gui/e2e/session"
)

// A panel with nothing but a tray, at the top of the screen.
const panel = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="36"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="28"/>
      <property name="icon-size" type="uint" value="20"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
`

// tray pictures the icon and its menu in a real panel.
func (s *studio) tray() error {
	if err := s.TrayHost.Drop(); err != nil { // the panel is the tray host now
		return err
	}
	if err := errors.Join(s.paintRoot(), s.startPanel()); err != nil {
		return err
	}
	var w session.Window
	err := session.Eventually(s.ctx, soon, func() (err error) { w, err = s.Display.Find("xfce4-panel"); return err })
	if err != nil {
		return err
	}
	if err := s.still(w, ""); err != nil {
		return err
	}
	if _, err := s.app("--tray"); err != nil {
		return err
	}
	if err := s.still(w, ""); err != nil { // with the icon
		return err
	}
	if err := s.Display.OpenMenu(s.ctx, w, 30, 28); err != nil {
		return err
	}
	if err := s.still(s.Display.Screen(), ""); err != nil {
		return err
	}
	// Below what is fixed, the first account and its own menu.
	if err := s.Display.Key(s.ctx, "Down", "Down", "Down", "Down", "Down", "Right"); err != nil {
		return err
	}
	if err := s.still(s.Display.Screen(), "tray"); err != nil {
		return err
	}
	return s.trim("tray")
}

func (s *studio) startPanel() error {
	place := filepath.Join(s.ConfigHome(), "xfce4", "xfconf", "xfce-perchannel-xml")
	if err := os.MkdirAll(place, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(place, "xfce4-panel.xml"), []byte(panel), 0o600); err != nil {
		return err
	}
	daemons, err := filepath.Glob("/usr/lib/*/xfce4/xfconf/xfconfd")
	if err != nil || len(daemons) == 0 {
		return fmt.Errorf("xfconfd is missing: %w", err)
	}
	if _, err := s.Start(session.Spec{Path: daemons[0]}); err != nil {
		return err
	}
	if err := s.waitName("org.xfce.Xfconf"); err != nil {
		return err
	}
	_, err = s.Start(session.Spec{Path: "xfce4-panel", Args: []string{"--disable-wm-check"}, Env: look})
	return err
}

// waitName waits until a name of the session's bus has an owner.
func (s *studio) waitName(name string) error {
	return session.Eventually(s.ctx, soon, func() error {
		bus, err := dbus.Connect(s.variable("DBUS_SESSION_BUS_ADDRESS"))
		if err != nil {
			return err
		}
		defer bus.Close()
		var owner string
		return bus.BusObject().Call("org.freedesktop.DBus.GetNameOwner", 0, name).Store(&owner)
	})
}

func (s *studio) variable(name string) string {
	for _, entry := range s.Env() {
		if value, found := strings.CutPrefix(entry, name+"="); found {
			return value
		}
	}
	return ""
}

// root is the screen's background; a desktop has one, and Xvfb's is black.
const root = 0xE3EBEC

func (s *studio) paintRoot() error {
	conn, err := xgb.NewConnDisplay(s.Display.Name)
	if err != nil {
		return err
	}
	defer conn.Close()
	screen := xproto.Setup(conn).DefaultScreen(conn).Root
	if err := xproto.ChangeWindowAttributesChecked(conn, screen, xproto.CwBackPixel, []uint32{root}).Check(); err != nil {
		return err
	}
	return xproto.ClearAreaChecked(conn, false, screen, 0, 0, 0, 0).Check()
}

// trim leaves of a picture what stands out from the background, and a margin.
func (s *studio) trim(name string) error {
	path := filepath.Join(s.raw, name+".png")
	colour := fmt.Sprintf("#%06X", root)
	said, err := exec.CommandContext(s.ctx, "convert", path, "-bordercolor", colour, "-border", "1", "-trim", "+repage",
		"-background", colour, "-gravity", "southeast", "-splice", "24x24", path).CombinedOutput()
	if err != nil {
		return fmt.Errorf("convert: %w: %s", err, said)
	}
	return nil
}
