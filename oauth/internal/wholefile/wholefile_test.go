package wholefile_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"egnyte-accounts/oauth/internal/wholefile"
)

// watched is a disk that calls step between the parts of a write.
type watched struct {
	wholefile.OS
	step func()
}

func (w watched) Create(path string) (wholefile.File, error) {
	w.step()
	file, err := w.OS.Create(path)
	return watchedFile{file, w.step}, err
}

func (w watched) Rename(from, to string) error {
	w.step()
	defer w.step()
	return w.OS.Rename(from, to)
}

type watchedFile struct {
	wholefile.File
	step func()
}

func (f watchedFile) Write(data []byte) (int, error) {
	half := len(data) / 2
	n, err := f.File.Write(data[:half])
	if err != nil {
		return n, err
	}
	f.step()
	more, err := f.File.Write(data[half:])
	f.step()
	return n + more, err
}

// Given a file that is replaced, when somebody reads it at any moment,
// then they get all of the old content or all of the new.
func TestAReaderGetsTheOldContentOrTheNew(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "folder", "file.json")
	before, after := bytes.Repeat([]byte("old "), 4096), bytes.Repeat([]byte("new "), 4096)
	if err := wholefile.Write(path, before); err != nil {
		t.Fatal(err)
	}
	steps := 0
	err := wholefile.WriteTo(watched{step: func() {
		steps++
		got, err := wholefile.Read(path)
		if err != nil || !bytes.Equal(got, before) && !bytes.Equal(got, after) {
			t.Errorf("at step %d a reader gets %d bytes, %v", steps, len(got), err)
		}
	}}, path, after)
	if err != nil || steps < 5 {
		t.Fatalf("%v after %d steps", err, steps)
	}
	if got, _ := wholefile.Read(path); !bytes.Equal(got, after) {
		t.Error("the new content is not there")
	}
}

// Given a file that was written, then only its owner can read it.
func TestOnlyItsOwnerReadsTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "folder", "file.json")
	if err := wholefile.Write(path, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != want && os.PathSeparator == '/' {
			t.Errorf("%s: %v, %v, want %v", filepath.Base(name), info.Mode().Perm(), err, want)
		}
	}
}

// Given a write that fails, then the old content is still there.
func TestAFailedWriteLeavesTheOldContent(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file.json")
	if err := wholefile.Write(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path+".tmp", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := wholefile.Write(path, []byte("new")); err == nil {
		t.Fatal("no error though the temporary file can't be made")
	}
	if got, _ := wholefile.Read(path); string(got) != "old" {
		t.Errorf("the file holds %q", got)
	}
}

// Given more than is ever read of a file, then it is not written.
func TestNothingIsWrittenThatCannotBeRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file.json")
	if err := wholefile.Write(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	if err := wholefile.Write(path, make([]byte, 16<<20+1)); err == nil {
		t.Error("a file was written that can't be read again")
	}
	if got, err := wholefile.Read(path); string(got) != "old" {
		t.Errorf("the file holds %d bytes, %v", len(got), err)
	}
}
