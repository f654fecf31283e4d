package desktop

import (
	"os"
	"path/filepath"
)

// stateHome is XDG_STATE_HOME, which is for logs among other things (XDG Base
// Directory Specification 0.8).
func stateHome() (string, error) {
	if state := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return state, nil
	}
	return inHome(".local", "state")
}
