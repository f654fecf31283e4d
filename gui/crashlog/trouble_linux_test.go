package crashlog

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Given a folder that can't be, or a full disk, then the app starts and ends as
// ever, and what it says is on stderr.
func TestWithoutAFolderOrRoomTheAppStillStarts(t *testing.T) {
	inTheWay := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(inTheWay, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	full := t.TempDir()
	for _, name := range []string{"app.log", "window.crash"} { // every write to /dev/full finds no room
		if err := os.Symlink("/dev/full", filepath.Join(full, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, folder := range map[string]string{"no folder": filepath.Join(inTheWay, "egnyte-accounts"), "a full disk": full, "nowhere": "/proc/self/egnyte-accounts"} {
		command := inChild(t, folder, "nothing")
		var said bytes.Buffer
		command.Stderr = &said
		if err := command.Run(); err != nil || !strings.Contains(said.String(), "msg=started") {
			t.Errorf("%s: %v: %s", name, err, said.String())
		}
		if warned := strings.Contains(said.String(), "a crash would leave no report"); warned != (name != "a full disk") {
			t.Errorf("%s: %s", name, said.String())
		}
		_, _ = inChild(t, folder, "panic").CombinedOutput() // ends, whatever it could write
	}
}

// Without a home there is no folder, and nothing is written anywhere else.
func TestWithoutAHomeNothingIsWrittenAnywhere(t *testing.T) {
	t.Setenv("HOME", "")
	t.Setenv("XDG_STATE_HOME", "")
	t.Chdir(t.TempDir())
	r := Here()
	r.Recovered("a value")
	if _, err := r.log.Write([]byte("a line\n")); err == nil {
		t.Error("written")
	}
	_, pathErr := r.LogPath()
	_, tailErr := r.Tail(1)
	_, reportErr := r.Report()
	for what, err := range map[string]error{"the log": pathErr, "its end": tailErr, "a report": reportErr, "forgetting": r.Forget(Report{})} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	if entries, err := os.ReadDir("."); err != nil || len(entries) > 0 {
		t.Errorf("%v, %v", entries, err)
	}
}
