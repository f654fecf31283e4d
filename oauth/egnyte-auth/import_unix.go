//go:build !windows

package main

import (
	"io/fs"
	"syscall"
)

// hasOtherLinks reports a file that has another name as well (link(2)).
func hasOtherLinks(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Nlink > 1
}
