package session

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Find returns where a program of the project was built: in the directory of
// EGNYTE_ACCOUNTS_BIN, else in build/bin of the module.
func Find(name string) (string, error) {
	dir := os.Getenv("EGNYTE_ACCOUNTS_BIN")
	if dir == "" {
		root, err := ModuleRoot()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(root, "build", "bin")
	}
	path := filepath.Join(dir, name+suffix())
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is not built (make build): %w", name, err)
	}
	return path, nil
}

// ModuleRoot is the nearest directory upwards that holds a go.mod.
func ModuleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod in this or any directory above")
		}
		dir = filepath.Dir(dir)
	}
}

func suffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}
