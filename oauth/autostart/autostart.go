// Package autostart starts the tray when the user logs in, by the means of each
// system: an XDG autostart entry, a Run value in the registry, a launch agent.
package autostart

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"egnyte-accounts/oauth/internal/wholefile"
)

// appID is the name that FyneApp.toml gives the app; what starts it at login
// goes by it.
const appID = "io.github.egnyte-accounts.desktop"

// appName is what people find in their list of programs that start at login.
const appName = "Accounts for Egnyte"

// ErrNoTray means that egnyte-auth is installed alone: there is no tray to start.
var ErrNoTray = errors.New("egnyte-accounts, whose tray would start, is not installed beside this program")

// Enabled reports whether this program's tray starts when the user logs in. An
// entry that starts another copy of the program does not count.
func Enabled() (bool, error) {
	program, err := programPath()
	if err != nil {
		return false, err
	}
	on, err := startsAtLogin(program)
	if err != nil {
		return false, fmt.Errorf("looking up what starts at login: %w", err)
	}
	return on, nil
}

// Set makes the tray start at login, without a window, or stops that. It changes
// this user's login only and needs no administrator.
func Set(on bool) error {
	program, err := programPath()
	if err != nil {
		return err
	}
	change := dontStartAtLogin
	if on {
		change = func() error { return startAtLogin(program) }
	}
	if err := change(); err != nil {
		return fmt.Errorf("changing what starts at login: %w", err)
	}
	return nil
}

// programPath is where this program will still be at the next login. An
// AppImage runs from a folder that goes with it, and says where it is itself.
func programPath() (string, error) {
	if image := os.Getenv("APPIMAGE"); filepath.IsAbs(image) {
		return image, nil
	}
	program, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding this program: %w", err)
	}
	return trayProgram(program)
}

// trayProgram is the program with the tray: for egnyte-auth, the one beside it
// or in the path.
func trayProgram(program string) (string, error) {
	const terminal, window = "egnyte-auth", "egnyte-accounts"
	suffix := filepath.Ext(program)
	if strings.TrimSuffix(filepath.Base(program), suffix) != terminal {
		return program, nil
	}
	beside := filepath.Join(filepath.Dir(program), window+suffix)
	if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
		return beside, nil
	}
	if found, err := exec.LookPath(window + suffix); err == nil && filepath.IsAbs(found) {
		return found, nil
	}
	return "", ErrNoTray
}

// writeWhole replaces a file, so that a login meets the old one or the new one.
func writeWhole(path, text string) error {
	if err := wholefile.MakeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".egnyte-accounts-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(text)
	if err == nil {
		err = file.Chmod(0o644)
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// removeFile deletes a file that may not be there.
func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}
