package main

import "io/fs"

// hasOtherLinks is false: Go's FileInfo doesn't tell on Windows, where hard links are rare.
func hasOtherLinks(fs.FileInfo) bool { return false }
