//go:build unix

package wholefile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"egnyte-accounts/oauth/internal/wholefile"
)

// Given a folder in which somebody may rename, when they put a file of theirs in
// the place of the one that was just found good, then the good one is read.
func TestWhatWasCheckedIsWhatIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.json")
	theirs := path + ".theirs"
	err := errors.Join(os.WriteFile(path, []byte("good"), 0o600), os.WriteFile(theirs, []byte("evil"), 0o600), os.Chmod(theirs, 0o666))
	if err != nil {
		t.Fatal(err)
	}
	swap := func(_, step string) error {
		if step == "checked" {
			return os.Rename(theirs, path)
		}
		return nil
	}
	wholefile.Fault.Store(&swap)
	t.Cleanup(func() { wholefile.Fault.Store(nil) })

	got, err := wholefile.ReadTrusted(path)

	if err != nil || string(got) != "good" {
		t.Errorf("read %q, %v", got, err)
	}
	wholefile.Fault.Store(nil)
	if _, err := wholefile.ReadTrusted(path); err == nil {
		t.Error("the swap did not happen, or theirs is taken")
	}
}
