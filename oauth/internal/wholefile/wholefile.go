// Package wholefile replaces small files so that a reader, or a crash, meets
// either the old content or the new, never a part of one.
package wholefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// maxFile is the longest file that is read, in bytes. A thousand accounts take
// one megabyte.
const maxFile = 16 << 20

// Disk is the file system as this package uses it. It is OS except in tests.
type Disk interface {
	MakeFolder(path string) error     // and its parents, for their owner alone
	Create(path string) (File, error) // must not exist; readable by its owner alone
	Open(path string) (File, error)   // a regular file, to read
	Rename(from, to string) error     // replaces to
}

// File is an open file of a Disk.
type File interface {
	io.ReadWriteCloser
	Sync() error
}

// OS is the machine's file system.
type OS struct{}

// MakeFolder implements Disk.
func (OS) MakeFolder(path string) error { return MakeFolder(path) }

// Create implements Disk.
func (OS) Create(path string) (File, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return file, nil
}

// Open implements Disk. It refuses what is no regular file, or too long: a pipe in
// the file's place must not block its reader.
func (OS) Open(path string) (File, error) {
	file, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	return file, nil
}

// Rename implements Disk.
func (OS) Rename(from, to string) error { return replace(from, to) }

// Write replaces the file at path with data, readable by its owner alone, and
// makes its folder if needed. Callers that write the same path must exclude each
// other by a lock: the temporary file has a fixed name, so that a crash leaves at
// most one behind.
func Write(path string, data []byte) error { return WriteTo(OS{}, path, data) }

// WriteTo is Write on the given disk.
func WriteTo(disk Disk, path string, data []byte) error {
	if err := disk.MakeFolder(filepath.Dir(path)); err != nil {
		return fmt.Errorf("making the folder: %w", err)
	}
	if len(data) > maxFile {
		return &fs.PathError{Op: "write", Path: path, Err: errTooLong}
	}
	temporary := path + ".tmp"
	if err := writeSynced(disk, temporary, data); err != nil {
		return err
	}
	if err := disk.Rename(temporary, path); err != nil {
		return fmt.Errorf("putting the file in its place: %w", err)
	}
	// Without this a power cut may bring the old content back. Some file systems
	// can't do it, but the file itself is flushed, so their errors don't matter.
	syncFolder(filepath.Dir(path))
	return nil
}

// writeSynced creates the file anew, so that it doesn't write through a link that
// somebody put there.
func writeSynced(disk Disk, path string, data []byte) (err error) {
	if info, err := os.Lstat(path); err == nil && !info.IsDir() {
		_ = os.Remove(path)
	}
	file, err := disk.Create(path)
	if err != nil {
		return fmt.Errorf("making a temporary file: %w", err)
	}
	defer func() {
		if closeErr := file.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("closing the temporary file: %w", closeErr)
		}
	}()
	if _, err := file.Write(data); err != nil {
		return fmt.Errorf("writing the temporary file: %w", err)
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("flushing the temporary file: %w", err)
	}
	return nil
}

// Read reads a file that others may be replacing. A file that is too long or not
// regular is an *fs.PathError.
func Read(path string) ([]byte, error) { return ReadFrom(OS{}, path) }

// ReadFrom is Read on the given disk.
func ReadFrom(disk Disk, path string) ([]byte, error) {
	file, err := disk.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readAll(path, file)
}

func readAll(path string, file io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = &fs.PathError{Op: "read", Path: path, Err: errTooLong}
	}
	return data, err
}

func openRegular(path string) (*os.File, error) {
	file, err := open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = &fs.PathError{Op: "open", Path: path, Err: errNotRegular}
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
	errTooLong    = errors.New("it is too long")
	errShared     = errors.New("other users can read it")
	errNotRegular = errors.New("it is no plain file")
	errForeign    = errors.New("somebody else could have written it")
)

// ReadTrusted is Read for a file that says where secrets are sent. It must belong
// to the administrator or to the user, and nobody else may be able to change it.
func ReadTrusted(path string) ([]byte, error) {
	file, err := openTrusted(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readAll(path, file)
}

// maxPrivate is the longest file that ReadPrivate reads, in bytes.
const maxPrivate = 4 << 10

// ReadPrivate is ReadTrusted for a file with a secret that the user wrote: no other user
// may be able to read it, and it is short.
func ReadPrivate(path string) ([]byte, error) {
	file, err := openTrusted(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case othersRead(info):
		return nil, &fs.PathError{Op: "read", Path: path, Err: errShared}
	case info.Size() > maxPrivate:
		return nil, &fs.PathError{Op: "read", Path: path, Err: errTooLong}
	}
	return readAll(path, file)
}

// openTrusted checks the open file, so that what was checked is what is read.
func openTrusted(path string) (*os.File, error) {
	file, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	if err := checkTrusted(file); err != nil {
		_ = file.Close()
		return nil, &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return file, nil
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
// user there. If the file is missing, its folder is checked anyway, because
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

// MakePrivate takes away the right of other users to write in our folder, if it
// was given by accident. It does nothing if the folder doesn't exist.
func MakePrivate(folder string) error { return makePrivate(folder) }

// MakeFolder makes a folder of ours and its parents, for their owner alone. It returns an
// *OwnerError for root in a folder of another user, as with sudo -E: what root
// writes there locks that user out.
func MakeFolder(folder string) error {
	if err := checkOwner(folder); err != nil {
		return err
	}
	return os.MkdirAll(folder, 0o700)
}

// OwnerError is a folder that belongs to another user.
type OwnerError struct{ Path string }

func (e *OwnerError) Error() string { return e.Path + " belongs to another user" }

// Code is the code of package advice.
func (e *OwnerError) Code() string { return "owner" }

// Facts are what the sentences of package advice can name.
func (e *OwnerError) Facts() map[string]string { return map[string]string{"file": e.Path} }
