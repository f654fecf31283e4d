//go:build !windows

package wholefile

import "os"

func replace(from, to string) error { return os.Rename(from, to) }

func read(path string) ([]byte, error) { return os.ReadFile(path) }

// syncFolder makes the rename outlive a power cut. Some file systems can't;
// the file itself is flushed by then, so their refusal changes nothing.
func syncFolder(dir string) {
	folder, err := os.Open(dir)
	if err != nil {
		return
	}
	_ = folder.Sync()
	_ = folder.Close()
}
