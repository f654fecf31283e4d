//go:build !windows

package wholefile

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

func replace(from, to string) error { return os.Rename(from, to) }

// open does not wait for the other end of a pipe.
func open(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

const othersWrite = 0o022 // group and world

func checkTrusted(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !owned(info) || info.Mode().Perm()&othersWrite != 0 {
		return errForeign
	}
	return nil
}

// owned: root may write anything, so what is root's is trusted.
func owned(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && (stat.Uid == 0 || int(stat.Uid) == os.Geteuid())
}

func makePrivate(folder string) error {
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case os.Geteuid() != 0 && !owned(info):
		return &fs.PathError{Op: "open", Path: folder, Err: errors.New("it belongs to another user")}
	case info.Mode().Perm()&othersWrite == 0:
		return nil
	}
	return os.Chmod(folder, info.Mode().Perm()&^othersWrite)
}

func syncFolder(dir string) {
	folder, err := os.Open(dir)
	if err != nil {
		return
	}
	_ = folder.Sync()
	_ = folder.Close()
}
