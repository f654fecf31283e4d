package autostart

import (
	"errors"
	"os"
	"os/exec"
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

// Given a home folder whose name holds what a shell, make, sed or a menu entry would read
// as something else, when the programs are installed there, then the entry starts them.
func TestTheMenuEntryOfAnyHomeStartsItsProgram(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip(err)
	}
	makefile, err := os.ReadFile("../../assets/package/install.mk")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"plain", "two words", "R&D", `a"quote`, "it's", "50%, $x `y`", `back\slash`} {
		from, home := t.TempDir(), filepath.Join(t.TempDir(), name)
		for path, text := range map[string]string{
			"../../Makefile":      string(makefile),
			"bin/egnyte-accounts": "", "share/applications/" + appID + ".desktop": "[Desktop Entry]\nExec=egnyte-accounts --tray\nName=A\n",
		} {
			path = filepath.Join(from, "usr/local", path)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		install := exec.CommandContext(t.Context(), "make", "install-user")
		install.Dir, install.Env = from, append(os.Environ(), "HOME="+home, "MAKEFILES=")
		said, err := install.CombinedOutput()
		entry, readErr := os.ReadFile(filepath.Join(home, ".local/share/applications", appID+".desktop"))
		want := "\nExec=" + execLine(filepath.Join(home, ".local/bin/egnyte-accounts")) + "\n"
		if err = errors.Join(err, readErr); err != nil || !strings.Contains(string(entry), want) {
			t.Errorf("%s: %v, %s%s, want%s", name, err, said, entry, want)
		}
	}
}
