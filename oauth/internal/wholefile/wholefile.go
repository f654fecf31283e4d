// Package wholefile replaces small files so that a reader, or a crash, meets
// either the old content or the new, never a part.
package wholefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
)

// maxFile bounds what is read, in bytes. A thousand accounts take one megabyte.
const maxFile = 16 << 20

// Fault, where a test has set it, is asked before each step of a write or a
// read, and its error is the step's: what a disk does that is full or broken.
var Fault atomic.Pointer[func(path, step string) error]

func fault(path, step string) error {
	if fails := Fault.Load(); fails != nil {
		return (*fails)(path, step)
	}
	return nil
}

// Write replaces the file at path with data, readable by its owner alone. The
// folder is made where it is missing. Writers of one path exclude each other by
// a lock of theirs: the temporary file has a fixed name, so that one left behind
// by a crash is reused. At, where not nil, hears of each point of the write.
func Write(path string, data []byte, at func(point string)) error {
	if at == nil {
		at = func(string) {}
	}
	temporary := path + ".tmp"
	if err := Prepare(temporary, data, at); err != nil {
		return err
	}
	if err := Place(temporary, path, at); err != nil {
		return err
	}
	SyncFolder(filepath.Dir(path))
	return nil
}

// Prepare is the slow half of Write: the data, flushed, in a file that Place may
// put where it belongs.
func Prepare(temporary string, data []byte, at func(point string)) error {
	if err := errors.Join(fault(temporary, "folder"), os.MkdirAll(filepath.Dir(temporary), 0o700)); err != nil {
		return fmt.Errorf("making the folder: %w", err)
	}
	at("folder made")
	if err := writeSynced(temporary, data, at); err != nil {
		return err
	}
	at("temporary file written")
	return nil
}

// Place is the quick half. Until SyncFolder has returned, a power cut may bring
// the old content back.
func Place(temporary, path string, at func(point string)) error {
	err := fault(path, "replace")
	if err == nil {
		err = replace(temporary, path)
	}
	if err != nil {
		return fmt.Errorf("putting the file in its place: %w", err)
	}
	at("file in its place")
	return nil
}

// SyncFolder makes what was placed in dir outlive a power cut. Some file systems
// can't; the files themselves are flushed by then, so their refusal changes nothing.
func SyncFolder(dir string) { syncFolder(dir) }

// writeSynced makes the file anew: one that a crash left, or a link that somebody
// put there, is not written through.
func writeSynced(path string, data []byte, at func(string)) (err error) {
	if info, err := os.Lstat(path); err == nil && !info.IsDir() {
		_ = os.Remove(path)
	}
	file, err := create(path)
	if err != nil {
		return fmt.Errorf("making a temporary file: %w", err)
	}
	at("temporary file made")
	defer func() {
		if closeErr := file.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("closing the temporary file: %w", closeErr)
		}
	}()
	half := len(data) / 2
	for _, part := range [][]byte{data[:half], data[half:]} {
		_, err := file.Write(part)
		if err = errors.Join(fault(path, "write"), err); err != nil {
			return fmt.Errorf("writing the temporary file: %w", err)
		}
		at("part of the temporary file written")
	}
	if err := errors.Join(fault(path, "sync"), file.Sync()); err != nil {
		return fmt.Errorf("flushing the temporary file: %w", err)
	}
	return nil
}

func create(path string) (*os.File, error) {
	if err := fault(path, "create"); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// Read reads a file that others may be replacing. What is no plain file, or has
// no end, is an *fs.PathError: a pipe in its place must not hold anybody up.
func Read(path string) (data []byte, err error) {
	file, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readAll(file)
}

func readAll(file *os.File) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = &fs.PathError{Op: "read", Path: file.Name(), Err: errTooLong}
	}
	return data, err
}

// Open opens a file for Read, and for whoever wants a part of it.
func Open(path string) (*os.File, error) {
	if err := fault(path, "read"); err != nil {
		return nil, err
	}
	file, err := open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = &fs.PathError{Op: "open", Path: path, Err: errNotPlain}
	case info.Size() > maxFile:
		err = &fs.PathError{Op: "open", Path: path, Err: errTooLong}
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

var (
	errTooLong  = fmt.Errorf("it is longer than %d bytes", maxFile)
	errNotPlain = errors.New("it is no plain file")
	errForeign  = errors.New("somebody else could have written it")
)

// ReadTrusted is Read for a file that says where secrets are sent: it has to be
// the administrator's or this person's own, and nobody else may be able to change
// it. What was checked is what is read, whatever takes its place meanwhile.
func ReadTrusted(path string) ([]byte, error) {
	file, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	err = checkTrusted(file)
	if err == nil {
		err = fault(path, "checked")
	}
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return readAll(file)
}

// UntrustedError reports that someone other than the administrator can change Path, a
// file or one of its folders.
type UntrustedError struct{ Path string }

func (e *UntrustedError) Error() string {
	return "someone other than the administrator could have changed " + e.Path
}

// ReadAdministrators is Read for a file that only the administrator may be able
// to change. The file, the links that lead to it and every folder up to the root
// must belong to root or to the user id owner, and no group or other user may
// write in them (*UntrustedError). A folder with the sticky bit, such as /tmp, is
// accepted above the file's own folder: nobody can replace the entries of another
// user there. If the file is missing, its folder is checked all the same, because
// somebody may have removed it; if the folder is missing too, the error is
// fs.ErrNotExist. On Windows, owner is ignored: the file and its folder have to
// belong to the administrators or to the system.
func ReadAdministrators(path string, owner int) ([]byte, error) {
	if _, err := os.Lstat(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if err := checkAdministrators(path, owner); err != nil {
		return nil, err
	}
	return ReadTrusted(path)
}

// Shut takes the right to write in our own folder from everybody else, where it
// was given by accident. A folder that is not there is none.
func Shut(folder string) error { return shut(folder) }
