package session

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Find returns where a program of the project was built: in the directory of
// EGNYTE_ACCOUNTS_BIN, else in build/bin of the project.
func Find(name string) (string, error) {
	dir := os.Getenv("EGNYTE_ACCOUNTS_BIN")
	if dir == "" {
		root, err := ProjectRoot()
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

// ProjectRoot is the nearest directory upwards that holds FyneApp.toml.
func ProjectRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "FyneApp.toml")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no FyneApp.toml in this or any directory above")
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
