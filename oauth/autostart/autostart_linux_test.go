package autostart

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func atLogin(t *testing.T) bool {
	t.Helper()
	on, err := Enabled()
	if err != nil {
		t.Fatal(err)
	}
	return on
}

func TestStartAtLoginIsSwitchedOnAndOff(t *testing.T) {
	config := filepath.Join(t.TempDir(), "config")
	t.Setenv("XDG_CONFIG_HOME", config)
	t.Setenv("APPIMAGE", "")
	if atLogin(t) {
		t.Error("it is on before anybody asked")
	}
	for range 2 {
		if err := Set(true); err != nil || !atLogin(t) {
			t.Fatalf("on: %v", err)
		}
	}
	entries, err := os.ReadDir(filepath.Join(config, "autostart"))
	if err != nil || len(entries) != 1 || entries[0].Name() != appID+".desktop" {
		t.Fatalf("%v, %v", entries, err)
	}
	text, _ := os.ReadFile(filepath.Join(config, "autostart", entries[0].Name()))
	program, _ := os.Executable()
	if !strings.Contains(string(text), "\nExec=\""+program+"\" --tray\n") || !strings.HasPrefix(string(text), "[Desktop Entry]\nType=Application\n") {
		t.Errorf("%s", text)
	}
	for range 2 {
		if err := Set(false); err != nil || atLogin(t) {
			t.Fatalf("off: %v", err)
		}
	}
	if entries, _ := os.ReadDir(filepath.Join(config, "autostart")); len(entries) != 0 {
		t.Errorf("left: %v", entries)
	}
}

func TestAnEntryOfAnotherCopyOrSwitchedOffElsewhereIsNone(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	t.Setenv("APPIMAGE", "/media/usb/Accounts 100%.AppImage")
	if err := Set(true); err != nil || !atLogin(t) {
		t.Fatal(err)
	}
	path := filepath.Join(config, "autostart", appID+".desktop")
	text, _ := os.ReadFile(path)
	for _, line := range []string{"Hidden=true\n", "X-GNOME-Autostart-enabled=false\n"} {
		if err := os.WriteFile(path, append(text[:len(text):len(text)], line...), 0o600); err != nil || atLogin(t) {
			t.Errorf("%s counts for nothing: %v", line, err)
		}
	}
	if err := os.WriteFile(path, text, 0o600); err != nil || !atLogin(t) {
		t.Fatal(err)
	}
	t.Setenv("APPIMAGE", "")
	if atLogin(t) {
		t.Error("another copy's entry counts as ours")
	}
}

func TestTheExecLineIsQuotedAsDesktopsReadIt(t *testing.T) {
	for program, want := range map[string]string{
		"/usr/bin/egnyte-accounts": `"/usr/bin/egnyte-accounts" --tray`,
		"/home/a b/100%/x":         `"/home/a b/100%%/x" --tray`,
		"/home/$a`b\"c/x":          "\"/home/\\\\$a\\\\`b\\\\\"c/x\" --tray",
		`/home/a\b/x`:              `"/home/a\\\\b/x" --tray`,
	} {
		if got := execLine(program); got != want {
			t.Errorf("%s: got %s, want %s", program, got, want)
		}
	}
}

func TestAFolderThatCannotBeWrittenIsAnError(t *testing.T) {
	config := filepath.Join(t.TempDir(), "a-file")
	if err := os.WriteFile(config, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CONFIG_HOME", config)
	if err := Set(true); err == nil {
		t.Error("no error")
	}
}

func TestTheTerminalProgramStartsTheTrayBesideIt(t *testing.T) {
	folder, elsewhere := t.TempDir(), t.TempDir()
	t.Setenv("PATH", elsewhere)
	terminal := filepath.Join(folder, "egnyte-auth")
	if got, err := trayProgram(terminal); !errors.Is(err, ErrNoTray) {
		t.Errorf("alone: %s, %v", got, err)
	}
	for _, place := range []string{elsewhere, folder} { // the one beside it counts for more
		want := filepath.Join(place, "egnyte-accounts")
		if err := os.WriteFile(want, nil, 0o700); err != nil {
			t.Fatal(err)
		}
		if got, err := trayProgram(terminal); got != want || err != nil {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}
