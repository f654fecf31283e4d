//go:build linux

package session

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/godbus/dbus/v5"
)

// The session's bus starts nothing by itself: with service directories it
// would bring back the keyring or the tray host that a session is to be without.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

func (s *Session) startBus(ctx context.Context) error {
	// Not XDG_RUNTIME_DIR/bus, which is found without an address too.
	socket, config := filepath.Join(s.run, "bus"), filepath.Join(s.run, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, socket), 0o600); err != nil {
		return err
	}
	if err := s.startPart(Spec{Path: "dbus-daemon", Args: []string{"--config-file=" + config, "--nofork", "--nopidfile"}}); err != nil {
		return err
	}
	s.busAddr = "unix:path=" + socket
	return Eventually(ctx, limit, func() error {
		conn, err := s.connect()
		if err != nil {
			return err
		}
		return conn.Close()
	})
}

// startPart starts a part of the desktop itself.
func (s *Session) startPart(spec Spec) error {
	p, err := s.start(spec)
	if err == nil {
		s.mu.Lock()
		s.desktop = append(s.desktop, p)
		s.parts[filepath.Base(spec.Path)] = p
		s.mu.Unlock()
	}
	return err
}

// Lose takes a part of the desktop away under the programs that stand on it, as a
// crash does: "Xvfb", "dbus-daemon". The session is of little use afterwards.
func (s *Session) Lose(ctx context.Context, part string) error {
	s.mu.Lock()
	p := s.parts[part]
	delete(s.parts, part)
	if part == "dbus-daemon" {
		delete(s.parts, keyringDaemon) // which ends with the bus
	}
	s.mu.Unlock()
	if p == nil {
		return fmt.Errorf("the desktop has no %s", part)
	}
	if err := p.Signal(syscall.SIGKILL); err != nil {
		return err
	}
	_, err := p.Wait(ctx, limit)
	return err
}

// Suspend stops a part of the desktop, as if it hung, until resume is called.
func (s *Session) Suspend(part string) (resume func(), err error) {
	s.mu.Lock()
	p := s.parts[part]
	s.mu.Unlock()
	if p == nil {
		return nil, fmt.Errorf("the desktop has no %s", part)
	}
	return func() { _ = p.Signal(syscall.SIGCONT) }, p.Signal(syscall.SIGSTOP)
}

// connect opens a connection of its own to the session's bus.
func (s *Session) connect() (*dbus.Conn, error) { return dbus.Connect(s.busAddr) }

const keyringDaemon = "gnome-keyring-daemon"

// FreshKeyring replaces the keyring by a new daemon with an empty, unlocked keyring.
func (s *Session) FreshKeyring(ctx context.Context) error {
	s.StopKeyring()
	if err := os.RemoveAll(filepath.Join(s.dataHome(), "keyrings")); err != nil {
		return err
	}
	return s.RestartKeyring(ctx)
}

// StopKeyring ends the keyring as a logout does.
func (s *Session) StopKeyring() {
	s.mu.Lock()
	p := s.parts[cmp.Or(string(s.options.Store), keyringDaemon)]
	s.mu.Unlock()
	if p == nil {
		return
	}
	if conn, err := s.connect(); err == nil && s.options.Store == KWallet { // it writes late
		_ = conn.Object(kwallet, kwalletPath).Call(kwalletInterface+"closeAllWallets", 0).Err
		_ = conn.Close()
	}
	p.Stop()
}

// RestartKeyring brings back a keyring that has ended, with what was in it.
func (s *Session) RestartKeyring(ctx context.Context) error { return s.startKeyring(ctx) }

// KeyringDied returns an error if the keyring daemon has ended by itself, with
// its last words.
func (s *Session) KeyringDied() error {
	s.mu.Lock()
	p := s.parts[keyringDaemon]
	s.mu.Unlock()
	if p == nil {
		return nil
	}
	select {
	case <-p.Done():
		return fmt.Errorf("the keyring daemon has ended (%s): %s", p.state, p.Stderr())
	default:
		return nil
	}
}

// startKeyring starts the Secret Service with an unlocked login keyring. The
// daemon wants a line: an empty input leaves it waiting for a prompter.
func (s *Session) startKeyring(ctx context.Context) error {
	switch {
	case s.options.NoKeyring:
		return nil
	case s.options.Store != "":
		return s.startStore(ctx)
	}
	err := s.startPart(Spec{
		Path:  keyringDaemon,
		Args:  []string{"--foreground", "--unlock", "--components=secrets"},
		Stdin: strings.NewReader("\n"),
	})
	if err != nil {
		return err
	}
	return Eventually(ctx, limit, func() error {
		conn, err := s.connectKeyring()
		if err != nil {
			return err
		}
		defer conn.Close()
		locked, err := conn.Object(secretService, defaultCollection).GetProperty("org.freedesktop.Secret.Collection.Locked")
		if err != nil {
			return err
		}
		if locked.Value() != false {
			return fmt.Errorf("the login keyring is locked")
		}
		return nil
	})
}

func (s *Session) ownNames(ctx context.Context) error {
	var err error
	if s.TrayHost, err = newTrayHost(s); err != nil {
		return err
	}
	if !s.options.NoTrayHost {
		if err := s.TrayHost.Own(); err != nil {
			return err
		}
	}
	s.Notifications, err = newNotifications(s)
	return err
}

func ownName(conn *dbus.Conn, name string) error {
	reply, err := conn.RequestName(name, dbus.NameFlagDoNotQueue)
	if err != nil {
		return err
	}
	if reply != dbus.RequestNameReplyPrimaryOwner {
		return fmt.Errorf("%s has another owner (reply %d)", name, reply)
	}
	return nil
}
