package desktop

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"egnyte-accounts/oauth/testbus"
)

// withOpener puts a program in the place of the system's opener.
func withOpener(t *testing.T, script string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := testbus.WriteProgram(filepath.Join(dir, "xdg-open"), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return dir
}

func TestAFileIsOpenedByTheSystemsOpener(t *testing.T) {
	dir := withOpener(t, `printf '%s|' "$@" > "$0.told"`)
	if err := OpenFile(t.Context(), "/a folder/app.log"); err != nil {
		t.Fatal(err)
	}
	if told, err := os.ReadFile(filepath.Join(dir, "xdg-open.told")); err != nil || string(told) != "/a folder/app.log|" {
		t.Errorf("it was told %q, %v", told, err)
	}
}

func TestNoProgramForAFileIsAnError(t *testing.T) {
	withOpener(t, "exit 3") // xdg-open's own code where there is none
	var exit *exec.ExitError
	if err := OpenFile(t.Context(), "/app.log"); !errors.As(err, &exit) || !strings.Contains(err.Error(), "/app.log") {
		t.Errorf("%v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if err := OpenFile(t.Context(), "/app.log"); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("without an opener: %v", err)
	}
}

// A program that stays in the foreground shows the file: that is no error.
func TestAProgramInTheForegroundIsLeftRunning(t *testing.T) {
	dir := withOpener(t, `read line < "$0.end"`)
	end := filepath.Join(dir, "xdg-open.end")
	if out, err := exec.Command("mkfifo", end).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	ctx, cancel := context.WithCancel(t.Context())
	opened := make(chan error, 1)
	go func() { opened <- OpenFile(ctx, "/app.log") }()
	pipe, err := os.OpenFile(end, os.O_WRONLY, 0) // when the program waits at it
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-opened; err != nil {
		t.Errorf("%v", err)
	}
	if _, err := pipe.WriteString("end\n"); err != nil { // it is there to hear it
		t.Errorf("%v", err)
	}
	pipe.Close()
}

func TestTheStateFolderIsThePersonsOwn(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	for state, want := range map[string]string{
		"":                           filepath.Join(home, ".local", "state", "egnyte-accounts"),
		"not/absolute":               filepath.Join(home, ".local", "state", "egnyte-accounts"), // counts for nothing, says the specification
		filepath.Join(home, "state"): filepath.Join(home, "state", "egnyte-accounts"),
	} {
		t.Setenv("XDG_STATE_HOME", state)
		if err := os.MkdirAll(want, 0o777); err != nil {
			t.Fatal(err)
		}
		folder, err := StateFolder()
		info, statErr := os.Stat(folder)
		if err != nil || folder != want || statErr != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%q: %s, %v, %v", state, folder, err, info.Mode())
		}
	}
}
