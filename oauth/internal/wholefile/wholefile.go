// Package wholefile replaces small files so that a reader, or a crash, meets
// either the old content or the new, never a part.
package wholefile

import (
	"fmt"
	"os"
	"path/filepath"
)

// Write replaces the file at path with data, readable by its owner alone. The
// folder is made where it is missing. Writers of one path exclude each other by
// a lock of theirs: the temporary file has a fixed name, so that one left behind
// by a crash is reused. At, where not nil, hears of each point of the write.
func Write(path string, data []byte, at func(point string)) error {
	if at == nil {
		at = func(string) {}
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making the folder: %w", err)
	}
	at("folder made")
	temporary := path + ".tmp"
	if err := writeSynced(temporary, data, at); err != nil {
		return err
	}
	at("temporary file written")
	if err := replace(temporary, path); err != nil {
		return fmt.Errorf("putting the file in its place: %w", err)
	}
	at("file in its place")
	syncFolder(dir)
	return nil
}

func writeSynced(path string, data []byte, at func(string)) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
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
		if _, err := file.Write(part); err != nil {
			return fmt.Errorf("writing the temporary file: %w", err)
		}
		at("part of the temporary file written")
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("flushing the temporary file: %w", err)
	}
	return nil
}

// Read reads a file that others may be replacing.
func Read(path string) ([]byte, error) { return read(path) }
