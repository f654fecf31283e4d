package autostart

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows/registry"
)

// Where Windows keeps what starts at a person's login, and where Task Manager
// notes what was switched off there.
const (
	runKey      = `Software\Microsoft\Windows\CurrentVersion\Run`
	approvedKey = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
)

func startsAtLogin(program string) (bool, error) {
	key, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer key.Close()
	command, _, err := key.GetStringValue(appName)
	if errors.Is(err, registry.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return command == runCommand(program) && !switchedOff(), nil
}

// switchedOff reads Task Manager's note: an odd first byte means off. It is not
// documented; a note of any other shape is taken as none.
func switchedOff() bool {
	key, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.QUERY_VALUE)
	if err != nil {
		return false
	}
	defer key.Close()
	note, _, err := key.GetBinaryValue(appName)
	return err == nil && len(note) > 0 && note[0]&1 == 1
}

func startAtLogin(program string) error {
	key, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer key.Close()
	if err := key.SetStringValue(appName, runCommand(program)); err != nil {
		return err
	}
	return deleteValue(approvedKey)
}

func dontStartAtLogin() error {
	if err := deleteValue(runKey); err != nil {
		return err
	}
	return deleteValue(approvedKey)
}

func deleteValue(path string) error {
	key, err := registry.OpenKey(registry.CURRENT_USER, path, registry.SET_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer key.Close()
	if err := key.DeleteValue(appName); err != nil && !errors.Is(err, registry.ErrNotExist) {
		return err
	}
	return nil
}

func runCommand(program string) string { return syscall.EscapeArg(program) + " --tray" }
