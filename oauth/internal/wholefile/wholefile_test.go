package wholefile_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"egnyte-accounts/oauth/internal/wholefile"
)

func TestAReaderMeetsTheOldContentOrTheNewAtEveryPoint(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "folder", "file.json")
	before, after := bytes.Repeat([]byte("old "), 4096), bytes.Repeat([]byte("new "), 4096)
	if err := wholefile.Write(path, before, nil); err != nil {
		t.Fatal(err)
	}
	points := 0
	err := wholefile.Write(path, after, func(point string) {
		points++
		got, err := wholefile.Read(path)
		if err != nil || !bytes.Equal(got, before) && !bytes.Equal(got, after) {
			t.Errorf("at %q a reader meets %d bytes, %v", point, len(got), err)
		}
	})
	if err != nil || points < 5 {
		t.Fatalf("%v after %d points", err, points)
	}
	if got, _ := wholefile.Read(path); !bytes.Equal(got, after) {
		t.Error("the new content is not there")
	}
}

func TestOnlyItsOwnerReadsTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "folder", "file.json")
	if err := wholefile.Write(path, []byte("{}"), nil); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != want && os.PathSeparator == '/' {
			t.Errorf("%s: %v, %v, want %v", filepath.Base(name), info.Mode().Perm(), err, want)
		}
	}
}

func TestAFailedWriteLeavesTheOldContent(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file.json")
	if err := wholefile.Write(path, []byte("old"), nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path+".tmp", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := wholefile.Write(path, []byte("new"), nil); err == nil {
		t.Fatal("no error though the temporary file can't be made")
	}
	if got, _ := wholefile.Read(path); string(got) != "old" {
		t.Errorf("the file holds %q", got)
	}
}
