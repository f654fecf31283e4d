//go:build unix

package wholefile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Given a trusted file in a folder that others can write to,
// when somebody replaces it with their own just after it was checked,
// then the trusted one is read.
func TestAFileReplacedAfterItsCheckIsNotRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "policy.json")
	theirs := path + ".theirs"
	err := errors.Join(os.WriteFile(path, []byte("good"), 0o600), os.WriteFile(theirs, []byte("evil"), 0o600), os.Chmod(theirs, 0o666))
	if err != nil {
		t.Fatal(err)
	}

	file, err := openTrusted(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := os.Rename(theirs, path); err != nil {
		t.Fatal(err)
	}

	if got, err := readAll(path, file); err != nil || string(got) != "good" {
		t.Errorf("read %q, %v", got, err)
	}
	if _, err := ReadTrusted(path); err == nil {
		t.Error("their file is trusted")
	}
}
