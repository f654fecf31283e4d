package desktop

import (
	"io/fs"
	"os"
)

func shortFolder() string { return os.TempDir() }

// checkOwner leaves it to the access list that a folder inherits from the
// person's profile.
func checkOwner(fs.FileInfo) error { return nil }
