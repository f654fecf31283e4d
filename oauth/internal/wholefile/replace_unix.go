//go:build !windows

package wholefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// checkAdministrators walks from the root to path, as the system would, and looks
// at every folder and link on the way.
func checkAdministrators(path string, owner int) error {
	const mostLinks = 40 // as Linux
	folder := filepath.Dir(path)
	at, links := "/", 0
	for rest := append([]string{"."}, parts(path)...); len(rest) > 0; rest = rest[1:] {
		if rest[0] == ".." {
			at = filepath.Dir(at) // at has no link in it
			continue
		}
		next := filepath.Join(at, rest[0])
		info, err := os.Lstat(next)
		if err != nil {
			return leadsNowhere(path, err)
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if !ok || stat.Uid != 0 && int(stat.Uid) != owner {
			return &UntrustedError{next}
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(next)
			if links++; err == nil && links > mostLinks {
				err = &fs.PathError{Op: "open", Path: path, Err: syscall.ELOOP}
			}
			if err != nil {
				return err
			}
			if filepath.IsAbs(target) {
				at = "/"
			}
			rest = slices.Concat([]string{""}, parts(target), rest[1:])
			continue
		}
		shared := info.IsDir() && info.Mode()&fs.ModeSticky != 0 && next != folder
		if info.Mode().Perm()&othersWrite != 0 && !shared {
			return &UntrustedError{next}
		}
		at = next
	}
	return nil
}

// leadsNowhere keeps a link without a target from looking like a missing file.
func leadsNowhere(path string, err error) error {
	_, folder := os.Stat(filepath.Dir(path))
	if _, file := os.Lstat(path); errors.Is(err, fs.ErrNotExist) && (file == nil || folder != nil) {
		return &fs.PathError{Op: "open", Path: path, Err: errors.New("it is a link that leads nowhere")}
	}
	return err
}

func parts(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

func othersRead(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }

// owned: root may write anything, so what is root's is trusted.
func owned(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && (stat.Uid == 0 || int(stat.Uid) == os.Geteuid())
}

// checkOwner looks at the folder, or at the closest one above it that exists.
func checkOwner(folder string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(folder)
	if parent := filepath.Dir(folder); errors.Is(err, fs.ErrNotExist) && parent != folder {
		return checkOwner(parent)
	}
	if err != nil {
		return err
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || stat.Uid != 0 {
		return &OwnerError{folder}
	}
	return nil
}

func makePrivate(folder string) error {
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case os.Geteuid() != 0 && !owned(info):
		return &OwnerError{folder}
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
