package desktop

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const folderName = "egnyte-accounts"

// maxSocketPath in bytes: sun_path holds 104 on macOS and 108 elsewhere.
const maxSocketPath = 103

// place is where a role's instances find each other.
type place struct{ lock, socket string }

func isRole(name string) bool {
	return name != "" && len(name) <= 20 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") == ""
}

func placeOf(role string) (place, error) {
	if !isRole(role) {
		return place{}, fmt.Errorf("%q is not a role", role)
	}
	folder, err := privateFolder()
	if err != nil {
		return place{}, err
	}
	p := place{lock: filepath.Join(folder, role+".lock"), socket: filepath.Join(folder, role+".sock")}
	if len(p.socket) <= maxSocketPath {
		return p, nil
	}
	// The folder's path is too long for a socket. A short one stands for it, by
	// a name that every process derives alike.
	sum := sha256.Sum256([]byte(folder))
	short := filepath.Join(shortFolder(), fmt.Sprintf("%s-%x", folderName, sum[:6]))
	if err := makePrivate(short); err != nil {
		return place{}, err
	}
	p.socket = filepath.Join(short, role+".sock")
	if len(p.socket) > maxSocketPath {
		return place{}, fmt.Errorf("the path of the socket is too long: %s", p.socket)
	}
	return p, nil
}

// privateFolder is this person's own: in $XDG_RUNTIME_DIR where there is one,
// else in the cache folder.
func privateFolder() (string, error) {
	if runtime := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(runtime) {
		folder := filepath.Join(runtime, folderName)
		if makePrivate(folder) == nil {
			return folder, nil
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding a private folder: %w", err)
	}
	folder := filepath.Join(cache, folderName)
	return folder, makePrivate(folder)
}

// makePrivate sees to it that folder exists and that nobody else can enter it.
func makePrivate(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("making a private folder: %w", err)
	}
	info, err := os.Lstat(folder)
	if err != nil {
		return fmt.Errorf("making a private folder: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a folder", folder)
	}
	if err := checkOwner(info); err != nil {
		return fmt.Errorf("%s: %w", folder, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(folder, 0o700); err != nil {
			return fmt.Errorf("making a folder private: %w", err)
		}
	}
	return nil
}

var errOtherUser = errors.New("it belongs to another user")
