package desktop

import (
	"fmt"
	"os"
	"path/filepath"
)

// StateFolder is this person's own folder for what the app notes of its own
// runs, the log and the reports of crashes; it is made where it is missing. It is
// where a system keeps such things: not among the settings, which people copy to
// other machines, and not in a cache, which is emptied just when something is
// wrong.
func StateFolder() (string, error) {
	state, err := stateHome()
	if err != nil {
		return "", fmt.Errorf("finding the folder for the log: %w", err)
	}
	folder := filepath.Join(state, folderName)
	return folder, makePrivate(folder)
}

// inHome is a folder of the person's home.
func inHome(parts ...string) (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(append([]string{home}, parts...)...), nil
}
